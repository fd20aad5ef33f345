//! Drawing one panel: axes, intervals, lines, markers.

use plotters::coord::Shift;
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::{
    Cartesian2d, ChartBuilder, ChartContext, Circle, DrawingArea, IntoDrawingArea, PathElement, Polygon,
    SVGBackend, Text,
};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, IntoFont};

use super::palette::{Ink, dress};
use super::scale::{Categories, ticks};
use crate::views::numbers::{Unit, cut};

/// The drawing library rounds to whole units, so a pixel of the page is made of several.
pub(super) const PIXEL: i32 = 4;
/// Width and height of a panel in drawing units.
pub(crate) const SIZE: (u32, u32) = (336 * PIXEL as u32, 212 * PIXEL as u32);
/// Width and height of a legend's key in drawing units.
pub(crate) const KEY_SIZE: (u32, u32) = (40 * PIXEL as u32, 14 * PIXEL as u32);
const LEFT: i32 = 44 * PIXEL;
const RIGHT: i32 = 10 * PIXEL;
const TOP: i32 = 38 * PIXEL;
const BOTTOM: i32 = 36 * PIXEL;
pub(super) const LABEL: i32 = 11 * PIXEL;
pub(super) const TITLE: i32 = 13 * PIXEL;
/// Width of a letter of a label, about.
const LETTER: i32 = LABEL * 11 / 20;

/// Letters of a title that have room above a panel.
const LONGEST_TITLE: usize = 42;

/// What one panel shows.
pub(crate) struct Panel {
    pub(crate) title: String,
    pub(crate) unit: Unit,
    pub(crate) categories: Categories,
    pub(crate) series: Vec<Series>,
    /// The figure over all problems, drawn as a line across.
    pub(crate) overall: Option<f64>,
    /// Bars instead of markers, for shares that add up, up to this height.
    pub(crate) bars: Option<f64>,
}

/// One model's figures.
pub(crate) struct Series {
    pub(crate) name: String,
    /// Picks colour, dash and marker.
    pub(crate) style: usize,
    /// One for each category; `None` where nothing is known.
    pub(crate) points: Vec<Option<Point>>,
}

/// A figure with its interval.
#[derive(Clone, Copy)]
pub(crate) struct Point {
    pub(crate) value: f64,
    pub(crate) low: Option<f64>,
    pub(crate) high: Option<f64>,
}

pub(super) type Drawn = Result<(), String>;
type Pixel = (i32, i32);

impl Panel {
    /// Lines and markers, without anything over all problems; estimated figures are marked in the title.
    pub(crate) fn of(
        title: &str,
        unit: Unit,
        approximate: bool,
        categories: Categories,
        series: Vec<Series>,
    ) -> Self {
        let title = if approximate { format!("{title} ≈") } else { title.to_owned() };
        Self { title, unit, categories, series, overall: None, bars: None }
    }

    /// The inside of the panel's `<svg>`.
    pub(crate) fn draw(&self) -> Result<String, String> {
        on_canvas(SIZE, |canvas| {
            let ticks = ticks(self.largest());
            let plot = Plot::new(canvas, self.categories.right(), ticks.last().copied().unwrap_or(1.0))?;
            self.heading(canvas)?;
            self.grid(canvas, &plot, &ticks)?;
            self.labels(canvas, &plot)?;
            if let Some(overall) = self.overall {
                let ends = [plot.at(-0.5, overall), plot.at(plot.right, overall)];
                canvas.path(&ends, Ink::Overall, PIXEL)?;
            }
            if self.bars.is_some() {
                return self.series.iter().try_for_each(|series| self.bars(canvas, &plot, series));
            }
            self.series.iter().try_for_each(|series| self.line(canvas, &plot, series))?;
            self.series.iter().try_for_each(|series| self.marks(canvas, &plot, series))
        })
    }

    /// Shares always run to 100 %, so that panels can be compared by eye.
    fn largest(&self) -> f64 {
        if let Some(top) = self.bars {
            return top;
        }
        let points = self.series.iter().flat_map(|series| series.points.iter().flatten());
        let top = points.map(|point| point.high.unwrap_or(point.value).max(point.value)).fold(0.0, f64::max);
        if self.unit == Unit::Share { 1.0 } else { top.max(self.overall.unwrap_or(0.0)) }
    }

