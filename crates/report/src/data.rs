//! The report for programs: CSV, JSON and JSON lines.

use serde::Serialize;
use tables::Metric;

use crate::about::About;
use crate::health::Health;
use crate::ledger::Ledger;
use crate::positions::Positions;
use crate::report::{Extreme, Report};
use crate::summary::summary;

/// The name in the document of [`json`].
const SCHEMA: &str = "thinkmeter.report";
/// Raised whenever a key of [`json`] changes its name or meaning; new keys may come without.
const VERSION: u32 = 1;

/// One JSON document, keys in this order:
///
/// ```text
/// schema   "thinkmeter.report"
/// version  1
/// about    title, description, version, dataset, splitter, judge, pipeline, configuration, notices, fingerprints, glossary,
///          models: [{name, tokenizer, tokenizer_exact, kind}]
/// models   one entry for each model and dataset: {dataset, model, summary, subsets: [name],
///          ledger: {generations, errors, truncated, …}, ledgers: [{subset, …the same counts}],
///          extremes: [{problem_id, sample, subset, reasoning_tokens, first_correct_tokens, …}],
///          positions: {tenths: [replies whose first right step ends in each tenth], never},
///          judging: {judges: [{judge, replies}], asked, calls, confidence: {sum, n}, agreement: {sum, n}}}
/// metrics  the rows of the metrics table: {dataset, model, subset, metric, scope, value, low, high, n,
///          problems, left_out, left_out_why}; a figure without generations behind it is null, never 0
/// ```
pub fn json(report: &Report) -> String {
    let models = report.groups.iter().map(|group| ModelEntry {
        dataset: &group.dataset,
        model: &group.model,
        summary: summary(report, group),
        subsets: &group.subsets,
        ledger: group.total(),
        ledgers: group.ledgers.iter().map(|(subset, counts)| LedgerEntry { subset, counts }).collect(),
        extremes: &group.extremes,
        positions: &group.positions,
        judging: &group.health,
    });
    let document = Document {
        schema: SCHEMA,
        version: VERSION,
        about: &report.about,
        models: models.collect(),
        metrics: &report.metrics,
    };
    // Strings, numbers and lists under string keys: nothing in here can fail to serialise.
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    version: u32,
    about: &'a About,
    models: Vec<ModelEntry<'a>>,
    metrics: &'a [Metric],
}

#[derive(Serialize)]
struct ModelEntry<'a> {
    dataset: &'a str,
    model: &'a str,
    summary: String,
    subsets: &'a [String],
    ledger: Ledger,
    ledgers: Vec<LedgerEntry<'a>>,
    extremes: &'a [Extreme],
    positions: &'a Positions,
    judging: &'a Health,
}

#[derive(Serialize)]
struct LedgerEntry<'a> {
    subset: &'a str,
    #[serde(flatten)]
    counts: &'a Ledger,
}

/// The metric rows, one JSON object a line.
pub fn jsonl(report: &Report) -> String {
    let lines = report.metrics.iter().filter_map(|metric| serde_json::to_string(metric).ok());
    lines.map(|line| line + "\n").collect()
}

/// The metric rows with a header line; a missing value is an empty field.
pub fn csv(report: &Report) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing to memory cannot fail, and every row has the same columns.
    let _ = writer.write_record(HEADER);
    for metric in &report.metrics {
        let _ = writer.write_record(record(metric));
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

const HEADER: [&str; 12] = [
    "dataset",
    "model",
    "subset",
    "metric",
    "scope",
    "value",
    "low",
    "high",
    "n",
    "problems",
    "left_out",
    "left_out_why",
];

fn record(metric: &Metric) -> [String; 12] {
    let real = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
    [
        metric.dataset.clone(),
        metric.model.clone(),
        metric.subset.clone(),
        metric.metric.clone(),
        metric.scope.clone(),
        real(metric.value),
        real(metric.low),
        real(metric.high),
        metric.n.to_string(),
        metric.problems.to_string(),
        metric.left_out.to_string(),
        metric.left_out_why.clone().unwrap_or_default(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;
    use tables::Row;

    #[test]
    fn csv_is_the_metric_rows() {
        insta::assert_snapshot!(csv(&fixture::report()));
    }

    #[test]
    fn csv_has_the_columns_of_the_table() {
        let columns: Vec<String> = Metric::fields().iter().map(|field| field.name().clone()).collect();
        assert_eq!(columns, HEADER);
    }

    #[test]
    fn json_keeps_its_shape() {
        let mut report = fixture::report();
        report.metrics.truncate(3);
        insta::assert_snapshot!(json(&report));
    }

    #[test]
    fn json_lines_are_the_rows_again() {
        let report = fixture::report();
        let lines = jsonl(&report);
        assert_eq!(lines.lines().count(), report.metrics.len());
        for (line, metric) in lines.lines().zip(&report.metrics) {
            let row: serde_json::Value = serde_json::from_str(line).unwrap();
            assert_eq!(row["metric"], metric.metric);
            assert_eq!(row["n"], metric.n);
            assert_eq!(row["value"].is_null(), metric.value.is_none());
        }
    }
}
