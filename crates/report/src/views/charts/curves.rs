//! Accuracy against tokens: what a budget would have left of it, and how it falls with the length of thinking.

use std::collections::{BTreeMap, BTreeSet};

use tables::MetricValue;

use super::figure::{Chart, Figure};
use super::panel::{Panel, Series};
use super::scale::Categories;
use super::sketch::{any_point, draw, legend, legend_key, overall_series, parameters, point};
use crate::error::ReportError;
use crate::model::{Group, Report};
use crate::views::further;
use crate::views::numbers::{Unit, whole};
use crate::views::table::{Cell, Column, View, ViewRow};

/// Accuracy if thinking had been cut at a budget and the answer read off there, a line a model, and beside it what it is where
/// that was really done: over a logarithmic axis.
///
/// # Errors
/// A chart that cannot be drawn, which is a defect.
pub fn budget(report: &Report, groups: &[&Group]) -> Result<Chart, ReportError> {
    let curves = curves(report, groups);
    let all: BTreeSet<u32> = curves.iter().flat_map(|curve| curve.values.keys().copied()).collect();
    let budgets: Vec<u32> = all.into_iter().collect();
    let spoken: Vec<String> = budgets.iter().map(|budget| whole(u64::from(*budget))).collect();
    let series: Vec<Series> = curves.iter().map(|curve| curve.series(&budgets)).collect();
    if !any_point(&series) {
        let why = "There is no budget curve: no reply is both graded and judged.";
        return Ok(Chart::Absent(why.to_owned()));
    }
    let approximate = groups.iter().any(|group| report.approximate(group));
    let categories = Categories::logarithmic(&budgets, "tokens of thinking");
    let panel = Panel::of("Accuracy at a budget", Unit::Share, approximate, categories, series);
    let keys = curves.iter().filter(|_| curves.len() > 1);
    let measured = if curves.iter().any(|curve| curve.measured) { MEASURED } else { "" };
    Ok(Chart::Drawn(Box::new(Figure {
        caption: format!(
            "Accuracy if the thinking had been cut at so many tokens and the answer read off there, from the \
             recorded traces: no model was asked again.{measured} Bars are 95 % intervals."
        ),
        panels: vec![draw(&panel, &spoken)?],
        legend: keys.map(|curve| legend_key(&curve.name, curve.style)).collect::<Result<_, _>>()?,
        numbers: View {
            caption: "Accuracy at a budget".to_owned(),
            columns: columns_of(&budgets, &spoken),
            rows: curves.iter().map(|curve| curve.row(&budgets)).collect(),
        },
    })))
}

const MEASURED: &str =
    " Where a line is called “forced”, it was asked: the thinking was ended there, and the answer demanded.";

/// A line of the budget curve.
struct Curve<'a> {
    name: String,
    style: usize,
    /// Somebody was asked.
    measured: bool,
    values: BTreeMap<u32, &'a MetricValue>,
}

impl Curve<'_> {
    fn series(&self, budgets: &[u32]) -> Series {
        let points = budgets.iter().map(|budget| point(self.values.get(budget).copied())).collect();
        Series { name: self.name.clone(), style: self.style, points }
    }

    fn row(&self, budgets: &[u32]) -> ViewRow {
        let cell = |budget| Cell::metric(self.values.get(budget).copied(), Unit::Share, false);
        ViewRow { label: self.name.clone(), cells: budgets.iter().map(cell).collect(), ..ViewRow::default() }
    }
}

/// The lines of the models that think as they like, and one for all models that were forced out of the same table.
fn curves<'a>(report: &'a Report, groups: &[&Group]) -> Vec<Curve<'a>> {
    let free: Vec<&Group> = groups.iter().copied().filter(|group| group.forced_at.is_none()).collect();
    let budgets = parameters(report, &free, "budget");
    let mut curves: Vec<Curve<'a>> = Vec::new();
    for (style, group) in groups.iter().enumerate() {
        let Some(budget) = group.forced_at else {
            let value = |budget: &u32| Some((*budget, report.overall(group, &format!("budget@{budget}"))?));
            let values = budgets.iter().filter_map(value).collect();
            curves.push(Curve { name: group.model.clone(), style, measured: false, values });
            continue;
        };
        let name = format!("{}, forced", group.model.split_once('/').map_or(&*group.model, |(base, _)| base));
        let at = curves.iter().position(|curve| curve.measured && curve.name == name).unwrap_or(curves.len());
        if at == curves.len() {
            curves.push(Curve { name, style, measured: true, values: BTreeMap::new() });
        }
        let accuracy = report.overall(group, "accuracy");
        curves[at].values.extend(accuracy.map(|accuracy| (budget, accuracy)));
    }
    curves
}

fn columns_of(budgets: &[u32], spoken: &[String]) -> Vec<Column> {
    let column = |(budget, spoken): (&u32, &String)| {
        Column::figure(&format!("{spoken} tokens"), &format!("budget@{budget}"))
    };
    [Column::plain("model")].into_iter().chain(budgets.iter().zip(spoken).map(column)).collect()
}