    fn heading(&self, canvas: &Canvas<'_>) -> Drawn {
        let room = if self.overall.is_some() { LONGEST_TITLE / 2 } else { LONGEST_TITLE };
        canvas.text(&cut(&self.title, room), (0, 4 * PIXEL), TITLE, Ink::Text, HPos::Left)?;
        let Some(overall) = self.overall else { return Ok(()) };
        let text = format!("overall {}", self.unit.show(overall));
        let width = text.chars().count() as i32 * LETTER;
        let right = SIZE.0 as i32 - RIGHT;
        let y = 11 * PIXEL;
        let ends = [(right - width - 26 * PIXEL, y), (right - width - 6 * PIXEL, y)];
        canvas.path(&ends, Ink::Overall, PIXEL)?;
        canvas.text(&text, (right, 5 * PIXEL), LABEL, Ink::Soft, HPos::Right)
    }

    fn grid(&self, canvas: &Canvas<'_>, plot: &Plot<'_>, ticks: &[f64]) -> Drawn {
        let top = ticks.last().copied().unwrap_or(1.0);
        for (index, tick) in ticks.iter().enumerate() {
            let (left, y) = plot.at(-0.5, *tick);
            let ink = if index == 0 { Ink::Soft } else { Ink::Grid };
            canvas.path(&[(left, y), plot.at(plot.right, *tick)], ink, PIXEL)?;
            let place = (LEFT - 7 * PIXEL, y - LABEL / 2);
            canvas.text(&self.unit.tick(*tick, top), place, LABEL, Ink::Soft, HPos::Right)?;
        }
        Ok(())
    }

    /// Long labels stand in two rows, which gives each twice the room.
    fn labels(&self, canvas: &Canvas<'_>, plot: &Plot<'_>) -> Drawn {
        let labels = &self.categories.labels;
        let room = (plot.slot() / LETTER).max(2) as usize;
        // What stands apart has room to its sides.
        let crowded = |(index, label): (usize, &String)| {
            label.chars().count() >= room && self.categories.places[index] <= index as f64
        };
        let long = labels.len() > 1 && labels.iter().enumerate().any(crowded);
        let room = if long { 2 * room - 1 } else { room.max(5) };
        let top = plot.at(0.0, 0.0).1 + 6 * PIXEL;
        for (index, label) in labels.iter().enumerate() {
            let row = if long && index % 2 == 1 { 14 * PIXEL } else { 0 };
            let place = (plot.at(self.categories.places[index], 0.0).0, top + row);
            canvas.text(&cut(label, room), place, LABEL, Ink::Soft, HPos::Center)?;
        }
        let middle = (LEFT + SIZE.0 as i32 - RIGHT) / 2;
        let shared = if long { "" } else { &self.categories.shared };
        canvas.text(shared, (middle, top + 15 * PIXEL), LABEL, Ink::Soft, HPos::Center)
    }

    /// Lines join neighbours only, and only where the categories have an order.
    fn line(&self, canvas: &Canvas<'_>, plot: &Plot<'_>, series: &Series) -> Drawn {
        if !self.categories.ordered {
            return Ok(());
        }
        let places: Vec<Option<Pixel>> = self.places(plot, series);
        for run in places.split(Option::is_none).filter(|run| run.len() > 1) {
            let run: Vec<Pixel> = run.iter().copied().flatten().collect();
            canvas.path(&run, Ink::Line(series.style), 2 * PIXEL)?;
        }
        Ok(())
    }

    fn marks(&self, canvas: &Canvas<'_>, plot: &Plot<'_>, series: &Series) -> Drawn {
        for (place, point) in self.places(plot, series).into_iter().zip(&series.points) {
            let (Some((x, y)), Some(point)) = (place, point) else { continue };
            if let (Some(low), Some(high)) = (point.low, point.high) {
                let (bottom, top) = (plot.at(0.0, low).1, plot.at(0.0, high).1);
                interval(canvas, x, (bottom, top), series.style)?;
            }
            canvas.marker((x, y), series.style)?;
        }
        Ok(())
    }

    /// One bar beside the other, from zero.
    fn bars(&self, canvas: &Canvas<'_>, plot: &Plot<'_>, series: &Series) -> Drawn {
        let count = self.series.len() as f64;
        let index = self.series.iter().position(|other| std::ptr::eq(other, series)).unwrap_or(0) as f64;
        let width = 0.8 / count;
        for (place, point) in self.categories.places.iter().zip(&series.points) {
            let Some(point) = point.filter(|point| point.value > 0.0) else { continue };
            let left = place - 0.4 + index * width;
            let corners =
                [(left, 0.0), (left, point.value), (left + width, point.value), (left + width, 0.0)];
            canvas.bar(&corners.map(|(x, y)| plot.at(x, y)), series.style)?;
        }
        Ok(())
    }

