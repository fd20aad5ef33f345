//! Everything that can be wrong with votes or with what is asked of them.

use std::path::PathBuf;

use records::{Origin, RowError};
use tables::{Blame, Blamed};

/// Why there are no ratings.
#[derive(Debug, thiserror::Error)]
pub enum ArenaError {
    /// A file cannot be read.
    #[error(transparent)]
    Rows(#[from] RowError),
    /// A file's columns tell no format, or several.
    #[error("{}: {reason}", path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// What is the matter and what to do.
        reason: String,
    },
    /// A row that says something which is no vote.
    #[error("{at}: {reason}")]
    Row {
        /// Where it stands.
        at: Origin,
        /// What is wrong with it.
        reason: String,
    },
    /// No vote is left.
    #[error("there is no vote between two models: {reason}")]
    NoVotes {
        /// What became of the rows.
        reason: String,
    },
    /// Something is asked for that the votes do not have.
    #[error("{0}")]
    Setting(String),
    /// The page cannot be made.
    #[error("cannot write the page: {0}")]
    Page(#[from] minijinja::Error),
    /// A table cannot be written.
    #[error(transparent)]
    Table(#[from] report::ReportError),
}

impl Blamed for ArenaError {
    fn blame(&self) -> Blame {
        match self {
            Self::Page(_) => Blame::Other,
            Self::Table(error) => error.blame(),
            _ => Blame::Input,
        }
    }
}
