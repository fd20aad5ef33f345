//! Figures besides the six measures, and replies that stand out.

use std::collections::HashSet;

use tables::MetricValue;

use super::ledger::is_counted;
use super::measures::{headline_measures, title_of, unit_of};
use super::numbers::Unit;
use super::rewards::is_reward;
use super::table::{Cell, Column, View, ViewRow};
use crate::model::{Group, Report};

/// Every other figure over all problems, one column a model.
pub(crate) fn others(report: &Report, groups: &[&Group]) -> Option<View> {
    let (mut names, mut seen): (Vec<&str>, HashSet<&str>) = (Vec::new(), HashSet::new());
    for row in groups.iter().flat_map(|group| report.of(group)) {
        let is_whole = row.subset == MetricValue::OVERALL && row.scope == MetricValue::ALL;
        if is_whole && seen.insert(&row.metric) && is_other(report, &row.metric) {
            names.push(&row.metric);
        }
    }
    let rows = names.iter().map(|name| ViewRow {
        label: title_of(&report.about, name),
        metric: (*name).to_owned(),
        cells: groups
            .iter()
            .map(|group| Cell::overall(report, group, name, unit_of(&report.about, name)))
            .collect(),
        ..ViewRow::default()
    });
    // Most runs have one sample a problem, no price and no strategies: a page of dashes would hide what there is.
    let told: Vec<ViewRow> = rows.filter(|row| row.cells.iter().any(|cell| cell.exact.is_some())).collect();
    let models = groups.iter().map(|group| Column::plain(&group.model));
    let columns = [Column::plain("figure")].into_iter().chain(models).collect();
    let caption = match names.len() - told.len() {
        0 => "Further figures".to_owned(),
        silent => format!("Further figures ({silent} without anything behind them are in the CSV)"),
    };
    (!told.is_empty()).then_some(View { caption, columns, rows: told })
}

/// Neither the measures, nor their peers, nor what the ledger or the rewards' own table says.
fn is_other(report: &Report, figure: &str) -> bool {
    let mut measures = headline_measures(&report.about);
    let is_measure = measures.any(|measure| [measure.name, measure.heads.peer].contains(&figure));
    !is_measure && !is_counted(figure) && !is_reward(figure)
}

/// Figures over all problems, a row a model, a column for each title, figure's name and unit.
pub(crate) fn overall(
    report: &Report,
    groups: &[&Group],
    caption: &str,
    figures: &[(String, &str, Unit)],
) -> View {
    let row = |group: &&Group| ViewRow {
        label: group.model.clone(),
        cells: figures.iter().map(|(_, name, unit)| Cell::overall(report, group, name, *unit)).collect(),
        ..ViewRow::default()
    };
    let columns = figures.iter().map(|(title, name, _)| Column::figure(title, name));
    View {
        caption: caption.to_owned(),
        columns: [Column::plain("model")].into_iter().chain(columns).collect(),
        rows: groups.iter().map(row).collect(),
    }
}

/// The replies that thought longest after the answer was there.
pub(crate) fn extremes(group: &Group) -> Option<View> {
    let titles = [
        ("problem", ""),
        ("sample", ""),
        ("reasoning tokens", "reasoning_tokens"),
        ("first-correct tokens", "first_correct_tokens"),
        ("reflection tokens", "reflection_tokens"),
        ("switches", "thought_switches"),
    ];
    let rows = group.extremes.iter().map(|extreme| ViewRow {
        label: extreme.problem_id.clone(),
        cells: [
            extreme.sample,
            extreme.reasoning_tokens,
            extreme.first_correct_tokens,
            extreme.reflection_tokens,
            extreme.thought_switches,
        ]
        .map(|value| Cell::count(u64::from(value)))
        .to_vec(),
        ..ViewRow::default()
    });
    let caption = "Right replies that went on longest after the answer was there".to_owned();
    let columns = titles.map(|(title, metric)| Column::figure(title, metric)).to_vec();
    (!group.extremes.is_empty()).then(|| View { caption, columns, rows: rows.collect() })
}
