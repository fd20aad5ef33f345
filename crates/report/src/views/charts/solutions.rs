//! Rounds of solution: how many a reply has, which of them is the first right one, and whether later ones are new.

use super::figure::{Chart, Drawing, Figure};
use super::panel::{Panel, Series};
use super::scale::Categories;
use super::sketch::{any_point, draw, legend, overall_series, parameters, subset_series, subsets};
use crate::error::ReportError;
use crate::model::{Group, Report};
use crate::views::further;
use crate::views::numbers::Unit;
use crate::views::table::subset_label;

/// Solutions a reply over the groups of problems, the first right one's place, and distinctness by place.
pub(crate) fn solutions(report: &Report, groups: &[&Group]) -> Result<Chart, ReportError> {
    let first = ordinals(report, groups, "first_correct_solution");
    let distinct = ordinals(report, groups, "distinctness");
    let drawn = [
        counts(report, groups)?,
        by_place(report, groups, "First right solution", &first)?,
        // At the first place every strategy is new; without a second there is nothing to see.
        if looked_for(report, groups, &distinct) {
            by_place(report, groups, "New strategy", &distinct)?
        } else {
            None
        },
    ];
    let told = drawn[2].is_some();
    let panels: Vec<Drawing> = drawn.into_iter().flatten().collect();
    if panels.is_empty() {
        let why = "There is no chart of solutions: nobody looked for rounds of solution in these traces.";
        return Ok(Chart::Absent(why.to_owned()));
    }
    let columns = columns(&first, &distinct);
    let strategies =
        if told { "" } else { " Nobody looked for strategies, so it is not told which solutions are new." };
    Ok(Chart::Drawn(Box::new(Figure {
        caption: format!(
            "Rounds of solution: stretches of the thinking that each end in an explicit answer, checks among them.\
             {strategies} Bars are 95 % intervals."
        ),
        panels,
        legend: legend(groups)?,
        numbers: further::overall(report, groups, "Solutions", &columns),
    })))
}

fn looked_for(report: &Report, groups: &[&Group], places: &[(String, String)]) -> bool {
    let later: Vec<String> = places.iter().skip(1).map(|(_, name)| name.clone()).collect();
    any_point(&overall_series(report, groups, &later))
}

fn columns<'a>(
    first: &'a [(String, String)],
    distinct: &'a [(String, String)],
) -> Vec<(String, &'a str, Unit)> {
    let count = ("solutions a reply".to_owned(), "solutions", Unit::Number);
    let first =
        first.iter().map(|(label, name)| (format!("first right at {label}"), name.as_str(), Unit::Share));
    let new = distinct.iter().map(|(label, name)| (format!("new at {label}"), name.as_str(), Unit::Share));
    [count].into_iter().chain(first).chain(new).collect()
}

/// Places of solutions with their figures' names, `5+` last.
fn ordinals(report: &Report, groups: &[&Group], family: &str) -> Vec<(String, String)> {
    let places = parameters(report, groups, family);
    let rest = places.iter().max().map(|last| format!("{}+", last + 1));
    let known = |label: &String| {
        let name = format!("{family}@{label}");
        groups.iter().any(|group| report.overall(group, &name).is_some())
    };
    let labels = places.iter().map(u32::to_string).chain(rest.filter(known));
    labels.map(|label| (label.clone(), format!("{family}@{label}"))).collect()
}

fn counts(report: &Report, groups: &[&Group]) -> Result<Option<Drawing>, ReportError> {
    let subsets = subsets(groups);
    let labels: Vec<String> = subsets.iter().map(|subset| subset_label(subset)).collect();
    let series = subset_series(report, groups, &subsets, "solutions");
    drawn("Solutions a reply", Unit::Number, Categories::new(&labels), &labels, series)
}

fn by_place(
    report: &Report,
    groups: &[&Group],
    title: &str,
    places: &[(String, String)],
) -> Result<Option<Drawing>, ReportError> {
    let names: Vec<String> = places.iter().map(|(_, name)| name.clone()).collect();
    let labels: Vec<String> = places.iter().map(|(label, _)| label.clone()).collect();
    let spoken: Vec<String> = labels.iter().map(|label| format!("solution {label}")).collect();
    let series = overall_series(report, groups, &names);
    drawn(title, Unit::Share, Categories::ordered(labels, "place of the solution"), &spoken, series)
}

fn drawn(
    title: &str,
    unit: Unit,
    categories: Categories,
    spoken: &[String],
    series: Vec<Series>,
) -> Result<Option<Drawing>, ReportError> {
    if !any_point(&series) {
        return Ok(None);
    }
    draw(&Panel::of(title, unit, false, categories, series), spoken).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(rows: &[(&str, &str, f64)]) -> Chart {
        let report = crate::fixture::by_subset(rows);
        let groups: Vec<&Group> = report.groups.iter().collect();
        solutions(&report, &groups).unwrap()
    }

    #[test]
    fn counts_places_and_news_have_a_panel_each() {
        let chart = figure(&[
            ("Level 1", "solutions", 2.0),
            ("Level 2", "solutions", 4.0),
            ("overall", "solutions", 3.0),
            ("overall", "first_correct_solution@1", 0.75),
            ("overall", "first_correct_solution@2+", 0.25),
            ("overall", "distinctness@1", 1.0),
            ("overall", "distinctness@2", 0.5),
        ]);
        let figure = chart.figure().unwrap();
        let spoken: Vec<&str> = figure.panels.iter().map(|panel| panel.description.as_str()).collect();
        assert_eq!(
            spoken,
            [
                "m: Level 1 2.00, Level 2 4.00.",
                "m: solution 1 75.0 %, solution 2+ 25.0 %.",
                "m: solution 1 100.0 %, solution 2 50.0 %."
            ]
        );
        let columns: Vec<&str> = figure.numbers.columns.iter().map(|column| column.title.as_str()).collect();
        let expect =
            ["model", "solutions a reply", "first right at 1", "first right at 2+", "new at 1", "new at 2"];
        assert_eq!(columns, expect);
    }

    #[test]
    fn nobody_looked() {
        assert!(
            matches!(figure(&[("overall", "accuracy", 1.0)]), Chart::Absent(why) if why.contains("nobody"))
        );
    }
}
