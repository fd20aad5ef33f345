//! Why a judge cannot be calibrated.

use std::path::PathBuf;

use dataset::DatasetError;
use pairs::GradeError;
use stage::StageError;
use tables::{Blame, Blamed, TableError};

/// A calibration that is not made.
#[derive(Debug, thiserror::Error)]
pub enum CalibrateError {
    /// The labels cannot be read.
    #[error(transparent)]
    Labels(#[from] DatasetError),
    /// The traces hold no label that a judge could be held against.
    #[error(
        "none of the {traces} traces says which step first asserts the answer (with the answer), or which is first wrong"
    )]
    NoLabels {
        /// How many were read.
        traces: usize,
    },
    /// A row is no pair of answers.
    #[error(transparent)]
    Pair(#[from] GradeError),
    /// No pair is labelled.
    #[error("none of the {pairs} pairs of {} says in `expected` whether its answers are the same", path.display())]
    NoPairs {
        /// The file.
        path: PathBuf,
        /// How many were read.
        pairs: u64,
    },
    /// The judge stage failed.
    #[error(transparent)]
    Judge(#[from] StageError),
    /// A table in between cannot be written or read.
    #[error(transparent)]
    Table(#[from] TableError),
    /// There is no place for the tables in between.
    #[error("cannot make a temporary folder: {0}")]
    Folder(std::io::Error),
    /// The report cannot be written.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// Where.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
}

impl Blamed for CalibrateError {
    fn blame(&self) -> Blame {
        match self {
            Self::Labels(error) => error.blame(),
            Self::NoLabels { .. } | Self::NoPairs { .. } => Blame::Input,
            Self::Pair(error) => error.blame(),
            Self::Judge(error) => error.blame(),
            Self::Table(error) => error.blame(),
            Self::Folder(_) | Self::Write { .. } => Blame::Other,
        }
    }
}
