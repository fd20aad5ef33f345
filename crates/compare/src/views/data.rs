//! For programs: CSV and JSON.

use serde::Serialize;
use serde_json::json;

use crate::comparison::{Comparison, Comparisons, Row};
use crate::error::CompareError;
use crate::gate::GateResult;

/// A line per comparison and measure.
pub fn csv(comparisons: &Comparisons) -> Result<String, CompareError> {
    #[derive(Serialize)]
    struct Line<'a> {
        baseline_model: &'a str,
        other_model: &'a str,
        measure: &'a str,
        unit: &'a str,
        pairs: u64,
        problems: u64,
        left_out: u64,
        baseline: Option<f64>,
        other: Option<f64>,
        difference: Option<f64>,
        low: Option<f64>,
        high: Option<f64>,
        interval: &'a str,
        test: &'a str,
        p: Option<f64>,
        p_holm: Option<f64>,
        outcome: &'a str,
        detectable: Option<f64>,
        more_problems: Option<u64>,
    }
    let mut writer = csv::Writer::from_writer(Vec::new());
    for comparison in &comparisons.others {
        for row in &comparison.rows {
            let Row {
                pairs,
                problems,
                left_out,
                baseline,
                other,
                difference,
                low,
                high,
                test,
                p,
                p_holm,
                ..
            } = *row;
            writer.serialize(Line {
                baseline_model: &secrets::in_a_cell(&comparisons.baseline),
                other_model: &secrets::in_a_cell(&comparison.other),
                measure: &row.measure,
                unit: row.unit.word(),
                pairs,
                problems,
                left_out,
                baseline,
                other,
                difference,
                low,
                high,
                interval: &row.interval,
                test,
                p,
                p_holm,
                outcome: row.outcome.word(),
                detectable: row.detectable,
                more_problems: row.more_problems,
            })?;
        }
    }
    let bytes = writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Everything, with the gates' results.
pub fn json(comparisons: &Comparisons, gates: &[GateResult]) -> String {
    let mut value = json!(comparisons);
    value["gates"] = json!(gates);
    format!("{value:#}\n")
}

/// A JSON object per comparison and measure, one a line.
pub fn jsonl(comparisons: &Comparisons) -> String {
    let line = |other: &str, row: &Row| {
        let mut value = json!(row);
        value["baseline_model"] = json!(comparisons.baseline);
        value["other_model"] = json!(other);
        format!("{value}\n")
    };
    let lines = |comparison: &Comparison| {
        comparison.rows.iter().map(|row| line(&comparison.other, row)).collect::<String>()
    };
    comparisons.others.iter().map(lines).collect()
}
