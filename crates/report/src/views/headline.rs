//! The six measures as tables: of a model over its groups of problems, of several models, and next to the peer's.

use tables::MetricValue;

use super::measures::{Measure, headline_measures};
use super::numbers::NOTHING;
use super::table::{Cell, Column, View, ViewRow, subset_label};
use crate::model::{Group, Report};

/// A model's six measures over its groups of problems.
pub(crate) fn measures(report: &Report, group: &Group) -> View {
    let rows = group.rows().map(|subset| ViewRow {
        label: subset_label(subset),
        total: subset == MetricValue::OVERALL,
        cells: measure_cells(report, group, subset, MetricValue::ALL),
        ..ViewRow::default()
    });
    View { caption: report.heading(group), columns: measure_columns(report, "subset"), rows: rows.collect() }
}

/// All models of one dataset side by side.
pub(crate) fn comparison(report: &Report, dataset: &str, groups: &[&Group]) -> View {
    let rows = groups.iter().map(|group| ViewRow {
        label: group.model.clone(),
        cells: measure_cells(report, group, MetricValue::OVERALL, MetricValue::ALL),
        ..ViewRow::default()
    });
    View { caption: dataset.to_owned(), columns: measure_columns(report, "model"), rows: rows.collect() }
}

fn measure_columns(report: &Report, first: &str) -> Vec<Column> {
    let fixed = [Column::plain(first), Column::plain("n")];
    fixed.into_iter().chain(headline_measures(&report.about).map(Column::measure)).collect()
}

fn measure_cells(report: &Report, group: &Group, subset: &str, scope: &str) -> Vec<Cell> {
    let approximate = report.approximate(group);
    let metric = |measure: Measure| report.metric(group, subset, measure.name, scope);
    let counted = group.ledger(subset).generations;
    let behind = headline_measures(&report.about).filter_map(metric).map(|row| row.n).max().unwrap_or(0);
    let n = if scope == MetricValue::ALL && counted > 0 { counted } else { behind };
    let figures =
        headline_measures(&report.about).map(|m| Cell::metric(metric(m), m.unit, approximate && m.tokens));
    [Cell::count(n)].into_iter().chain(figures).collect()
}

/// The six measures over completed replies, for the groups of problems where that changes any of them.
pub(crate) fn completed(report: &Report, group: &Group) -> Option<View> {
    let differs = |subset: &&str| {
        headline_measures(&report.about).any(|measure| {
            let of = |scope| report.metric(group, subset, measure.name, scope).map(|row| (row.value, row.n));
            of(MetricValue::COMPLETED).is_some_and(|completed| Some(completed) != of(MetricValue::ALL))
        })
    };
    let rows: Vec<ViewRow> = group
        .rows()
        .filter(differs)
        .map(|subset| ViewRow {
            label: subset_label(subset),
            total: subset == MetricValue::OVERALL,
            cells: measure_cells(report, group, subset, MetricValue::COMPLETED),
            ..ViewRow::default()
        })
        .collect();
    let caption = "Completed replies only (neither cut nor unclosed)".to_owned();
    (!rows.is_empty()).then(|| View { caption, columns: measure_columns(report, "subset"), rows })
}

/// Our figures beside those that EvalThink's rules give on the same replies.
pub(crate) fn compatibility(report: &Report, group: &Group, subsets: &[&str]) -> Option<View> {
    let rows: Vec<ViewRow> = subsets
        .iter()
        .flat_map(|subset| {
            headline_measures(&report.about).filter_map(|measure| peer_row(report, group, subset, measure))
        })
        .map(|(subset, mut row)| {
            if subsets.len() > 1 {
                row.label = format!("{} · {}", subset_label(subset), row.label);
            }
            row
        })
        .collect();
    let columns = ["figure", "ours", "EvalThink's", "difference"].map(Column::plain).to_vec();
    let caption = "Beside EvalThink's rules on the same replies".to_owned();
    (!rows.is_empty()).then_some(View { caption, columns, rows })
}

fn peer_row<'a>(
    report: &Report,
    group: &Group,
    subset: &'a str,
    measure: Measure,
) -> Option<(&'a str, ViewRow)> {
    let peer = report.metric(group, subset, measure.heads.peer, MetricValue::ALL)?;
    let ours = report.metric(group, subset, measure.name, MetricValue::ALL);
    let approximate = report.approximate(group) && measure.tokens;
    let cells = [ours, Some(peer)].map(|row| Cell::metric(row, measure.unit, approximate));
    let difference = match (cells[0].exact, cells[1].exact) {
        (Some(ours), Some(theirs)) => {
            Cell { exact: Some(ours - theirs), ..Cell::text(measure.unit.difference(ours - theirs)) }
        }
        _ => Cell::text(NOTHING),
    };
    let cells = cells.into_iter().chain([difference]).collect();
    let total = subset == MetricValue::OVERALL;
    let (label, metric) = (measure.heads.title.to_owned(), measure.name.to_owned());
    Some((subset, ViewRow { label, metric, total, cells, ..ViewRow::default() }))
}
