//! Metrics to tables, files and one HTML page with charts.
