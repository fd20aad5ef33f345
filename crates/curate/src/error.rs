//! What can stop a curation. Whatever is published before an error is complete and was read back.

use std::io;
use std::path::{Path, PathBuf};

use plugin::ConfigErrors;
use stage::Interrupted;
use tables::{Blame, Blamed, TableError};

/// The curation stopped; files that were not published yet do not appear.
#[derive(Debug, thiserror::Error)]
pub enum CurateError {
    /// A table cannot be read or written, or two do not belong together.
    #[error(transparent)]
    Table(#[from] TableError),
    /// A folder holds no run.
    #[error("{path} holds no run: {reason}; give the folder of a run or of an import")]
    NoRun {
        /// The folder.
        path: PathBuf,
        /// What is missing.
        reason: String,
    },
    /// A table that this work needs is not there.
    #[error("{model}: no {what}; {hint}")]
    Missing {
        /// The model's folder or its generations.
        model: PathBuf,
        /// The table.
        what: &'static str,
        /// What to do.
        hint: &'static str,
    },
    /// Every row lacks what this work needs.
    #[error("none of the {rows} judgments holds {what}; {hint}")]
    Unjudged {
        /// Rows that were looked at.
        rows: u64,
        /// The column, in words.
        what: &'static str,
        /// What to do.
        hint: &'static str,
    },
    /// A judgment that does not fit its steps, or steps that do not fit their text.
    #[error("{path}: row {row} (`{problem_id}` sample {sample}): {reason}; run the stages behind it again")]
    Misfit {
        /// The table at fault.
        path: PathBuf,
        /// 1-based row.
        row: u64,
        /// The problem.
        problem_id: String,
        /// The sample.
        sample: u32,
        /// What does not fit.
        reason: String,
    },
    /// A setting makes no sense.
    #[error(transparent)]
    Settings(#[from] ConfigErrors),
    /// A file cannot be written or read back.
    #[error("cannot write {path}: {source}")]
    Write {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// What was written is not what was to be written; nothing was published.
    #[error("{path} was not published: row {row} does not read back as it was written ({reason})")]
    ReadBack {
        /// The file.
        path: PathBuf,
        /// 1-based row.
        row: u64,
        /// The difference.
        reason: String,
    },
    /// A person asked to stop.
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
}

impl CurateError {
    pub(crate) fn write(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Write { path, source }
    }
}

impl Blamed for CurateError {
    fn blame(&self) -> Blame {
        match self {
            Self::Table(error) => error.blame(),
            Self::NoRun { .. }
            | Self::Missing { .. }
            | Self::Unjudged { .. }
            | Self::Misfit { .. }
            | Self::Settings(_) => Blame::Input,
            Self::Write { .. } | Self::ReadBack { .. } => Blame::Other,
            Self::Interrupted(_) => Blame::Interrupted,
        }
    }
}
