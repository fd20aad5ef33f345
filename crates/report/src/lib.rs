//! Metrics to tables, files and one HTML page with charts.
//!
//! [`Report::read`] takes the metrics table, streams every model's scores once for the ledger of what went
//! wrong, and keeps only what is small. Each output format is one file that turns the same [`Report`] into
//! text; words and numbers come from `summary`, `ledger` and `numbers`, so that all formats say the same. The
//! bytes depend on the input alone: no times, no random identifiers, no network, no font files.

mod about;
pub mod charts;
mod data;
mod error;
mod exhibit;
mod files;
mod health;
mod ledger;
mod markdown;
mod measures;
mod numbers;
mod page;
mod positions;
mod references;
mod report;
mod rewards;
mod sheet;
mod side_by_side;
mod summary;
mod terminal;
mod views;

#[cfg(test)]
mod fixture;

use std::str::FromStr;

pub use about::{About, AboutModel, Configuration, ModelKind, StageFingerprint, Term};
pub use data::{csv, json, jsonl};
pub use error::ReportError;
pub use files::write_files;
pub use health::{Health, Judged, Mean};
pub use ledger::Ledger;
pub use markdown::markdown;
pub use numbers::{Unit, whole};
pub use page::{SCRIPT_HASH, STYLE, html};
pub use positions::Positions;
pub use report::{Extreme, Group, Report};
pub use rewards::rewards;
pub use sheet::Sheet;
pub use side_by_side::Questions;
pub use summary::summary;
pub use terminal::{RULED, clean, terminal, wrap};
pub use views::{Cell, Column, Source, View, ViewRow};

/// What `--format` can ask for on stdout.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// Tables for a terminal.
    #[default]
    Table,
    /// GitHub's Markdown.
    Md,
    /// The metric rows, comma-separated.
    Csv,
    /// One JSON document, see [`json`].
    Json,
    /// The metric rows, one JSON object a line.
    Jsonl,
}

impl Format {
    /// Every format with the word that asks for it.
    pub const ALL: [(&'static str, Format); 5] = [
        ("table", Format::Table),
        ("md", Format::Md),
        ("csv", Format::Csv),
        ("json", Format::Json),
        ("jsonl", Format::Jsonl),
    ];
}

impl FromStr for Format {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let known = Self::ALL.iter().find(|(name, _)| *name == word);
        known.map(|(_, format)| *format).ok_or_else(|| {
            format!("unknown format `{word}`; formats are {}", Self::ALL.map(|(name, _)| name).join(", "))
        })
    }
}

/// The report in one format. `width` (columns) and `color` only concern [`Format::Table`].
pub fn render(report: &Report, format: Format, width: u16, color: bool) -> String {
    match format {
        Format::Table => terminal(report, width, color),
        Format::Md => markdown(report),
        Format::Csv => csv(report),
        Format::Json => json(report),
        Format::Jsonl => jsonl(report),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_known_by_the_words_of_the_command_line() {
        for (word, format) in Format::ALL {
            assert_eq!(word.parse(), Ok(format));
        }
        let error = "yaml".parse::<Format>().unwrap_err();
        assert_eq!(error, "unknown format `yaml`; formats are table, md, csv, json, jsonl");
    }

    #[test]
    fn every_format_renders_the_fixture() {
        let report = fixture::report();
        for (word, format) in Format::ALL {
            let text = render(&report, format, 100, false);
            assert!(text.contains("overthinker") && text.ends_with('\n'), "{word}");
        }
    }
}
