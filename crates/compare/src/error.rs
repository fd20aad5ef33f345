//! Why a comparison is not made.

use std::path::PathBuf;

use stage::FileError;
use tables::{Blame, Blamed, TableError};

use crate::deviation::Deviation;

/// A comparison that is not made.
#[derive(Debug, thiserror::Error)]
pub enum CompareError {
    /// A table cannot be read.
    #[error(transparent)]
    Table(#[from] TableError),
    /// A run's manifest or pipeline cannot be read.
    #[error(transparent)]
    Run(#[from] FileError),
    /// The path is no run, no model's folder and no table of scores.
    #[error("{} is no run folder, no model's folder in one, and no table of scores", path.display())]
    NoRun {
        /// The path.
        path: PathBuf,
    },
    /// A run folder without scores.
    #[error("{} holds no scores yet; finish it with `thinkmeter run`", path.display())]
    NoScores {
        /// The folder.
        path: PathBuf,
    },
    /// Nothing to compare with.
    #[error(
        "one model is not enough to compare: {only} has no counterpart; name a second run, or a run with two models"
    )]
    Alone {
        /// The only model run.
        only: String,
    },
    /// The baseline is not among the model runs.
    #[error("there is no `{name}` to compare with; there are {known}")]
    NoBaseline {
        /// The name.
        name: String,
        /// The model runs.
        known: String,
    },
    /// Two tables over different problems.
    #[error("{first} and {second} share no reply to the same problem; there is nothing to pair")]
    NoPairs {
        /// The baseline.
        first: String,
        /// The other.
        second: String,
    },
    /// What the figures rest on differs.
    #[error("{first} and {second} cannot be compared: {}", render(deviations))]
    Deviates {
        /// The baseline.
        first: String,
        /// The other.
        second: String,
        /// What differs.
        deviations: Vec<Deviation>,
    },
    /// A score that appears twice in one table.
    #[error("{} holds two scores of problem {problem}, sample {sample}", path.display())]
    Twice {
        /// The table.
        path: PathBuf,
        /// The problem.
        problem: String,
        /// The sample.
        sample: u32,
    },
    /// A measure that does not exist.
    #[error("{0}")]
    Measure(String),
    /// A gate that cannot be understood.
    #[error("`--gate {text}`: {reason}")]
    Gate {
        /// As typed.
        text: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The page cannot be made.
    #[error("cannot write the page: {0}")]
    Page(#[from] minijinja::Error),
    /// The table for programs cannot be made.
    #[error("cannot write the CSV: {0}")]
    Csv(#[from] csv::Error),
}

fn render(deviations: &[Deviation]) -> String {
    deviations.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

impl Blamed for CompareError {
    fn blame(&self) -> Blame {
        match self {
            Self::Table(error) => error.blame(),
            Self::Run(error) => error.blame(),
            Self::Page(_) => Blame::Other,
            _ => Blame::Input,
        }
    }

    fn hint(&self) -> Option<String> {
        let Self::Deviates { deviations, .. } = self else { return None };
        let flags: Vec<String> =
            deviations.iter().map(|deviation| format!("--allow {}", deviation.aspect.name())).collect();
        Some(format!("make both the same way, or say that you know: {}", flags.join(" ")))
    }
}