    fn places(&self, plot: &Plot<'_>, series: &Series) -> Vec<Option<Pixel>> {
        let count = self.series.len() as f64;
        let index = self.series.iter().position(|other| std::ptr::eq(other, series)).unwrap_or(0) as f64;
        let shift = (index - (count - 1.0) / 2.0) * (0.6 / count).min(0.14);
        let place = |(category, point): (usize, &Option<Point>)| {
            point.map(|point| plot.at(self.categories.places[category] + shift, point.value))
        };
        series.points.iter().enumerate().map(place).collect()
    }
}

fn interval(canvas: &Canvas<'_>, x: i32, (bottom, top): (i32, i32), style: usize) -> Drawn {
    let cap = 3 * PIXEL;
    canvas.path(&[(x, bottom), (x, top)], Ink::Interval(style), 6)?;
    for y in [bottom, top] {
        canvas.path(&[(x - cap, y), (x + cap, y)], Ink::Interval(style), 6)?;
    }
    Ok(())
}

/// The key of one series for a legend.
pub(crate) fn key(style: usize) -> Result<String, String> {
    on_canvas(KEY_SIZE, |canvas| {
        let (width, height) = (KEY_SIZE.0 as i32, KEY_SIZE.1 as i32);
        canvas.path(&[(0, height / 2), (width, height / 2)], Ink::Line(style), 2 * PIXEL)?;
        canvas.marker((width / 2, height / 2), style)
    })
}

/// Draws, and hands out what stands inside the `<svg>` element, in the page's colours.
pub(super) fn on_canvas(size: (u32, u32), draw: impl FnOnce(&Canvas<'_>) -> Drawn) -> Result<String, String> {
    let mut buffer = String::new();
    let canvas = Canvas { area: SVGBackend::with_string(&mut buffer, size).into_drawing_area() };
    draw(&canvas)?;
    canvas.area.present().map_err(reason)?;
    drop(canvas);
    let inside = buffer.split_once('>').and_then(|(_, rest)| rest.rsplit_once("</svg>"));
    let (inside, _) = inside.ok_or("the drawing library left no drawing")?;
    Ok(dress(&inside.trim().replace(" opacity=\"1\"", "").replace(" font-family=\"sans-serif\"", "")))
}

/// Maps categories and values to places on the canvas.
struct Plot<'a> {
    chart: ChartContext<'a, SVGBackend<'a>, Cartesian2d<RangedCoordf64, RangedCoordf64>>,
    /// The axis' right end; the left one is at -0.5.
    right: f64,
}

impl<'a> Plot<'a> {
    fn new(canvas: &Canvas<'a>, right: f64, top: f64) -> Result<Self, String> {
        let chart = ChartBuilder::on(&canvas.area)
            .margin_left(LEFT)
            .margin_right(RIGHT)
            .margin_top(TOP)
            .margin_bottom(BOTTOM)
            .build_cartesian_2d(-0.5..right, 0.0..top)
            .map_err(reason)?;
        Ok(Self { chart, right })
    }

    fn at(&self, x: f64, y: f64) -> Pixel {
        self.chart.backend_coord(&(x, y))
    }

    /// Width of one category.
    fn slot(&self) -> i32 {
        self.at(0.5, 0.0).0 - self.at(-0.5, 0.0).0
    }
}

pub(super) struct Canvas<'a> {
    area: DrawingArea<SVGBackend<'a>, Shift>,
}

