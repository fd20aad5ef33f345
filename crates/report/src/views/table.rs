//! Tables as every format shows them: what stands in which cell, before any markup.

use serde::Serialize;
use tables::MetricValue;

use super::measures::{Measure, is_of_tokens};
use super::numbers::{NOTHING, Unit, interval_of, whole};
use crate::model::{Group, Report};

/// A table with labelled rows.
#[derive(Clone, Debug, Default, Serialize)]
pub struct View {
    /// What it shows.
    pub caption: String,
    /// The columns, that of the labels first.
    pub columns: Vec<Column>,
    /// The rows.
    pub rows: Vec<ViewRow>,
}

/// A column's header.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Column {
    /// In full.
    pub title: String,
    /// For a wide terminal; may hold a line break.
    pub header: String,
    /// For a narrow one.
    pub short: String,
    /// The figure that it holds; empty for anything else.
    pub metric: String,
}

/// A row.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ViewRow {
    /// What the row is about.
    pub label: String,
    /// The figure that it holds; empty for anything else.
    pub metric: String,
    /// The place on the page that says more; empty for none.
    pub href: String,
    /// It sums up the others.
    pub total: bool,
    /// One for each column after the first.
    pub cells: Vec<Cell>,
}

/// A figure as printed.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Cell {
    /// With its unit.
    pub text: String,
    /// Its interval.
    pub interval: Option<String>,
    /// Its interval in few characters.
    pub short_interval: Option<String>,
    /// The figure to its last digit.
    pub exact: Option<f64>,
    /// The row of the metrics table that it shows.
    pub source: Option<MetricValue>,
}

impl Column {
    /// One that holds no figure of a run.
    pub fn plain(title: &str) -> Self {
        let title = || title.to_owned();
        Self { title: title(), header: title(), short: title(), metric: String::new() }
    }

    /// One that holds a figure.
    pub(crate) fn figure(title: &str, metric: &str) -> Self {
        Self { metric: metric.to_owned(), ..Self::plain(title) }
    }

    /// One that holds a headline measure.
    pub(crate) fn measure(measure: Measure) -> Self {
        Self {
            title: measure.heads.title.into(),
            header: measure.heads.header.into(),
            short: measure.heads.short.into(),
            metric: measure.name.into(),
        }
    }
}

impl Cell {
    /// A text alone.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    pub(crate) fn count(value: u64) -> Self {
        Self { exact: Some(value as f64), ..Self::text(whole(value)) }
    }

    /// A figure over all problems; one that is made of tokens is marked where their count is an estimate.
    pub(crate) fn overall(report: &Report, group: &Group, metric: &str, unit: Unit) -> Self {
        let approximate = report.approximate(group) && is_of_tokens(&report.about, metric);
        Self::metric(report.overall(group, metric), unit, approximate)
    }

    /// A metric; `–` where nothing stands behind it.
    pub(crate) fn metric(metric: Option<&MetricValue>, unit: Unit, approximate: bool) -> Self {
        let source = metric.cloned();
        let known = metric.filter(|row| row.n > 0).and_then(|row| Some((row, row.value?)));
        let Some((row, value)) = known else { return Self { source, ..Self::text(NOTHING) } };
        let mark = if approximate { "≈" } else { "" };
        Self {
            text: format!("{mark}{}", unit.show(value)),
            interval: interval_of(row, unit, false),
            short_interval: interval_of(row, unit, true),
            exact: Some(value),
            source,
        }
    }
}

/// What a group of problems is called; data without groups has one nameless group.
pub(crate) fn subset_label(subset: &str) -> String {
    if subset.is_empty() { "(no subset)".to_owned() } else { subset.to_owned() }
}