/// Accuracy by length of thinking: over all problems in one pot, and among the samples of the same problem.
pub(crate) fn tokens_and_correctness(report: &Report, groups: &[&Group]) -> Result<Chart, ReportError> {
    let kinds = [
        ("length_quintile", "All problems in one pot"),
        ("length_quintile_within", "Samples of the same problem"),
    ];
    let mut panels = Vec::new();
    let mut numbers = View::default();
    for (family, title) in kinds {
        let fifths = parameters(report, groups, family);
        let names: Vec<String> = fifths.iter().map(|fifth| format!("{family}@{fifth}")).collect();
        let series = overall_series(report, groups, &names);
        if !any_point(&series) {
            continue;
        }
        let spoken: Vec<String> = fifths.iter().map(|fifth| spoken_fifth(*fifth)).collect();
        let labels = fifths.iter().map(u32::to_string).collect();
        let categories = Categories::ordered(labels, "fifth by length, 1 the shortest");
        panels.push(draw(&Panel::of(title, Unit::Share, false, categories, series), &spoken)?);
        let columns = columns(spoken.into_iter(), &names);
        numbers = merged(numbers, further::overall(report, groups, title, &columns), title);
    }
    if panels.is_empty() {
        let why = "There is no chart of length against correctness: no reply could be graded.";
        return Ok(Chart::Absent(why.to_owned()));
    }
    let within = if panels.len() > 1 { "" } else { " Several samples a problem would tell the two apart." };
    Ok(Chart::Drawn(Box::new(Figure {
        caption: format!(
            "Accuracy of short and of long thinking. Hard problems are long and often wrong, so over all problems \
             difficulty is mixed in.{within} Bars are 95 % intervals."
        ),
        panels,
        legend: legend(groups)?,
        numbers,
    })))
}

fn columns(titles: impl Iterator<Item = String>, names: &[String]) -> Vec<(String, &str, Unit)> {
    titles.zip(names).map(|(title, name)| (title, name.as_str(), Unit::Share)).collect()
}

fn spoken_fifth(fifth: u32) -> String {
    match fifth {
        1 => "shortest fifth".to_owned(),
        5 => "longest fifth".to_owned(),
        other => format!("fifth {other}"),
    }
}

/// One table below the other, if they have the same columns.
fn merged(mut above: View, mut below: View, title: &str) -> View {
    for row in &mut below.rows {
        row.label = format!("{} · {}", row.label, title.to_lowercase());
    }
    if above.columns.is_empty() {
        return below;
    }
    above.rows.extend(below.rows);
    above
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::figures;

    fn drawn(report: &Report, chart: fn(&Report, &[&Group]) -> Result<Chart, ReportError>) -> Option<Figure> {
        let groups: Vec<&Group> = report.groups.iter().collect();
        chart(report, &groups).unwrap().figure()
    }

    #[test]
    fn a_budget_curve_has_a_line_for_each_model_in_the_order_of_the_budgets() {
        let report = figures(&[
            ("a", "budget@1024", 0.5),
            ("a", "budget@256", 0.25),
            ("b", "budget@256", 0.75),
            ("b", "budget@1024", 0.8),
        ]);
        let figure = drawn(&report, budget).unwrap();
        assert_eq!(figure.panels[0].description, "a: 256 25.0 %, 1,024 50.0 %. b: 256 75.0 %, 1,024 80.0 %.");
        assert_eq!(figure.panels[0].body.matches("class=\"line ").count(), 2);
        assert_eq!(figure.legend.len(), 2);
        assert_eq!(figure.numbers.rows[1].cells[1].text, "80.0 %");
        assert_eq!(figure.numbers.columns[2].title, "1,024 tokens");
    }

    #[test]
    fn what_was_forced_stands_beside_what_would_have_been() {
        let mut report = figures(&[
            ("a", "budget@256", 0.5),
            ("a", "budget@1024", 0.75),
            ("a/forced-256", "accuracy", 0.25),
            ("a/forced-256", "budget@256", 0.125),
            ("a/forced-512", "accuracy", 0.625),
        ]);
        for (group, budget) in report.groups.iter_mut().skip(1).zip([256, 512]) {
            group.forced_at = Some(budget);
        }
        let figure = drawn(&report, budget).unwrap();
        assert_eq!(
            figure.panels[0].description,
            "a: 256 50.0 %, 512 –, 1,024 75.0 %. a, forced: 256 25.0 %, 512 62.5 %, 1,024 –."
        );
        assert_eq!(figure.legend.len(), 2);
        assert!(figure.caption.contains("the answer demanded"), "{}", figure.caption);
        assert_eq!(figure.numbers.rows[1].label, "a, forced");
    }

    #[test]
    fn fifths_within_problems_have_a_panel_where_there_are_samples() {
        let one = figures(&[("a", "length_quintile@1", 0.5), ("a", "length_quintile@5", 0.25)]);
        let figure = drawn(&one, tokens_and_correctness).unwrap();
        assert_eq!((figure.panels.len(), figure.legend.len()), (1, 0));
        assert!(figure.caption.contains("Several samples"), "{}", figure.caption);
        let both = figures(&[("a", "length_quintile@1", 0.5), ("a", "length_quintile_within@1", 0.25)]);
        let figure = drawn(&both, tokens_and_correctness).unwrap();
        assert_eq!(figure.panels.len(), 2);
        assert_eq!(figure.numbers.rows[1].label, "a · samples of the same problem");
    }

    #[test]
    fn without_figures_there_is_no_chart() {
        let report = figures(&[("a", "accuracy", 0.5)]);
        assert!(drawn(&report, budget).is_none() && drawn(&report, tokens_and_correctness).is_none());
    }
}
