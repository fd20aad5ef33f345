//! Accuracy against cost: every way to answer as a point over a logarithmic axis, and the frontier among them.

use plotters::style::text_anchor::HPos;
use tables::OperatingPoint;

use super::figure::{Chart, Drawing, Figure};
use super::palette::Ink;
use super::panel::{Canvas, Drawn, LABEL, PIXEL, TITLE, on_canvas};
use super::sketch::{legend, legend_key};
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
/// With more models than this their names do not fit: the points of the frontier are numbered, and nothing else is told apart.
const NAMED: usize = 8;
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
    let crowded = groups.len() > NAMED;
    let placed = placed(groups, &points, crowded);
    if placed.is_empty() {
        let why = "There is no picture of what accuracy costs: the cost of no way to answer is known.";
        return Ok(Chart::Absent(why.to_owned()));
    }
    let title = format!("Accuracy against {}", axis(&points));
    let picture = Picture { crowded, ..Picture::of(&placed, several_models(&points), axis(&points)) };
    let error = |reason| ReportError::Chart { title: title.clone(), reason };
    let body = on_canvas(SIZE, |canvas| picture.draw(canvas, &title)).map_err(error)?;
    let description = numbers.rows.iter().map(|row| format!("{}: {}", row.label, row.cells[0].text));
    let description = description.collect::<Vec<_>>().join(", ") + ".";
    Ok(Chart::Drawn(Box::new(Figure {
        caption: format!(
            "{} Filled points are on the frontier: no other way costs no more and is at least as right. Hollow ones are \
             dominated.{} Bars are 95 % intervals.",
            words(&points).join(" "),
            if crowded { " Of these only the single samples of each model are drawn." } else { "" }
        ),
        panels: vec![Drawing { title, description, width: SIZE.0, height: SIZE.1, body }],
        legend: if crowded { picture.numbered()? } else { legend(groups)? },
        numbers,
    })))
}

fn axis(points: &[&OperatingPoint]) -> &'static str {
    match points.first().map_or("", |point| point.cost.as_str()) {
        "money" => "money a problem",
        "waiting" => "tokens of waiting, a problem",
        "spent" => "generated tokens and the verifier's, a problem",
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

/// Dominated votes stand behind, if at all: those that are shown in the table come last, so that they lie on top.
fn placed<'a>(groups: &[&Group], points: &[&'a OperatingPoint], crowded: bool) -> Vec<Placed<'a>> {
    let top = shown(points);
    let is_top = |point: &&OperatingPoint| top.iter().any(|other| std::ptr::eq(*other, *point));
    let (above, below): (Vec<&OperatingPoint>, Vec<&OperatingPoint>) =
        points.iter().copied().partition(|point| is_top(point));
    let place = |point: &'a OperatingPoint| {
        let style = groups.iter().position(|group| group.model == point.model)?;
        let (cost, right) = (point.price().filter(|cost| *cost > 0.0)?, point.accuracy?);
        Some(Placed { point, style, cost, right })
    };
    below.into_iter().filter(|_| !crowded).chain(above).filter_map(place).collect()
}

