//! The report for programs: the rows of the metrics table, comma-separated.

use serde_json::Value;
use tables::{MetricValue, Row};

use crate::error::ReportError;
use crate::model::Report;

/// The metric rows with a header line; a missing value is an empty field.
pub(crate) fn csv(report: &Report) -> Result<String, ReportError> {
    let columns = MetricValue::fields();
    let header: Vec<&str> = columns.iter().map(|column| column.name().as_str()).collect();
    // A record of another length than the header is an error.
    records(&header, report.metrics.iter().map(record))
}

fn record(metric: &MetricValue) -> [String; 13] {
    // An empty field is how CSV says that there is nothing.
    let maybe = |value: Option<String>| value.unwrap_or_default();
    let real = |value: Option<f64>| maybe(value.map(|value| value.to_string()));
    [
        metric.dataset.clone(),
        metric.model.clone(),
        metric.subset.clone(),
        metric.metric.clone(),
        metric.scope.clone(),
        real(metric.value),
        real(metric.low),
        real(metric.high),
        maybe(metric.interval.clone()),
        metric.n.to_string(),
        metric.problems.to_string(),
        metric.left_out.to_string(),
        maybe(metric.left_out_why.clone()),
    ]
}

/// Records below their header.
pub(crate) fn records<R: IntoIterator<Item = String>>(
    header: &[&str],
    records: impl Iterator<Item = R>,
) -> Result<String, ReportError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(header).map_err(defect)?;
    for record in records {
        let cells = record.into_iter().map(|cell| secrets::in_a_cell(&cell).into_owned());
        writer.write_record(cells).map_err(defect)?;
    }
    String::from_utf8(writer.into_inner().map_err(defect)?).map_err(defect)
}

fn defect(error: impl std::fmt::Display) -> ReportError {
    ReportError::Format { format: "CSV", reason: error.to_string() }
}

/// A missing value is an empty field.
pub(crate) fn field(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[test]
    fn csv_is_the_metric_rows() {
        insta::assert_snapshot!(csv(&fixture::report()).unwrap());
    }
}
