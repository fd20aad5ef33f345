//! Charts: one model's six measures over the levels, several models side by side, where the answer first stands, what a
//! budget would have left, length against correctness, and solutions.
//!
//! Each is a function from a [`Report`] to a [`Chart`]: drawn panels with their figures in words and as a table, or one
//! sentence why there is none.

mod curves;
mod ink;
mod levels;
mod panel;
mod positions;
mod scale;
mod solutions;

use serde::Serialize;
use tables::Metric;

pub use curves::{budget, tokens_and_correctness};
pub use ink::stylesheet;
pub use levels::{of_model, side_by_side};
use panel::{Panel, Point, Series};
pub use positions::positions;
use scale::Categories;
pub use solutions::solutions;

use crate::error::ReportError;
use crate::numbers::{NOTHING, Unit};
use crate::report::{Group, Report};
use crate::views::View;

/// A figure of the page: panels, a legend where several models are in one panel, and its numbers.
#[derive(Clone, Debug, Serialize)]
pub struct Figure {
    /// What it shows, one or two sentences.
    pub caption: String,
    /// The panels in their order.
    pub panels: Vec<Drawing>,
    /// The keys of the models; empty where each panel has a single one.
    pub legend: Vec<Drawing>,
    /// The numbers behind the panels.
    pub numbers: View,
}

/// The inside of an `<svg>` element; everything in it is escaped already. Colours are those for paper, and
/// [`stylesheet`] turns them over for a dark screen.
#[derive(Clone, Debug, Serialize)]
pub struct Drawing {
    /// What it is called.
    pub title: String,
    /// Its figures in words, for those who cannot see it.
    pub description: String,
    /// Width of the drawing in its own units.
    pub width: u32,
    /// Height of the drawing in its own units.
    pub height: u32,
    /// The markup.
    pub body: String,
}

/// A figure, or why there is none.
#[derive(Clone, Debug)]
pub enum Chart {
    /// There is something to see.
    Drawn(Box<Figure>),
    /// There is not: a sentence that says why.
    Absent(String),
}

impl Chart {
    /// The figure, if there is one.
    pub fn figure(self) -> Option<Figure> {
        match self {
            Self::Drawn(figure) => Some(*figure),
            Self::Absent(_) => None,
        }
    }
}

/// What a panel shows, before it is drawn.
struct Sketch<'a> {
    title: &'a str,
    unit: Unit,
    /// Some of the figures are of approximate counts.
    approximate: bool,
    categories: Categories,
    /// What the categories are called in the description.
    spoken: &'a [String],
    series: Vec<Series>,
    overall: Option<f64>,
    bars: Option<f64>,
}

fn draw(sketch: Sketch<'_>) -> Result<Drawing, ReportError> {
    let Sketch { title, unit, approximate, categories, spoken, series, overall, bars } = sketch;
    let title = format!("{title}{}", if approximate { " ≈" } else { "" });
    let description = describe(unit, spoken, &series);
    let panel = Panel { title: &title, unit, categories, series, overall, bars };
    let body = panel.draw().map_err(|reason| ReportError::Chart { title: title.clone(), reason })?;
    let (width, height) = panel::SIZE;
    Ok(Drawing { title, description, width, height, body })
}

/// A key for each model; a single one needs none.
fn legend(groups: &[&Group]) -> Result<Vec<Drawing>, ReportError> {
    let keys = groups.iter().enumerate().filter(|_| groups.len() > 1);
    keys.map(|(style, group)| legend_key(&group.model, style)).collect()
}

fn legend_key(model: &str, style: usize) -> Result<Drawing, ReportError> {
    let error = |reason| ReportError::Chart { title: model.to_owned(), reason };
    let body = panel::key(style).map_err(error)?;
    let (width, height) = panel::KEY_SIZE;
    Ok(Drawing { title: model.to_owned(), description: String::new(), width, height, body })
}

/// `terse: Level 1 95.3 %, Level 2 –.`
fn describe(unit: Unit, spoken: &[String], series: &[Series]) -> String {
    let point = |(label, point): (&String, &Option<Point>)| {
        let figure = point.as_ref().map_or(NOTHING.to_owned(), |point| unit.show(point.value));
        format!("{label} {figure}")
    };
    let one = |series: &Series| {
        let points: Vec<String> = spoken.iter().zip(&series.points).map(point).collect();
        format!("{}: {}.", series.name, points.join(", "))
    };
    series.iter().map(one).collect::<Vec<_>>().join(" ")
}

/// A figure over all problems as a point.
fn point(row: Option<&Metric>) -> Option<Point> {
    let row = row.filter(|row| row.n > 0)?;
    Some(Point { value: row.value?, low: row.low, high: row.high })
}

/// One line a model: the figures of these names over all problems, in the colours in which [`side_by_side`] shows it.
fn overall_series(report: &Report, groups: &[&Group], names: &[String]) -> Vec<Series> {
    let of = |(style, group): (usize, &&Group)| Series {
        name: group.model.clone(),
        style,
        points: names
            .iter()
            .map(|name| point(report.metric(group, Metric::OVERALL, name, Metric::ALL)))
            .collect(),
    };
    groups.iter().enumerate().map(of).collect()
}

fn any_point(series: &[Series]) -> bool {
    series.iter().any(|series| series.points.iter().any(Option::is_some))
}

/// The parameters of a family of figures that any of the models has, such as the budgets of `budget`.
fn parameters(report: &Report, groups: &[&Group], family: &str) -> Vec<u32> {
    let rows = groups.iter().flat_map(|group| report.of(group));
    let of_family = rows.filter_map(|row| row.metric.strip_prefix(family)?.strip_prefix('@')?.parse().ok());
    let mut found: Vec<u32> = of_family.collect();
    found.sort_unstable();
    found.dedup();
    found
}
