//! How figures are printed.

use clap::ValueEnum;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// A table for the terminal
    Table,
    /// Markdown
    Md,
    /// Comma-separated, a figure a line
    Csv,
    /// One JSON document
    Json,
    /// JSON, a figure a line
    Jsonl,
    /// One HTML page with charts
    Html,
}
