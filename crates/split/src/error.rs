//! What can stop the stage.

use std::path::PathBuf;

use stage::Interrupted;
use tables::{Blame, Blamed, TableError};
use tokens::TokenizerError;

/// Why generations could not be split.
#[derive(Debug, thiserror::Error)]
pub enum SplitError {
    /// A table could not be read or written.
    #[error(transparent)]
    Table(#[from] TableError),
    /// The splitter's model cannot be asked, or was not asked to the end.
    #[error("the splitter cannot ask: {reason}")]
    Unanswered {
        /// Why, and what became of what it had done.
        reason: String,
        /// Who has to act.
        blame: Blame,
    },
    /// Questions were put aside, to be asked later.
    #[error("{questions} questions were put aside")]
    Aside {
        /// How many.
        questions: u64,
    },
    /// A person asked to stop.
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
    /// A text that the tokenizer does not take, such as one beyond 4 GiB.
    #[error("{generations}: `{problem_id}` sample {sample}: {source}")]
    Text {
        /// The table of generations.
        generations: PathBuf,
        /// The generation's problem.
        problem_id: String,
        /// The generation's sample.
        sample: u32,
        /// What is wrong with its text.
        source: TokenizerError,
    },
}

impl Blamed for SplitError {
    fn blame(&self) -> Blame {
        match self {
            Self::Table(error) => error.blame(),
            Self::Unanswered { blame, .. } => *blame,
            Self::Aside { .. } => Blame::Other,
            Self::Interrupted(_) => Blame::Interrupted,
            Self::Text { source, .. } => source.blame(),
        }
    }
}
