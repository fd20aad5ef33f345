//! `thinkmeter frontier`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use score::Cost;

use super::Format;

#[derive(Clone, Debug, Args)]
pub(crate) struct FrontierArgs {
    /// Run folders, model folders in them, or tables of scores, over the same problems
    #[arg(value_name = "RUN", required = true, num_args = 1..)]
    pub(crate) runs: Vec<PathBuf>,
    /// What accuracy is held against
    #[arg(long, value_enum, default_value_t = CostWord::Spent)]
    pub(crate) cost: CostWord,
    /// A table for each group of problems too
    #[arg(long)]
    pub(crate) by_subset: bool,
    /// How the points are written; all but the table and Markdown hold those that are dominated too
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
    /// Where to; stdout if not given
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

/// A cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CostWord {
    /// Tokens that are generated, and those that a verifier reads and writes
    Spent,
    /// Tokens that are generated, thinking and answer
    Generated,
    /// Tokens that one waits for: the longest of samples drawn at once
    Waiting,
    /// Money, by the prices of the pipeline
    Money,
}

impl From<CostWord> for Cost {
    fn from(word: CostWord) -> Self {
        match word {
            CostWord::Spent => Self::Spent,
            CostWord::Generated => Self::Generated,
            CostWord::Waiting => Self::Waiting,
            CostWord::Money => Self::Money,
        }
    }
}
