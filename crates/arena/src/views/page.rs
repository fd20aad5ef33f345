//! One HTML page that needs nothing else: a forest of intervals, and the tables.

use minijinja::value::{Serde, Value};
use minijinja::{Environment, UndefinedBehavior};
use report::{View, points_of};
use serde::Serialize;

use super::tables;
use super::words::notes;
use crate::error::ArenaError;
use crate::result::{Arena, Island, Moved, Rating};

const TEMPLATE: &str = include_str!("page.html");
/// Pairs that a page shows.
const PAIRS_SHOWN: usize = 200;

/// The page. Everything that comes from data is escaped.
///
/// # Errors
/// The template cannot be filled, which is a defect.
pub fn html(arena: &Arena) -> Result<String, ArenaError> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.add_template("page.html", TEMPLATE)?;
    let group = |(at, island)| Group {
        forest: Forest::of(island),
        tables: tables::of_island(arena, at, island, PAIRS_SHOWN),
    };
    let page = Page {
        style: report::STYLE,
        groups: arena.islands.iter().enumerate().map(group).collect(),
        notes: notes(arena),
    };
    Ok(environment.get_template("page.html")?.render(Value::from(Serde(page)))?)
}

#[derive(Serialize)]
struct Page {
    style: &'static str,
    groups: Vec<Group>,
    notes: Vec<String>,
}

#[derive(Serialize)]
struct Group {
    forest: Option<Forest>,
    tables: Vec<View>,
}

/// Intervals on one scale; places are parts of 100.
#[derive(Serialize)]
struct Forest {
    ticks: Vec<Tick>,
    rows: Vec<Line>,
    /// What the hollow marks are; empty where there are none.
    second: &'static str,
}

#[derive(Serialize)]
struct Tick {
    at: f64,
    label: String,
}

#[derive(Serialize)]
struct Line {
    name: String,
    /// The score, the ends of its interval, or where it is at least or at most.
    point: Option<f64>,
    ends: Option<[f64; 2]>,
    at_least: Option<f64>,
    at_most: Option<f64>,
    second: Option<f64>,
    spoken: String,
}

impl Forest {
    fn of(island: &Island) -> Option<Self> {
        let control = island.control.as_ref().filter(|control| !control.coefficients.is_empty());
        let (second, name) = match (control, &island.efficiency) {
            (Some(control), _) => (Some(control), "with control"),
            (None, Some(efficiency)) => (Some(efficiency), "at equal thinking"),
            (None, None) => (None, ""),
        };
        let moved = |rating: &Rating| -> Option<&Moved> {
            second?.models.iter().find(|moved| moved.model == rating.model)
        };
        let seconds = island.ratings.iter().filter_map(|rating| Some(moved(rating)?.after));
        let scale = Scale::of(island.ratings.iter().flat_map(numbers).chain(seconds))?;
        let line = |rating: &Rating| Line::of(rating, moved(rating).map(|moved| moved.after), &scale);
        Some(Self { rows: island.ratings.iter().map(line).collect(), ticks: scale.ticks(), second: name })
    }
}

/// All that a rating puts on the scale.
fn numbers(rating: &Rating) -> impl Iterator<Item = f64> {
    let bound = rating.bound.and_then(|bound| bound.points);
    [rating.score, rating.low, rating.high, bound].into_iter().flatten()
}

impl Line {
    fn of(rating: &Rating, second: Option<f64>, scale: &Scale) -> Self {
        let bound = |above: bool| {
            let points = rating.bound.filter(|bound| bound.above == above)?.points?;
            Some(scale.place(points))
        };
        let spoken = match (rating.score, rating.low.zip(rating.high)) {
            (Some(score), Some((low, high))) => {
                format!("{}: {} ({} to {})", rating.model, points_of(score), points_of(low), points_of(high))
            }
            (Some(score), None) => format!("{}: {}", rating.model, points_of(score)),
            (None, _) => format!("{}: no number", rating.model),
        };
        Self {
            name: rating.model.clone(),
            point: rating.score.map(|score| scale.place(score)),
            ends: rating.low.zip(rating.high).map(|(low, high)| [scale.place(low), scale.place(high)]),
            at_least: bound(true),
            at_most: bound(false),
            second: second.map(|score| scale.place(score)),
            spoken,
        }
    }
}

/// From points to parts of 100.
struct Scale {
    low: f64,
    high: f64,
    step: f64,
}

impl Scale {
    fn of(numbers: impl Iterator<Item = f64>) -> Option<Self> {
        let (low, high) =
            numbers.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)));
        let width = (high - low).max(1.0);
        let power = 10_f64.powf((width / 4.0).log10().floor());
        let step =
            [1.0, 2.0, 5.0, 10.0].into_iter().map(|part| part * power).find(|step| width / step <= 5.0)?;
        let ends = [(low / step).floor() * step, (high / step).ceil() * step];
        low.is_finite().then_some(Self { low: ends[0], high: ends[1].max(ends[0] + step), step })
    }

    fn place(&self, points: f64) -> f64 {
        (1e4 * (points - self.low) / (self.high - self.low)).round() / 100.0
    }

    fn ticks(&self) -> Vec<Tick> {
        let count = ((self.high - self.low) / self.step).round() as u32;
        let value = |at: u32| self.low + f64::from(at) * self.step;
        (0..=count).map(|at| Tick { at: self.place(value(at)), label: points_of(value(at)) }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_end_at_round_numbers() {
        let check = |numbers: &[f64], expect: &[&str]| {
            let ticks = Scale::of(numbers.iter().copied()).unwrap().ticks();
            let labels: Vec<&str> = ticks.iter().map(|tick| tick.label.as_str()).collect();
            assert_eq!(labels, expect, "{numbers:?}");
            assert_eq!((ticks[0].at, ticks[ticks.len() - 1].at), (0.0, 100.0));
        };
        check(&[915.0, 1135.0], &["900", "950", "1,000", "1,050", "1,100", "1,150"]);
        check(&[-120.0, 60.0], &["−150", "−100", "−50", "0", "50", "100"]);
        check(&[1000.0], &["1,000", "1,000"]);
    }
}
