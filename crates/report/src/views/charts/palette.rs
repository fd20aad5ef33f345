//! Colours by role. Drawings are made in stand-in colours that are replaced by a class and a colour that
//! works on paper, so that the page's style sheet can turn them over for a dark screen.

use plotters::style::RGBColor;

/// Hues that colour-blind readers can tell apart (after Okabe and Ito, darkened where they are too faint
/// for thin lines on white), each with its counterpart on a dark ground.
const HUES: [(&str, &str); 7] = [
    ("#0072B2", "#56B4E9"),
    ("#D55E00", "#F28A4B"),
    ("#009E73", "#3CC79F"),
    ("#B85C93", "#E3A2C6"),
    ("#C08000", "#F0B840"),
    ("#444444", "#DDDDDD"),
    ("#2F95D6", "#A9D8F5"),
];
/// Dashes tell lines apart where colours do not; in drawing units.
const DASHES: [&str; 4] = ["none", "26 14", "6 12", "30 10 6 10"];
/// Hues and dashes come round at different times, so this many series look different.
const STYLES: usize = 28;

/// What a mark on a chart is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ink {
    /// Titles.
    Text,
    /// Labels.
    Soft,
    /// Grid lines.
    Grid,
    /// The line of a series.
    Line(usize),
    /// A marker of a series.
    Mark(usize),
    /// An interval of a series.
    Interval(usize),
    /// A bar of a series.
    Bar(usize),
    /// The line of the figure over all problems.
    Overall,
}

impl Ink {
    const ALL_FIXED: [Self; 4] = [Self::Text, Self::Soft, Self::Grid, Self::Overall];

    fn code(self) -> u8 {
        let of_series =
            |kind: usize, style: usize| u8::try_from(16 + kind * STYLES + style % STYLES).unwrap_or(0);
        match self {
            Self::Text => 1,
            Self::Soft => 2,
            Self::Grid => 3,
            Self::Overall => 4,
            Self::Line(style) => of_series(0, style),
            Self::Mark(style) => of_series(1, style),
            Self::Interval(style) => of_series(2, style),
            Self::Bar(style) => of_series(3, style),
        }
    }

    fn from_code(code: u8) -> Option<Self> {
        let Some(offset) = usize::from(code).checked_sub(16) else {
            return Self::ALL_FIXED.into_iter().find(|ink| ink.code() == code);
        };
        let style = offset % STYLES;
        match offset / STYLES {
            0 => Some(Self::Line(style)),
            1 => Some(Self::Mark(style)),
            2 => Some(Self::Interval(style)),
            3 => Some(Self::Bar(style)),
            _ => None,
        }
    }

    /// The stand-in colour to draw with.
    pub(crate) fn color(self) -> RGBColor {
        RGBColor(0, 0, self.code())
    }

    fn class(self) -> String {
        match self {
            Self::Text => "text".to_owned(),
            Self::Soft => "soft".to_owned(),
            Self::Grid => "grid".to_owned(),
            Self::Overall => "overall".to_owned(),
            Self::Line(style) => format!("line h{} d{}", style % HUES.len(), style % DASHES.len()),
            Self::Mark(style) => format!("mark h{}", style % HUES.len()),
            Self::Interval(style) => format!("interval h{}", style % HUES.len()),
            Self::Bar(style) => format!("bar h{}", style % HUES.len()),
        }
    }

    fn on_paper(self) -> &'static str {
        match self {
            Self::Text => "#1B1B18",
            Self::Soft | Self::Overall => "#5F5E58",
            Self::Grid => "#DDDAD0",
            Self::Line(style) | Self::Mark(style) | Self::Interval(style) | Self::Bar(style) => {
                HUES[style % HUES.len()].0
            }
        }
    }
}

/// Replaces the stand-in colours of a drawing by classes and colours for paper.
pub(crate) fn dress(drawing: &str) -> String {
    let mut out = String::with_capacity(drawing.len());
    let mut rest = drawing;
    while let Some(at) = rest.find("=\"#0000") {
        let (before, found) = rest.split_at(at);
        out.push_str(before);
        let code = found.get(7..9).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match code.and_then(Ink::from_code) {
            Some(ink) => out.push_str(&format!("=\"{}\" class=\"{}\"", ink.on_paper(), ink.class())),
            None => out.push_str(&found[..10]),
        }
        rest = &found[10..];
    }
    out + rest
}

/// The style sheet's part about charts: a variable for each hue on light and dark ground, and the classes.
pub fn stylesheet() -> String {
    let variables = |pick: fn(&(&'static str, &'static str)) -> &'static str| -> String {
        HUES.iter().enumerate().map(|(index, hue)| format!("--h{index}:{};", pick(hue))).collect()
    };
    let mut css = format!(
        ":root{{{}}}\n@media (prefers-color-scheme:dark){{:root{{{}}}}}\n@media print{{:root{{{}}}}}\n",
        variables(|hue| hue.0),
        variables(|hue| hue.1),
        variables(|hue| hue.0)
    );
    for index in 0..HUES.len() {
        css.push_str(&format!(
            "svg .h{index}{{stroke:var(--h{index})}}svg .mark.h{index}{{fill:var(--h{index});stroke:var(--paper)}}\
             svg .bar.h{index}{{fill:var(--h{index});stroke:none}}\n"
        ));
    }
    for (index, dash) in DASHES.iter().enumerate() {
        css.push_str(&format!("svg .d{index}{{stroke-dasharray:{dash}}}\n"));
    }
    css
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_ink_comes_back_from_its_code() {
        let series = (0..STYLES).flat_map(|s| [Ink::Line(s), Ink::Mark(s), Ink::Interval(s), Ink::Bar(s)]);
        for ink in Ink::ALL_FIXED.into_iter().chain(series) {
            assert_eq!(Ink::from_code(ink.code()), Some(ink));
        }
        assert_eq!(Ink::from_code(0), None);
        assert_eq!(Ink::from_code(255), None);
    }

    #[test]
    fn stand_ins_become_classes_and_other_colours_stay() {
        assert_eq!(
            dress("<line stroke=\"#000003\"/><text fill=\"#000001\">=&quot;</text><rect fill=\"#00FF00\"/>"),
            "<line stroke=\"#DDDAD0\" class=\"grid\"/><text fill=\"#1B1B18\" class=\"text\">=&quot;</text>\
             <rect fill=\"#00FF00\"/>"
        );
        assert_eq!(dress("<a fill=\"#0000FF\"/>"), "<a fill=\"#0000FF\"/>");
        assert!(dress("<polyline stroke=\"#000011\"/>").contains("class=\"line h1 d1\""));
    }

    #[test]
    fn series_look_different_until_all_styles_are_used() {
        let mut classes: Vec<String> = (0..STYLES).map(|style| Ink::Line(style).class()).collect();
        classes.sort();
        classes.dedup();
        assert_eq!(classes.len(), STYLES);
    }
}
