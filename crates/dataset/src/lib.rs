//! The stage `load`: sources of problems, and of replies that other tools recorded.
//!
//! A source is a list of inputs (files, files of the hub, or texts that are part of the program) whose rows are
//! JSON objects, whatever their format ([`Source`], one a file in `sources/`). The same few modules make
//! problems and replies of all of them: `columns` knows the names that columns go by, `mapping` turns a row into
//! a problem and replies, `collect` finds duplicates and brings everything into the tables' order, `select`
//! decides which problems are taken. [`parse`] reads the `[dataset]` table of a pipeline, [`PRESETS`] are ready-made
//! ones.
//!
//! Recorded replies come in the formats of other tools (`formats/`, one a file). `foreign` tells formats apart by
//! what stands in a file, reads a row into our words, and joins files that describe one run; from there on it is the
//! same way as for rows that are read by their columns. [`Load::import`] also writes what people or judges said of
//! replies, and reports what was taken from each file, what was not, and why. [`labelled`] reads traces with labelled
//! steps.

mod batch;
mod collect;
mod columns;
mod digest;
mod error;
mod fate;
mod files;
mod foreign;
mod formats;
mod holds;
mod import;
pub mod labelled;
mod labels;
mod letters;
mod listed;
mod load;
mod mapping;
mod options;
mod outputs;
mod path;
mod preset;
mod programs;
mod puzzles;
mod select;
mod settings;
mod sources;
mod spill;
mod stage;
mod templates;
mod varied;

#[cfg(test)]
mod tests;

pub use self::stage::LoadStage;
pub use batch::{Asked, BATCH, BatchReader};
pub use columns::Columns;
pub use error::DatasetError;
pub use files::Paths;
pub use foreign::{FileReport, LeftOut};
pub use formats::formats;
pub use holds::Holds;
pub use import::{Import, ImportOutputs};
pub use load::{Load, parse};
pub use outputs::LoadOutputs;
pub use preset::{PRESETS, presets};
pub use programs::TestColumns;
pub use records::Origin;
pub use settings::{Duplicates, Settings, Shuffle};
pub use sources::{Part, RECORDED, SOURCES, Source};
pub use varied::{Vary, VaryKeys};
