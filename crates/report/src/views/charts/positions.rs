//! Where in the thinking the right answer first stands.

use super::figure::{Chart, Drawing, Figure};
use super::panel::{Panel, Point, Series};
use super::scale::Categories;
use super::sketch::draw;
use crate::error::ReportError;
use crate::model::{Group, Positions, Report};
use crate::views::numbers::{NOTHING, Unit};
use crate::views::table::{Cell, Column, View, ViewRow};

/// The distribution of T̂ / T over the tenths of the thinking, a panel a model, all to one scale.
///
/// # Errors
/// A chart that cannot be drawn, which is a defect.
pub fn positions(report: &Report, groups: &[&Group]) -> Result<Chart, ReportError> {
    let shown = || groups.iter().enumerate().filter(|(_, group)| group.positions.judged() > 0);
    let top = shown().flat_map(|(_, group)| shares(&group.positions)).fold(0.0, f64::max);
    let panels = shown().map(|(style, group)| panel(report, group, style, top));
    let panels: Vec<Drawing> = panels.collect::<Result<_, _>>()?;
    if panels.is_empty() {
        let why = "There is no chart of where the answer first stands: no reply has a verdict of the judge.";
        return Ok(Chart::Absent(why.to_owned()));
    }
    Ok(Chart::Drawn(Box::new(Figure {
        caption: "Share of judged replies by the tenth of the thinking in which the first right step ends; “never” are \
                  those in which no step asserts the right answer. An even spread over late tenths is economy; a heap on \
                  the left means that most of the thinking came after the answer. Counts, so without intervals."
            .to_owned(),
        panels,
        legend: Vec::new(),
        numbers: numbers(report, groups),
    })))
}

/// The tenths, then never.
fn shares(positions: &Positions) -> Vec<f64> {
    let judged = positions.judged().max(1) as f64;
    positions.tenths.iter().chain([&positions.never]).map(|count| *count as f64 / judged).collect()
}

/// `0–10 %`, …, `90–100 %`, `never`.
fn names() -> Vec<String> {
    let tenth = |at: u32| format!("{}–{} %", at * 10, at * 10 + 10);
    (0..10).map(tenth).chain(["never".to_owned()]).collect()
}

fn panel(report: &Report, group: &Group, style: usize, top: f64) -> Result<Drawing, ReportError> {
    let points =
        shares(&group.positions).into_iter().map(|value| Some(Point { value, low: None, high: None }));
    let labels = (1..=10).map(|tenth| tenth.to_string()).collect();
    let categories = Categories::ordered(labels, "tenth of the thinking").and_apart("never");
    let series = vec![Series { name: group.model.clone(), style, points: points.collect() }];
    let approximate = report.approximate(group);
    let panel = Panel::of(&report.heading(group), Unit::Share, approximate, categories, series);
    draw(&Panel { bars: Some(top), ..panel }, &names())
}

fn numbers(report: &Report, groups: &[&Group]) -> View {
    let row = |group: &&Group| {
        let judged = group.positions.judged();
        let share = |value: f64| Cell { exact: Some(value), ..Cell::text(Unit::Share.show(value)) };
        let nothing = || vec![Cell::text(NOTHING); names().len()];
        let shares =
            if judged > 0 { shares(&group.positions).into_iter().map(share).collect() } else { nothing() };
        let cells = [Cell::count(judged)].into_iter().chain(shares).collect();
        ViewRow { label: report.heading(group), cells, ..ViewRow::default() }
    };
    let fixed = ["model".to_owned(), "judged".to_owned()];
    View {
        caption: "Where the answer first stands".to_owned(),
        columns: fixed.into_iter().chain(names()).map(|name| Column::plain(&name)).collect(),
        rows: groups.iter().map(row).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[test]
    fn every_model_has_a_panel_with_a_bar_for_each_tenth_that_has_any() {
        let report = fixture::report();
        let groups: Vec<&Group> = report.groups.iter().collect();
        let figure = positions(&report, &groups).unwrap().figure().unwrap();
        assert_eq!(figure.panels.len(), 3);
        let filled = report.groups[0].positions.tenths.iter().filter(|count| **count > 0).count();
        assert_eq!(figure.panels[0].body.matches("class=\"bar ").count(), filled);
        assert!(figure.panels[0].description.contains("30–40 % 27.9 %"), "{}", figure.panels[0].description);
        assert_eq!(figure.numbers.rows[0].cells.len(), 12);
        assert!(figure.panels[2].title.ends_with('≈'));
    }

    #[test]
    fn without_verdicts_there_is_a_sentence() {
        let mut report = fixture::report();
        report.groups.iter_mut().for_each(|group| group.positions = Positions::default());
        let groups: Vec<&Group> = report.groups.iter().collect();
        assert!(
            matches!(positions(&report, &groups).unwrap(), Chart::Absent(why) if why.contains("no reply"))
        );
    }
}
