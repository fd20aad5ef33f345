//! From a report's figures to a panel: which points, in which words, with which key.

use tables::MetricValue;

use super::figure::Drawing;
use super::panel::{self, Panel, Point, Series};
use crate::error::ReportError;
use crate::model::{Group, Report};
use crate::views::numbers::{NOTHING, Unit};

/// A panel with its figures in words; `spoken` names its categories there.
pub(super) fn draw(panel: &Panel, spoken: &[String]) -> Result<Drawing, ReportError> {
    let title = panel.title.clone();
    let description = describe(panel.unit, spoken, &panel.series);
    let body = panel.draw().map_err(|reason| ReportError::Chart { title: title.clone(), reason })?;
    let (width, height) = panel::SIZE;
    Ok(Drawing { title, description, width, height, body })
}

/// A key for each model; a single one needs none.
pub(super) fn legend(groups: &[&Group]) -> Result<Vec<Drawing>, ReportError> {
    let keys = groups.iter().enumerate().filter(|_| groups.len() > 1);
    keys.map(|(style, group)| legend_key(&group.model, style)).collect()
}

pub(super) fn legend_key(model: &str, style: usize) -> Result<Drawing, ReportError> {
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
pub(super) fn point(row: Option<&MetricValue>) -> Option<Point> {
    let row = row.filter(|row| row.n > 0)?;
    Some(Point { value: row.value?, low: row.low, high: row.high })
}

/// The groups of problems that any of the models has; data without groups has one category: all of them.
pub(super) fn subsets(groups: &[&Group]) -> Vec<String> {
    let mut subsets: Vec<String> = Vec::new();
    for subset in groups.iter().flat_map(|group| &group.subsets) {
        if !subsets.contains(subset) {
            subsets.push(subset.clone());
        }
    }
    if subsets.is_empty() { vec![MetricValue::OVERALL.to_owned()] } else { subsets }
}

/// One line a model: a figure over groups of problems.
pub(super) fn subset_series(
    report: &Report,
    groups: &[&Group],
    subsets: &[String],
    metric: &str,
) -> Vec<Series> {
    series(groups, subsets, |group, subset| report.metric(group, subset, metric, MetricValue::ALL))
}

/// One line a model: the figures of these names over all problems.
pub(super) fn overall_series(report: &Report, groups: &[&Group], names: &[String]) -> Vec<Series> {
    series(groups, names, |group, name| report.overall(group, name))
}

/// A model looks the same on every chart of its dataset.
fn series<'a>(
    groups: &[&Group],
    names: &[String],
    figure: impl Fn(&Group, &str) -> Option<&'a MetricValue>,
) -> Vec<Series> {
    let of = |(style, group): (usize, &&Group)| Series {
        name: group.model.clone(),
        style,
        points: names.iter().map(|name| point(figure(group, name))).collect(),
    };
    groups.iter().enumerate().map(of).collect()
}

pub(super) fn any_point(series: &[Series]) -> bool {
    series.iter().any(|series| series.points.iter().any(Option::is_some))
}

/// The parameters of a family of figures that any of the models has, such as the budgets of `budget`.
pub(super) fn parameters(report: &Report, groups: &[&Group], family: &str) -> Vec<u32> {
    let rows = groups.iter().flat_map(|group| report.of(group));
    let of_family = rows.filter_map(|row| row.metric.strip_prefix(family)?.strip_prefix('@')?.parse().ok());
    let mut found: Vec<u32> = of_family.collect();
    found.sort_unstable();
    found.dedup();
    found
}
