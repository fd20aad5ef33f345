//! Length rewards as a table: what each rule gives right and wrong replies, and whether the rules agree.

use serde_json::{Value, json};
use tables::Metric;

use crate::numbers::Unit;
use crate::report::{Group, Report};
use crate::sheet::Sheet;
use crate::views::{Cell, Column, View, ViewRow};

const RIGHT: &str = "reward_right@";
const WRONG: &str = "reward_wrong@";
const AGREEMENT: &str = "reward_agreement@";

/// A table for each model and dataset, over all problems.
pub fn rewards(report: &Report) -> Sheet {
    let shown = report.groups.iter().filter(|group| !rules(report, group).is_empty());
    let records = report.metrics.iter().filter(|row| is_reward(&row.metric)).map(record).collect();
    Sheet {
        views: shown.map(|group| view(report, group)).collect(),
        keys: KEYS,
        records,
        nothing: "There is no length reward to show: no figure of the metrics table is one.",
    }
}

/// Figures that this table shows.
pub(crate) fn is_reward(metric: &str) -> bool {
    [RIGHT, WRONG, AGREEMENT].iter().any(|family| metric.starts_with(family))
}

const KEYS: &[&str] =
    &["dataset", "model", "subset", "scope", "metric", "value", "low", "high", "n", "problems"];

fn record(row: &Metric) -> Vec<Value> {
    vec![
        json!(row.dataset),
        json!(row.model),
        json!(row.subset),
        json!(row.scope),
        json!(row.metric),
        json!(row.value),
        json!(row.low),
        json!(row.high),
        json!(row.n),
        json!(row.problems),
    ]
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
        let means = [RIGHT, WRONG].map(|family| cell(report, group, &format!("{family}{rule}")));
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
    cell(report, group, &format!("{AGREEMENT}{first}~{second}"))
}

fn cell(report: &Report, group: &Group, metric: &str) -> Cell {
    Cell::metric(report.metric(group, Metric::OVERALL, metric, Metric::ALL), Unit::Number, false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Format;
    use crate::about::About;

    #[test]
    fn rules_are_rows_and_what_they_agree_with_columns() {
        let row = |metric: &str, value: f64| Metric {
            dataset: "d".into(),
            model: "m".into(),
            subset: Metric::OVERALL.into(),
            metric: metric.into(),
            scope: Metric::ALL.into(),
            value: Some(value),
            n: 9,
            ..Metric::default()
        };
        let metrics = vec![
            row("accuracy", 0.5),
            row("reward_right@kimi", 0.25),
            row("reward_right@relative", 0.2),
            row("reward_wrong@kimi", -0.125),
            row("reward_agreement@kimi~relative", 0.875),
        ];
        let report = Report::from_metrics(metrics, About::default());
        insta::assert_snapshot!(rewards(&report).render(Format::Table, 80, false), @r"
        Length rewards of m: mean over right and wrong replies, rank correlation within problems
         rule       right replies   wrong replies   ~ kimi   ~ relative
        ───────────────────────────────────────────────────────────────
         kimi                0.25           −0.12                  0.88
         relative            0.20               –     0.88
        ");
        assert_eq!(rewards(&report).render(Format::Csv, 80, false).lines().count(), 5);
        let none = Report::from_metrics(vec![row("accuracy", 0.5)], About::default());
        assert!(rewards(&none).render(Format::Md, 80, false).starts_with("There is no length reward"));
    }
}
