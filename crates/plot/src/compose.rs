//! Panels put together into one SVG.

use report::charts::{Drawing, Figure};
use run_reader::html::Escaped;

use crate::style::{PAPER, for_paper};

/// A figure with a heading, where several stand below each other.
pub(crate) struct Block {
    pub(crate) heading: Option<String>,
    pub(crate) figure: Figure,
}

/// Distances and sizes in the units of the drawings.
const GAP: u32 = 80;
const EDGE: u32 = 40;
const LABEL: u32 = 46;
const HEADING: u32 = 60;
/// Width of a letter of a label, about.
const LETTER: u32 = 26;
const INK: &str = "#1B1B18";
/// Narrow letters: labels have little room. Where a viewer lacks them, any without serifs will do.
const FONT: &str = "'DejaVu Sans', 'DejaVu Sans Condensed', 'Helvetica Neue', Arial, sans-serif";

/// The markup so far, and how far down it reaches.
struct Picture {
    body: String,
    width: u32,
    down: u32,
}

/// All blocks below each other; `millimetres` wide.
pub(crate) fn compose(blocks: &[Block], millimetres: f64) -> String {
    let width = blocks.iter().map(|block| across(&block.figure.panels)).max().unwrap_or(0);
    let mut picture = Picture { body: String::new(), width: width + 2 * EDGE, down: EDGE };
    for (at, block) in blocks.iter().enumerate() {
        picture.down += if at > 0 { GAP } else { 0 };
        picture.block(block);
    }
    let (width, height) = (picture.width, picture.down + EDGE);
    let tall = millimetres * f64::from(height) / f64::from(width.max(1));
    let captions: Vec<String> = blocks.iter().map(|block| escaped(&block.figure.caption)).collect();
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}mm\" height=\"{}mm\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"{FONT}\" font-stretch=\"condensed\">\n<desc>{}</desc>\n<style>{}</style>\n\
         <rect width=\"{width}\" height=\"{height}\" fill=\"{PAPER}\"/>\n{}</svg>\n",
        tenth(millimetres),
        tenth(tall),
        captions.join(" "),
        for_paper(),
        picture.body
    )
}

/// A tenth of a millimetre is finer than any printer is set.
fn tenth(millimetres: f64) -> f64 {
    (millimetres * 10.0).round() / 10.0
}

fn columns(panels: &[Drawing]) -> usize {
    panels.len().clamp(1, 3)
}

fn across(panels: &[Drawing]) -> u32 {
    let columns = u32::try_from(columns(panels)).unwrap_or(1);
    let widest = panels.iter().map(|panel| panel.width).max().unwrap_or(0);
    columns * widest + (columns - 1) * GAP
}

impl Picture {
    fn block(&mut self, block: &Block) {
        if let Some(heading) = &block.heading {
            self.text(heading, (EDGE, self.down + HEADING * 4 / 5), HEADING);
            self.down += HEADING + GAP / 2;
        }
        self.legend(&block.figure.legend);
        for row in block.figure.panels.chunks(columns(&block.figure.panels)) {
            let mut left = EDGE;
            for panel in row {
                self.drawing(panel, (left, self.down));
                left += panel.width + GAP;
            }
            self.down += row.iter().map(|panel| panel.height).max().unwrap_or(0) + GAP / 2;
        }
        self.down -= GAP / 2;
    }

    /// The keys of the models beside each other, in as many rows as they need.
    fn legend(&mut self, keys: &[Drawing]) {
        let mut left = EDGE;
        for key in keys {
            let letters = u32::try_from(key.title.chars().count()).unwrap_or(u32::MAX / LETTER);
            let needed = key.width + LABEL / 2 + letters.saturating_mul(LETTER);
            if left > EDGE && left.saturating_add(needed) > self.width - EDGE {
                left = EDGE;
                self.down += 2 * LABEL;
            }
            self.drawing(key, (left, self.down));
            let base = self.down + key.height / 2 + LABEL / 3;
            self.text(&key.title, (left + key.width + LABEL / 2, base), LABEL);
            left = left.saturating_add(needed + GAP);
        }
        self.down += if keys.is_empty() { 0 } else { 2 * LABEL + GAP / 4 };
    }

    fn drawing(&mut self, drawing: &Drawing, (x, y): (u32, u32)) {
        let about = escaped(&drawing.description);
        let about = if about.is_empty() { about } else { format!("<desc>{about}</desc>") };
        self.body.push_str(&format!("<g transform=\"translate({x} {y})\">{about}{}</g>\n", drawing.body));
    }

    fn text(&mut self, text: &str, (x, y): (u32, u32), size: u32) {
        let text = escaped(text);
        self.body.push_str(&format!(
            "<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\" fill=\"{INK}\">{text}</text>\n"
        ));
    }
}

fn escaped(text: &str) -> String {
    // Characters that XML forbids would make the whole picture unreadable.
    let allowed = |letter: &char| !letter.is_control() && !matches!(letter, '\u{FFFE}' | '\u{FFFF}');
    let text: String = text.chars().filter(allowed).collect();
    Escaped(&text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawing(title: &str, width: u32, height: u32) -> Drawing {
        let description = "a < b & c".to_owned();
        Drawing { title: title.to_owned(), description, width, height, body: "<path d=\"M0 0\"/>".to_owned() }
    }

    fn figure(panels: usize, models: &[&str]) -> Figure {
        Figure {
            caption: "What & why.".to_owned(),
            panels: (0..panels).map(|_| drawing("panel", 1000, 600)).collect(),
            legend: models.iter().map(|model| drawing(model, 160, 56)).collect(),
            numbers: report::View::default(),
        }
    }

    fn places(svg: &str) -> Vec<&str> {
        let place = |group: &str| group.find(')');
        svg.split("translate(").skip(1).filter_map(|rest| Some(&rest[..place(rest)?])).collect()
    }

    #[test]
    fn panels_stand_in_rows_of_three_below_their_keys() {
        let svg = compose(&[Block { heading: None, figure: figure(4, &["a", "b"]) }], 180.0);
        let expect = ["40 40", "329 40", "40 152", "1120 152", "2200 152", "40 792"];
        assert_eq!(places(&svg), expect);
        assert!(svg.contains("width=\"180mm\" height=\"79.6mm\" viewBox=\"0 0 3240 1432\""), "{svg}");
        assert!(svg.contains("<desc>What &amp; why.</desc>") && svg.contains("a &lt; b &amp; c"), "{svg}");
    }

    #[test]
    fn long_legends_wrap_and_names_are_text() {
        let name = "<m>".repeat(20);
        let svg =
            compose(&[Block { heading: Some("A&B\u{1}".into()), figure: figure(1, &[&name, "b"]) }], 90.0);
        let places = places(&svg);
        assert_eq!((places[0], places[1]), ("40 140", "40 232"));
        assert!(svg.contains("&lt;m&gt;") && svg.contains(">A&amp;B</text>"), "{svg}");
    }
}
