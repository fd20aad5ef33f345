//! The report for programs: JSON and JSON lines.

use serde::Serialize;
use serde_json::Value;
use tables::MetricValue;

use crate::error::ReportError;
use crate::model::{About, Choices, Extreme, Health, Ledger, Positions, Report};
use crate::views::sentences::summary;
use crate::views::table_set::TableSet;

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
///          choices, where letters are asked for: {letters: [{askings, askings_by_chance, replies, right, chosen, wrong,
///          wrong_by_chance}], chosen, wrong, agreement: {problems, on_option, on_letter: sums over problems}},
///          judging: {judges: [{judge, replies}], asked, calls, confidence: {sum, n}, agreement: {sum, n}}}
/// metrics  the rows of the metrics table: {dataset, model, subset, metric, scope, value, low, high,
///          interval, n, problems, left_out, left_out_why}; a figure without generations behind it is null, never 0
/// ```
pub(crate) fn json(report: &Report) -> Result<String, ReportError> {
    let models = report.groups.iter().map(|group| ModelEntry {
        dataset: &group.dataset,
        model: &group.model,
        summary: summary(report, group),
        subsets: &group.subsets,
        ledger: group.total(),
        ledgers: group.ledgers.iter().map(|(subset, counts)| LedgerEntry { subset, counts }).collect(),
        extremes: &group.extremes,
        positions: &group.positions,
        choices: Some(&group.choices).filter(|choices| !choices.is_empty()),
        judging: &group.health,
    });
    let document = Document {
        schema: SCHEMA,
        version: VERSION,
        about: &report.about,
        models: models.collect(),
        metrics: &report.metrics,
    };
    Ok(serde_json::to_string_pretty(&document).map_err(defect)? + "\n")
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    version: u32,
    about: &'a About,
    models: Vec<ModelEntry<'a>>,
    metrics: &'a [MetricValue],
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
    #[serde(skip_serializing_if = "Option::is_none")]
    choices: Option<&'a Choices>,
    judging: &'a Health,
}

#[derive(Serialize)]
struct LedgerEntry<'a> {
    subset: &'a str,
    #[serde(flatten)]
    counts: &'a Ledger,
}

/// The metric rows, one JSON object a line.
pub(crate) fn jsonl(report: &Report) -> Result<String, ReportError> {
    report.metrics.iter().map(|metric| Ok(serde_json::to_string(metric).map_err(defect)? + "\n")).collect()
}

fn defect(error: serde_json::Error) -> ReportError {
    ReportError::Format { format: "JSON", reason: error.to_string() }
}

/// The records of tables as one array.
pub(crate) fn array(tables: &TableSet) -> String {
    format!("{:#}\n", Value::Array(objects(tables).collect()))
}

/// The records of tables, one object a line.
pub(crate) fn lines(tables: &TableSet) -> String {
    objects(tables).map(|record| format!("{record}\n")).collect()
}

fn objects(tables: &TableSet) -> impl Iterator<Item = Value> {
    let pairs = |record: &Vec<Value>| {
        tables.keys.iter().map(|key| (*key).to_owned()).zip(record.iter().cloned()).collect()
    };
    tables.records.iter().map(move |record| Value::Object(pairs(record)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[test]
    fn json_keeps_its_shape() {
        let mut report = fixture::report();
        report.metrics.truncate(3);
        insta::assert_snapshot!(json(&report).unwrap());
    }

    #[test]
    fn json_lines_are_the_rows_again() {
        let report = fixture::report();
        let lines = jsonl(&report).unwrap();
        assert_eq!(lines.lines().count(), report.metrics.len());
        for (line, metric) in lines.lines().zip(&report.metrics) {
            let row: serde_json::Value = serde_json::from_str(line).unwrap();
            assert_eq!(row["metric"], metric.metric);
            assert_eq!(row["n"], metric.n);
            assert_eq!(row["value"].is_null(), metric.value.is_none());
        }
    }
}
