//! What can be wrong with a batch file as a whole.

use std::path::PathBuf;

use tables::{Blame, Blamed};

/// A batch file cannot be used. What is wrong with one line stands in the report.
#[derive(Debug, thiserror::Error)]
pub enum BatchError {
    /// A file of results cannot be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// No line of a file is a result.
    #[error(
        "{path} holds no result of a batch ({reason}); expected lines with `custom_id` and `response` or `error`"
    )]
    NoResults {
        /// The file.
        path: PathBuf,
        /// What its first line is instead.
        reason: String,
    },
    /// A file of requests cannot be written.
    #[error("cannot write {path}: {source}")]
    Write {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
}

impl Blamed for BatchError {
    fn blame(&self) -> Blame {
        match self {
            Self::Write { .. } => Blame::Other,
            Self::Read { .. } | Self::NoResults { .. } => Blame::Input,
        }
    }
}