struct Picture<'a> {
    placed: &'a [Placed<'a>],
    several: bool,
    crowded: bool,
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
        let (costs, rights) = ((cheapest - room, dearest + room), (bottom, 1.0));
        Self { placed, several, crowded: false, axis, costs, rights }
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
        if self.crowded { self.numbers(canvas) } else { self.names(canvas) }
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
        let on = self.on();
        let corners = on
            .windows(2)
            .flat_map(|pair| [self.at(pair[0].cost, pair[0].right), self.at(pair[1].cost, pair[0].right)]);
        let last = on.last().map(|one| self.at(one.cost, one.right));
        let corners: Vec<(i32, i32)> = corners.chain(last).collect();
        if corners.len() > 1 { canvas.path(&corners, Ink::Overall, 6) } else { Ok(()) }
    }

    /// The points of the frontier, the cheapest first.
    fn on(&self) -> Vec<&Placed<'a>> {
        let mut on: Vec<&Placed<'a>> =
            self.placed.iter().filter(|one| one.point.undominated == Some(true)).collect();
        on.sort_by(|a, b| a.cost.total_cmp(&b.cost));
        on
    }

    /// The names of the points of the frontier by their numbers.
    fn numbered(&self) -> Result<Vec<Drawing>, ReportError> {
        let key = |(number, one): (usize, &Placed<'_>)| {
            legend_key(&format!("{number} {}", name(one.point, self.several)), one.style)
        };
        (1..).zip(self.on()).map(key).collect()
    }

    fn point(&self, canvas: &Canvas<'_>, one: &Placed<'_>) -> Drawn {
        let place = self.at(one.cost, one.right);
        let bar =
            |canvas: &Canvas<'_>, ends: [(i32, i32); 2]| canvas.path(&ends, Ink::Interval(one.style), 6);
        let on = one.point.undominated == Some(true);
        if is_main(one.point) && (on || !self.crowded) {
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
        if on {
            return canvas.marker(place, one.style);
        }
        canvas.ring(place, if self.crowded { Ink::Soft } else { Ink::Interval(one.style) })
    }

    /// The numbers of the points on the frontier, each above its point where no place beside it is free.
    fn numbers(&self, canvas: &Canvas<'_>) -> Drawn {
        let mut taken: Vec<[i32; 4]> = self.placed.iter().map(|one| self.mark(one)).collect();
        for (number, one) in (1..).zip(self.on()) {
            let text = number.to_string();
            let (x, y) = self.at(one.cost, one.right);
            let width = text.len() as i32 * LETTER;
            let above = [x - width / 2, y - 22 * PIXEL, x + width / 2, y - 22 * PIXEL + LABEL];
            let room = self.room(one, width, &taken).unwrap_or(above);
            taken.push(room);
            canvas.text(&text, (room[0], room[1]), LABEL, Ink::Text, HPos::Left)?;
        }
        Ok(())
    }

    /// The names of the points on the frontier, then of the models' single samples, as far as they do not lie on each other.
    fn names(&self, canvas: &Canvas<'_>) -> Drawn {
        let main = || self.placed.iter().filter(|one| is_main(one.point));
        let mut taken: Vec<[i32; 4]> = main().map(|one| self.mark(one)).collect();
        for one in self.on().into_iter().chain(main().filter(|one| one.point.undominated != Some(true))) {
            let text = cut(&name(one.point, self.several), LONGEST_NAME);
            if let Some(room) = self.room(one, text.chars().count() as i32 * LETTER, &taken) {
                taken.push(room);
                let ink = if one.point.undominated == Some(true) { Ink::Text } else { Ink::Soft };
                canvas.text(&text, (room[0], room[1]), LABEL, ink, HPos::Left)?;
            }
        }
        Ok(())
    }

    /// A free place beside a point for a name of this width.
    fn room(&self, one: &Placed<'_>, width: i32, taken: &[[i32; 4]]) -> Option<[i32; 4]> {
        let (x, y) = self.at(one.cost, one.right);
        let (near, above, below) = (6 * PIXEL, y - 17 * PIXEL, y + 6 * PIXEL);
        let (right, left) = (x + near, x - near - width);
        let places = [(right, above), (left, above), (right, below), (left, below)];
        let rooms = places.map(|(left, top)| [left, top, left + width, top + LABEL]);
        rooms.into_iter().find(|room| {
            let inside = room[0] > LEFT && room[2] < SIZE.0 as i32 && room[1] > TOP / 2;
            inside && !taken.iter().any(|other| overlap(other, room))
        })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::figures;

    /// A report whose models have these points: model, rule, accuracy, tokens, whether no other dominates it.
    fn report(points: &[(&str, &str, f64, f64, Option<bool>)]) -> Report {
        let names: Vec<(&str, &str, f64)> =
            points.iter().map(|(model, ..)| (*model, "accuracy", 0.5)).collect();
        let mut report = figures(&names);
        let group = report.groups[0].clone();
        report.points = points
            .iter()
            .map(|(model, rule, right, tokens, undominated)| OperatingPoint {
                dataset: group.dataset.clone(),
                model: (*model).to_owned(),
                subset: "overall".to_owned(),
                rule: (*rule).to_owned(),
                asked: 40,
                problems: 40,
                accuracy: Some(*right),
                generated_tokens: Some(*tokens).filter(|tokens| *tokens > 0.0),
                cost: "generated".to_owned(),
                undominated: *undominated,
                on_frontier: undominated.map(f64::from),
                behind: undominated.map(|_| 0.9 - right),
                behind_p: undominated.filter(|_| *right < 0.9).map(|_| 0.2),
                ..OperatingPoint::default()
            })
            .collect();
        report
    }

    fn drawn(report: &Report) -> Chart {
        let groups: Vec<&Group> = report.groups.iter().collect();
        frontier(report, &groups).unwrap()
    }

    #[test]
    fn points_of_the_frontier_are_filled_and_named_and_the_others_hollow() {
        let report = report(&[
            ("short", "accuracy", 0.8, 100.0, Some(true)),
            ("long", "accuracy", 0.7, 1000.0, Some(false)),
            ("short", "maj@4", 0.9, 400.0, Some(true)),
            ("long", "maj@4", 0.75, 4000.0, Some(false)),
        ]);
        let figure = drawn(&report).figure().unwrap();
        let body = &figure.panels[0].body;
        assert_eq!(body.matches("class=\"mark ").count(), 2);
        for name in [">\nshort\n<", "short, vote of 4", ">\nlong\n<", "100 %"] {
            assert!(body.contains(name), "{name}: {body}");
        }
        assert!(!body.contains("long, vote of 4"), "{body}");
        let rows: Vec<&str> = figure.numbers.rows.iter().map(|row| row.label.as_str()).collect();
        assert_eq!(rows, ["short", "short, vote of 4", "long"]);
        insta::assert_snapshot!(figure.caption);
    }

    #[test]
    fn among_many_models_the_points_of_the_frontier_are_numbered_and_no_other_is_told_apart() {
        let names: Vec<String> = (0..9).map(|at| format!("model-{at}")).collect();
        let single = |at: usize| {
            let (right, tokens) = (0.3 + 0.05 * at as f64, 100.0 * (at + 1) as f64);
            (names[at].as_str(), "accuracy", right, tokens, Some(at.is_multiple_of(3)))
        };
        let vote = ("model-1", "maj@4", 0.36, 800.0, Some(false));
        let report = report(&(0..9).map(single).chain([vote]).collect::<Vec<_>>());
        let figure = drawn(&report).figure().unwrap();
        let legend: Vec<&str> = figure.legend.iter().map(|key| key.title.as_str()).collect();
        assert_eq!(legend, ["1 model-0", "2 model-3", "3 model-6"]);
        let body = &figure.panels[0].body;
        assert_eq!(body.matches("class=\"mark ").count(), 3);
        assert_eq!(body.matches("<circle").count(), 6 + 1, "the singles that are dominated, no vote: {body}");
        assert!(!body.contains("model-"), "{body}");
    }

    #[test]
    fn without_costs_there_is_no_picture() {
        let check =
            |points: &[(&str, &str, f64, f64, Option<bool>)], expect: &str| match drawn(&report(points)) {
                Chart::Absent(why) => assert!(why.contains(expect), "{why}"),
                Chart::Drawn(_) => panic!("drawn"),
            };
        check(&[("a", "accuracy", 0.5, 0.0, None)], "the cost of no way");
        let mut none = report(&[("a", "accuracy", 0.5, 10.0, Some(true))]);
        none.points.clear();
        assert!(matches!(drawn(&none), Chart::Absent(_)));
    }

    #[test]
    fn round_numbers_are_few() {
        let check = |low, high, expect: &[f64]| assert_eq!(round_numbers(low, high), expect);
        check(90.0, 1100.0, &[100.0, 200.0, 500.0, 1000.0]);
        check(1.0, 1e6, &[1.0, 10.0, 100.0, 1e3, 1e4, 1e5, 1e6]);
    }
}
