//! Accuracy against cost: every way to answer as a point over a logarithmic axis, and the frontier among them.

use plotters::style::text_anchor::HPos;
use tables::OperatingPoint;

use super::figure::{Chart, Drawing, Figure};
use super::palette::Ink;
use super::panel::{Canvas, Drawn, LABEL, PIXEL, TITLE, on_canvas};
use super::sketch::legend;
use crate::error::ReportError;
use crate::model::{Group, Report};
use crate::views::frontier::{name, several_models, shown, view, words};
use crate::views::numbers::{Unit, cut};

/// Width and height in drawing units: names stand beside the points.
const SIZE: (u32, u32) = (690 * PIXEL as u32, 330 * PIXEL as u32);
const LEFT: i32 = 48 * PIXEL;
const RIGHT: i32 = 24 * PIXEL;
const TOP: i32 = 34 * PIXEL;
const BOTTOM: i32 = 40 * PIXEL;
/// Letters of a name beside a point.
const LONGEST_NAME: usize = 34;
const LETTER: i32 = LABEL * 11 / 20;

/// Every way to answer over what it costs: those that no other dominates are filled and joined by the frontier.
///
/// # Errors
/// A chart that cannot be drawn, which is a defect.
pub fn frontier(report: &Report, groups: &[&Group]) -> Result<Chart, ReportError> {
    let points = report.points_of(groups);
    let Some(numbers) = view(&points) else {
        let why = "There is no picture of what accuracy costs: no problem has a graded reply of every model.";
        return Ok(Chart::Absent(why.to_owned()));
    };
    let placed = placed(groups, &points);
    if placed.is_empty() {
        let why = "There is no picture of what accuracy costs: the cost of no way to answer is known.";
        return Ok(Chart::Absent(why.to_owned()));
    }
    let title = format!("Accuracy against {}", axis(&points));
    let picture = Picture::of(&placed, several_models(&points), axis(&points));
    let error = |reason| ReportError::Chart { title: title.clone(), reason };
    let body = on_canvas(SIZE, |canvas| picture.draw(canvas, &title)).map_err(error)?;
    let description = numbers.rows.iter().map(|row| format!("{}: {}", row.label, row.cells[0].text));
    let description = description.collect::<Vec<_>>().join(", ") + ".";
    Ok(Chart::Drawn(Box::new(Figure {
        caption: format!(
            "{} Filled points are on the frontier: no other way costs no more and is at least as right. Hollow ones are \
             dominated. Bars are 95 % intervals.",
            words(&points).join(" ")
        ),
        panels: vec![Drawing { title, description, width: SIZE.0, height: SIZE.1, body }],
        legend: legend(groups)?,
        numbers,
    })))
}

fn axis(points: &[&OperatingPoint]) -> &'static str {
    match points.first().map_or("", |point| point.cost.as_str()) {
        "money" => "money a problem",
        "waiting" => "tokens of waiting, a problem",
        _ => "generated tokens a problem",
    }
}

/// A point that has a place, and the style of its model.
struct Placed<'a> {
    point: &'a OperatingPoint,
    style: usize,
    cost: f64,
    right: f64,
}

/// Dominated votes stand behind: those that are shown in the table come last, so that they lie on top.
fn placed<'a>(groups: &[&Group], points: &[&'a OperatingPoint]) -> Vec<Placed<'a>> {
    let top = shown(points);
    let is_top = |point: &&OperatingPoint| top.iter().any(|other| std::ptr::eq(*other, *point));
    let (above, below): (Vec<&OperatingPoint>, Vec<&OperatingPoint>) =
        points.iter().copied().partition(|point| is_top(point));
    let place = |point: &'a OperatingPoint| {
        let style = groups.iter().position(|group| group.model == point.model)?;
        let (cost, right) = (point.price().filter(|cost| *cost > 0.0)?, point.accuracy?);
        Some(Placed { point, style, cost, right })
    };
    below.into_iter().chain(above).filter_map(place).collect()
}

