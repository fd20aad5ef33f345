//! Length rewards as a table: what each rule gives right and wrong replies, and whether the rules agree.

use serde_json::{Value, json};
use tables::MetricValue;

use super::numbers::Unit;
use super::table::{Cell, Column, View, ViewRow};
use super::table_set::TableSet;
use crate::model::{Group, Report};

const RIGHT: &str = "reward_right@";
const WRONG: &str = "reward_wrong@";
const AGREEMENT: &str = "reward_agreement@";

/// A table for each model and dataset, over all problems.
pub fn rewards(report: &Report) -> TableSet {
    let shown = report.groups.iter().filter(|group| !rules(report, group).is_empty());
    let records = report.metrics.iter().filter(|row| is_reward(&row.metric)).map(record).collect();
    TableSet {
        views: shown.map(|group| view(report, group)).collect(),
        keys: KEYS,
        records,
        nothing: "There is no length reward to show: no figure of the metrics table is one.",
        notes: vec![],
    }
}

/// Figures that this table shows.
pub(crate) fn is_reward(metric: &str) -> bool {
    [RIGHT, WRONG, AGREEMENT].iter().any(|family| metric.starts_with(family))
}

const KEYS: &[&str] =
    &["dataset", "model", "subset", "scope", "metric", "value", "low", "high", "n", "problems"];

fn record(row: &MetricValue) -> Vec<Value> {
    let row = json!(row);
    KEYS.iter().map(|key| row[*key].clone()).collect()
}

fn rules<'a>(report: &'a Report, group: &'a Group) -> Vec<&'a str> {
    let mut rules: Vec<&str> = report.of(group).filter_map(|row| row.metric.strip_prefix(RIGHT)).collect();
    rules.sort_unstable();
    rules.dedup();
    rules
}

fn view(report: &Report, group: &Group) -> View {
    let rules = rules(report, group);
    let fixed = ["rule", "right replies", "wrong replies"].map(Column::plain);
    let columns = fixed.into_iter().chain(rules.iter().map(|rule| Column::plain(&format!("~ {rule}"))));
    let row = |rule: &&str| {
        let means = [RIGHT, WRONG]
            .map(|family| Cell::overall(report, group, &format!("{family}{rule}"), Unit::Number));
        let agreements = rules.iter().map(|other| agreement(report, group, rule, other));
        ViewRow {
            label: (*rule).to_owned(),
            cells: means.into_iter().chain(agreements).collect(),
            ..ViewRow::default()
        }
    };
    View {
        caption: format!(
            "Length rewards of {}: mean over right and wrong replies, rank correlation within problems",
            report.heading(group)
        ),
        columns: columns.collect(),
        rows: rules.iter().map(row).collect(),
    }
}

fn agreement(report: &Report, group: &Group, rule: &str, other: &str) -> Cell {
    if rule == other {
        return Cell::text("");
    }
    let (first, second) = if rule < other { (rule, other) } else { (other, rule) };
    Cell::overall(report, group, &format!("{AGREEMENT}{first}~{second}"), Unit::Number)
}