impl Canvas<'_> {
    pub(super) fn path(&self, points: &[Pixel], ink: Ink, width: i32) -> Drawn {
        let style = ink.color().stroke_width(width.unsigned_abs());
        self.area.draw(&PathElement::new(points.to_vec(), style)).map_err(reason)
    }

    /// Text below `place`.
    pub(super) fn text(&self, text: &str, place: Pixel, size: i32, ink: Ink, side: HPos) -> Drawn {
        if text.is_empty() {
            return Ok(());
        }
        // The backend divides sizes by this factor.
        let font = ("sans-serif", f64::from(size) * 1.24).into_font().color(&ink.color());
        let style = font.pos(Pos::new(side, VPos::Top));
        self.area.draw(&Text::new(text.to_owned(), place, style)).map_err(reason)
    }

    fn bar(&self, corners: &[Pixel], style: usize) -> Drawn {
        let filled = Ink::Bar(style).color().filled();
        self.area.draw(&Polygon::new(corners.to_vec(), filled)).map_err(reason)
    }

    /// A marker that is not filled.
    pub(super) fn ring(&self, place: Pixel, ink: Ink) -> Drawn {
        let line = ink.color().stroke_width(6);
        self.area.draw(&Circle::new(place, 11, line)).map_err(reason)
    }

    pub(super) fn marker(&self, place: Pixel, style: usize) -> Drawn {
        let filled = Ink::Mark(style).color().filled();
        let Some(corners) = SHAPES[style % SHAPES.len()] else {
            return self.area.draw(&Circle::new(place, 15, filled)).map_err(reason);
        };
        let corners: Vec<Pixel> = corners.iter().map(|(x, y)| (place.0 + x, place.1 + y)).collect();
        self.area.draw(&Polygon::new(corners, filled)).map_err(reason)
    }
}

/// Markers in drawing units around their place; `None` is a circle.
const SHAPES: [Option<[Pixel; 4]>; 5] = [
    None,
    Some([(-13, -13), (13, -13), (13, 13), (-13, 13)]),
    Some([(0, -18), (17, 13), (0, 13), (-17, 13)]),
    Some([(0, -19), (19, 0), (0, 19), (-19, 0)]),
    Some([(-17, -13), (0, -13), (17, -13), (0, 18)]),
];

fn reason(error: impl std::fmt::Display) -> String {
    error.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn panel(ordered: bool, values: &[Option<f64>]) -> String {
        let point = |value: f64| Point { value, low: Some(value * 0.5), high: Some(value * 1.5) };
        let points = values.iter().map(|value| value.map(point)).collect();
        let labels = values.iter().enumerate().map(|(index, _)| format!("<{index}>")).collect();
        let panel = Panel {
            title: "a & b".into(),
            unit: Unit::Tokens,
            categories: Categories {
                places: (0..values.len()).map(|at| at as f64).collect(),
                labels,
                shared: "Level".into(),
                ordered,
            },
            series: vec![Series { name: "m".into(), style: 0, points }],
            overall: None,
            bars: None,
        };
        panel.draw().unwrap()
    }

    #[test]
    fn lines_join_ordered_neighbours_and_stop_at_gaps() {
        let lines = |svg: &str| svg.matches("class=\"line ").count();
        assert_eq!(lines(&panel(true, &[Some(1.0), Some(2.0), Some(3.0)])), 1);
        assert_eq!(lines(&panel(true, &[Some(1.0), Some(2.0), None, Some(3.0), Some(4.0)])), 2);
        assert_eq!(lines(&panel(true, &[Some(1.0), None, Some(3.0)])), 0);
        assert_eq!(lines(&panel(false, &[Some(1.0), Some(2.0)])), 0);
    }

    #[test]
    fn a_long_title_ends_above_its_own_panel() {
        let title = "a model with a name that goes on and on and on";
        let panel = Panel {
            title: title.into(),
            unit: Unit::Share,
            categories: Categories::ordered(vec!["1".into()], ""),
            series: vec![],
            overall: None,
            bars: Some(0.4),
        };
        let svg = panel.draw().unwrap();
        assert!(svg.contains("a model with a name that goes on and on a…") && !svg.contains(title), "{svg}");
    }

    #[test]
    fn every_known_point_has_a_marker_and_an_interval() {
        let svg = panel(true, &[Some(1.0), None, Some(3.0)]);
        assert_eq!(svg.matches("class=\"mark ").count(), 2);
        assert_eq!(svg.matches("class=\"interval ").count(), 6);
    }

    #[test]
    fn text_is_escaped_and_no_stand_in_colour_is_left() {
        let svg = panel(true, &[Some(1.0), Some(2.0)]);
        assert!(svg.contains("a &amp; b") && svg.contains("&lt;1&gt;"), "{svg}");
        assert!(!svg.contains("#0000"), "{svg}");
        assert!(!svg.contains("<svg"));
    }

    #[test]
    fn the_key_of_a_series() {
        insta::assert_snapshot!(key(1).unwrap(), @r##"
        <polyline fill="none" stroke="#D55E00" class="line h1 d1" stroke-width="8" points="0,28 160,28 "/>
        <polygon fill="#D55E00" class="mark h1" points="67,15 93,15 93,41 67,41 "/>
        "##);
    }
}