struct Picture<'a> {
    placed: &'a [Placed<'a>],
    several: bool,
    axis: &'static str,
    /// Logarithms of the ends of the axis.
    costs: (f64, f64),
    /// The ends of the other.
    rights: (f64, f64),
}

impl<'a> Picture<'a> {
    fn of(placed: &'a [Placed<'a>], several: bool, axis: &'static str) -> Self {
        let costs = placed.iter().map(|one| one.cost.log10());
        let (cheapest, dearest) = costs
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), cost| (low.min(cost), high.max(cost)));
        let room = 0.08 * (dearest - cheapest).max(0.5);
        let lowest =
            placed.iter().map(|one| one.point.low.filter(|_| is_main(one.point)).unwrap_or(one.right));
        let lowest = lowest.fold(1.0, f64::min);
        let bottom = ((lowest - 0.02) * 10.0).floor().max(0.0) / 10.0;
        // Names of the dearest points stand to the left of them.
        Self { placed, several, axis, costs: (cheapest - room, dearest + room), rights: (bottom, 1.0) }
    }

    fn at(&self, cost: f64, right: f64) -> (i32, i32) {
        let (width, height) = (SIZE.0 as i32 - LEFT - RIGHT, SIZE.1 as i32 - TOP - BOTTOM);
        let part = |value: f64, (low, high): (f64, f64)| (value - low) / (high - low);
        let across = part(cost.log10(), self.costs) * f64::from(width);
        let up = part(right, self.rights) * f64::from(height);
        (LEFT + across.round() as i32, TOP + height - up.round() as i32)
    }

    fn draw(&self, canvas: &Canvas<'_>, title: &str) -> Drawn {
        canvas.text(title, (0, 4 * PIXEL), TITLE, Ink::Text, HPos::Left)?;
        self.grid(canvas)?;
        self.frontier(canvas)?;
        for one in self.placed {
            self.point(canvas, one)?;
        }
        self.names(canvas)
    }

    fn grid(&self, canvas: &Canvas<'_>) -> Drawn {
        let (left, right) = (10f64.powf(self.costs.0), 10f64.powf(self.costs.1));
        let mut tick = self.rights.0;
        while tick < 1.0 + 1e-9 {
            let (from, to) = (self.at(left, tick), self.at(right, tick));
            let ink = if tick == self.rights.0 { Ink::Soft } else { Ink::Grid };
            canvas.path(&[from, to], ink, PIXEL)?;
            let place = (LEFT - 7 * PIXEL, from.1 - LABEL / 2);
            canvas.text(&Unit::Share.tick(tick, 1.0), place, LABEL, Ink::Soft, HPos::Right)?;
            tick += 0.1;
        }
        for cost in round_numbers(left, right) {
            let (x, bottom) = self.at(cost, self.rights.0);
            canvas.path(&[(x, bottom), (x, bottom + 4 * PIXEL)], Ink::Soft, PIXEL)?;
            canvas.text(
                &Unit::Tokens.compact(cost),
                (x, bottom + 7 * PIXEL),
                LABEL,
                Ink::Soft,
                HPos::Center,
            )?;
        }
        let middle = (LEFT + SIZE.0 as i32 - RIGHT) / 2;
        canvas.text(self.axis, (middle, SIZE.1 as i32 - 16 * PIXEL), LABEL, Ink::Soft, HPos::Center)
    }

    /// What the best way within each budget gets right.
    fn frontier(&self, canvas: &Canvas<'_>) -> Drawn {
        let mut on: Vec<&Placed<'_>> = self.on().collect();
        on.sort_by(|a, b| a.cost.total_cmp(&b.cost));
        let corners = on
            .windows(2)
            .flat_map(|pair| [self.at(pair[0].cost, pair[0].right), self.at(pair[1].cost, pair[0].right)]);
        let last = on.last().map(|one| self.at(one.cost, one.right));
        let corners: Vec<(i32, i32)> = corners.chain(last).collect();
        if corners.len() > 1 { canvas.path(&corners, Ink::Overall, 6) } else { Ok(()) }
    }

    fn on(&self) -> impl Iterator<Item = &Placed<'a>> {
        self.placed.iter().filter(|one| one.point.undominated == Some(true))
    }

    fn point(&self, canvas: &Canvas<'_>, one: &Placed<'_>) -> Drawn {
        let place = self.at(one.cost, one.right);
        let bar =
            |canvas: &Canvas<'_>, ends: [(i32, i32); 2]| canvas.path(&ends, Ink::Interval(one.style), 6);
        if is_main(one.point) {
            if let (Some(low), Some(high)) = (one.point.low, one.point.high) {
                bar(canvas, [self.at(one.cost, low), self.at(one.cost, high)])?;
            }
            if let (Some(low), Some(high), "generated") =
                (one.point.generated_low, one.point.generated_high, one.point.cost.as_str())
            {
                let (low, high) = (low.max(10f64.powf(self.costs.0)), high.min(10f64.powf(self.costs.1)));
                bar(canvas, [self.at(low, one.right), self.at(high, one.right)])?;
            }
        }
        match one.point.undominated {
            Some(true) => canvas.marker(place, one.style),
            _ => canvas.ring(place, one.style),
        }
    }

    /// The names of the points on the frontier, as far as they do not lie on each other.
    fn names(&self, canvas: &Canvas<'_>) -> Drawn {
        let mut taken: Vec<[i32; 4]> =
            self.placed.iter().filter(|one| is_main(one.point)).map(|one| self.mark(one)).collect();
        for one in self.on() {
            let text = cut(&name(one.point, self.several), LONGEST_NAME);
            let (x, y) = self.at(one.cost, one.right);
            let width = text.chars().count() as i32 * LETTER;
            let (near, above, below) = (6 * PIXEL, y - 17 * PIXEL, y + 6 * PIXEL);
            let free =
                [(x + near, above), (x - near - width, above), (x + near, below), (x - near - width, below)];
            let fits = |(left, top): &(i32, i32)| {
                let room = [*left, *top, left + width, top + LABEL];
                let inside = room[0] > LEFT && room[2] < SIZE.0 as i32 && room[1] > TOP / 2;
                inside && !taken.iter().any(|other| overlap(other, &room))
            };
            if let Some((left, top)) = free.into_iter().find(fits) {
                taken.push([left, top, left + width, top + LABEL]);
                canvas.text(&text, (left, top), LABEL, Ink::Text, HPos::Left)?;
            }
        }
        Ok(())
    }

    fn mark(&self, one: &Placed<'_>) -> [i32; 4] {
        let (x, y) = self.at(one.cost, one.right);
        [x - 4 * PIXEL, y - 4 * PIXEL, x + 4 * PIXEL, y + 4 * PIXEL]
    }
}

fn overlap(a: &[i32; 4], b: &[i32; 4]) -> bool {
    a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]
}

/// On the frontier, or one sample of a model.
fn is_main(point: &OperatingPoint) -> bool {
    !shown(&[point]).is_empty()
}

/// 1, 2 and 5 with noughts between two numbers; where there are many, powers of ten alone.
fn round_numbers(low: f64, high: f64) -> Vec<f64> {
    let powers = low.log10().floor() as i32..=high.log10().ceil() as i32;
    let within = |steps: &[f64]| -> Vec<f64> {
        let all = powers.clone().flat_map(|power| steps.iter().map(move |step| step * 10f64.powi(power)));
        all.filter(|number| (low..=high).contains(number)).collect()
    };
    let all = within(&[1.0, 2.0, 5.0]);
    if all.len() > 9 { within(&[1.0]) } else { all }
}
