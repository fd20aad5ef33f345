//! Everything that can go wrong in `score` and `measure`.

use std::path::PathBuf;

use stage::Interrupted;
use tables::{Blame, Blamed, TableError};

/// An error of scoring or measuring.
#[derive(Debug, thiserror::Error)]
pub enum ScoreError {
    /// A table could not be read or written, or two of them do not belong together.
    #[error(transparent)]
    Table(#[from] TableError),
    /// The observer asked to stop.
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
    /// The configuration names something that does not exist.
    #[error("the [score] table is wrong: {0}")]
    Config(plugin::ConfigErrors),
    /// The pipeline file of a run does not say how it was scored.
    #[error("{}: {reason}", path.display())]
    Pipeline {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A judgment names a step that the split does not have, so the two were made from different steps.
    #[error(
        "{judgments} and {splits} do not belong together: row {row} ({key}) has `{column}` = {step} \
         but the split has {steps} steps; run the judge again on these splits"
    )]
    StepOutside {
        /// The judgments table.
        judgments: PathBuf,
        /// The splits table.
        splits: PathBuf,
        /// 1-based row.
        row: u64,
        /// Problem and sample.
        key: String,
        /// The judgment's column.
        column: &'static str,
        /// What it says.
        step: u32,
        /// How many steps there are.
        steps: usize,
    },
    /// A judgment says that it found the step and names none.
    #[error("{judgments}: row {row} ({key}) has `state` = found but no `step`; run the judge again")]
    StepMissing {
        /// The judgments table.
        judgments: PathBuf,
        /// 1-based row.
        row: u64,
        /// Problem and sample.
        key: String,
    },
    /// The steps of a split hold more tokens than the thinking that they are parts of.
    #[error(
        "{splits}: row {row} ({key}) counts {steps} tokens in its steps but {total} in the whole; \
         split these generations again"
    )]
    TokensExceed {
        /// The splits table.
        splits: PathBuf,
        /// 1-based row.
        row: u64,
        /// Problem and sample.
        key: String,
        /// Tokens of the steps.
        steps: u32,
        /// Tokens of the whole.
        total: u32,
    },
    /// A step's bytes are not within the thinking, or cut a character in two.
    #[error(
        "{splits} and {generations} do not belong together: row {row} ({key}) has a step at bytes \
         {start}..{end}, which is no part of the thinking; split these generations again"
    )]
    SpanOutside {
        /// The splits table.
        splits: PathBuf,
        /// The generations table.
        generations: PathBuf,
        /// 1-based row.
        row: u64,
        /// Problem and sample.
        key: String,
        /// First byte.
        start: u32,
        /// One past the last byte.
        end: u32,
    },
    /// Two of the tables to measure hold scores of one model.
    #[error("{first} and {second} both hold scores of model `{model}`; give each model one scores table")]
    ModelTwice {
        /// The model.
        model: String,
        /// The table in which it came first.
        first: PathBuf,
        /// The table in which it came again.
        second: PathBuf,
    },
    /// A group of the data has the name that the figures over all groups go by.
    #[error(
        "{scores}: dataset `{dataset}` has a subset called `{subset}`, which is the name of the figures over \
         all subsets; rename it in the data"
    )]
    ReservedSubset {
        /// The scores table.
        scores: PathBuf,
        /// The dataset.
        dataset: String,
        /// The subset.
        subset: String,
    },
}

impl Blamed for ScoreError {
    fn blame(&self) -> Blame {
        match self {
            Self::Table(error) => error.blame(),
            Self::Interrupted(_) => Blame::Interrupted,
            _ => Blame::Input,
        }
    }
}
