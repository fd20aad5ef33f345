//! Metrics to tables, files and one HTML page with charts.
//!
//! Three floors, and arrows point down only: `formats` (terminal, Markdown, CSV, JSON, the page) show `views` (numbers,
//! sentences, tables, charts), which are made from the `model`. [`Report::read`] takes the metrics table, streams every
//! model's scores once for the ledger of what went wrong, and keeps only what is small. Words and numbers come from the
//! views, so that all formats say the same. The bytes depend on the input alone: no times, no random identifiers, no
//! network, no font files.

mod error;
mod formats;
mod model;
mod stage;
mod views;

#[cfg(test)]
mod fixture;

pub use self::stage::ReportStage;
pub use error::ReportError;
pub use formats::files::{HTML, JSON, write_files};
pub use formats::html::{SCRIPT_HASH, STYLE, html};
pub use formats::screen::{self, Screen, clean, wrap};
pub use formats::terminal::RULED;
pub use formats::{TextFormat, render};
pub use model::{
    About, AboutModel, Configuration, Extreme, Group, Health, Judged, Ledger, Mean, ModelKind, Positions,
    Questions, Report, StageFingerprint,
};
pub use views::charts;
pub use views::frontier::frontier;
pub use views::numbers::{Unit, in_tenths, tenths, whole};
pub use views::questions::questions;
pub use views::ratings::{places, points_interval, points_of};
pub use views::rewards::rewards;
pub use views::strategies::strategies;
pub use views::table::{Cell, Column, View, ViewRow};
pub use views::table_set::TableSet;
pub use views::variants::variants;
