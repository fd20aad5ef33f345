//! Why a run cannot be read.

use std::path::PathBuf;

use tables::{Blame, Blamed, TableError};

/// A run that cannot be read, or a trace that is not there.
#[derive(Debug, thiserror::Error)]
pub enum RunReaderError {
    /// A table cannot be read.
    #[error(transparent)]
    Table(#[from] TableError),
    /// The folder is no run.
    #[error("{} is no finished run: it holds no {missing}", folder.display())]
    NoRun {
        /// The folder.
        folder: PathBuf,
        /// What is not there.
        missing: &'static str,
    },
    /// The folder cannot be listed.
    #[error("cannot read {}: {source}", folder.display())]
    Unreadable {
        /// The folder.
        folder: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// There is no such trace.
    #[error("there is no trace `{name}`{nearest}")]
    NoTrace {
        /// What was asked for.
        name: String,
        /// What there is in its place.
        nearest: String,
    },
    /// A template of ours is broken.
    #[error("cannot make the page: {0}")]
    Template(#[from] minijinja::Error),
    /// More than an index can tell apart.
    #[error("the run has too many {what} to list")]
    TooMany {
        /// Of what.
        what: &'static str,
    },
    /// Tables of one run that do not belong together.
    #[error("{} and the scores of its run do not fit together at row {row}; run again", path.display())]
    Torn {
        /// The other table.
        path: PathBuf,
        /// Where.
        row: u64,
    },
}

impl Blamed for RunReaderError {
    fn blame(&self) -> Blame {
        match self {
            Self::Table(error) => error.blame(),
            Self::Unreadable { .. } | Self::Template(_) => Blame::Other,
            _ => Blame::Input,
        }
    }
}
