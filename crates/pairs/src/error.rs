//! What can stop the grading.

use std::io;

use records::{Origin, RowError};
use stage::Interrupted;
use tables::{Blame, Blamed, TableError};

/// The grading stopped; a file that was to be written does not appear.
#[derive(Debug, thiserror::Error)]
pub enum GradeError {
    /// The pairs cannot be read.
    #[error(transparent)]
    Rows(#[from] RowError),
    /// A row is no pair.
    #[error("{at}: {reason}")]
    Pair {
        /// The row.
        at: Origin,
        /// What is the matter and what was expected.
        reason: String,
    },
    /// The verdicts' file has a name that tells no format.
    #[error("{name}: cannot tell the format from the name; expected .jsonl, .csv or .parquet")]
    Format {
        /// The name.
        name: String,
    },
    /// The verdicts cannot be written.
    #[error("cannot write {name}: {source}")]
    Write {
        /// Where to.
        name: String,
        /// What the operating system said.
        source: io::Error,
    },
    /// The verdicts cannot be written as Parquet.
    #[error(transparent)]
    Table(#[from] TableError),
    /// A person asked to stop.
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
}

impl Blamed for GradeError {
    fn blame(&self) -> Blame {
        match self {
            Self::Rows(_) | Self::Pair { .. } | Self::Format { .. } => Blame::Input,
            Self::Write { .. } => Blame::Other,
            Self::Table(error) => error.blame(),
            Self::Interrupted(_) => Blame::Interrupted,
        }
    }
}
