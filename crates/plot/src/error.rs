//! Why there is no picture.

use std::path::PathBuf;

use report::ReportError;
use score::ScoreError;
use tables::{Blame, Blamed};

/// A picture that cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum PlotError {
    /// The folder is no finished run.
    #[error("{} is no finished run: it holds no {missing}; finish it with `thinkmeter run`", folder.display())]
    NoRun {
        /// The folder.
        folder: PathBuf,
        /// What is missing.
        missing: &'static str,
    },
    /// What a report says about its run cannot be read.
    #[error("{} cannot be read: {reason}; `thinkmeter run --from report` writes it anew", path.display())]
    BadReport {
        /// The file.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// A name that none of the runs has.
    #[error("there is no {what} `{name}`; the runs have {known}")]
    Unknown {
        /// A dataset or a model.
        what: &'static str,
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
    /// Runs that measured nothing.
    #[error("the runs have no figure to show")]
    NoFigures,
    /// The runs have several datasets, whose figures are no comparison.
    #[error("the runs have several datasets: {known}; choose one with --dataset")]
    Datasets {
        /// Their names.
        known: String,
    },
    /// These runs do not have that figure.
    #[error("there is no picture `{kind}` of these runs: {reason}")]
    Absent {
        /// The kind of picture.
        kind: &'static str,
        /// Why not.
        reason: String,
    },
    /// The tables cannot be read, or a chart cannot be drawn.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// What the ways to answer cost cannot be found.
    #[error(transparent)]
    Score(#[from] ScoreError),
    /// A library cannot draw it, which is a defect.
    #[error("the picture cannot be drawn: {reason}")]
    Draw {
        /// Why not.
        reason: String,
    },
}

impl Blamed for PlotError {
    fn blame(&self) -> Blame {
        match self {
            Self::Draw { .. } => Blame::Other,
            Self::Report(error) => error.blame(),
            Self::Score(error) => error.blame(),
            _ => Blame::Input,
        }
    }
}
