//! What can stop the stage as a whole.

use llm::{Aside, CallError, LlmError};
use stage::Interrupted;
use tables::{Blame, Blamed, TableError};

/// The stage stopped and published nothing. What one reply did wrong is a row, not an error.
#[derive(Debug, thiserror::Error)]
pub enum JudgeError {
    /// A table cannot be read or written.
    #[error(transparent)]
    Table(#[from] TableError),
    /// The client for the judge's model cannot be made.
    #[error("the judge `{judge}` cannot ask: {source}")]
    Client {
        /// The judge.
        judge: String,
        /// What is wrong with its endpoint.
        source: LlmError,
    },
    /// The judge's model is out of reach, so every further row would fail alike.
    #[error(
        "the judge `{judge}` is out of reach: {source}; nothing was published, \
         replies that came are in the cache"
    )]
    Endpoint {
        /// The judge.
        judge: String,
        /// The call that showed it.
        source: CallError,
    },
    /// The money that may be spent is spent.
    #[error("the judge `{judge}`: {done} of {total} rows are judged, {} are missing; {source}", total - done)]
    OverBudget {
        /// The judge.
        judge: String,
        /// Rows that are judged.
        done: u64,
        /// Rows that there are.
        total: u64,
        /// The call that was not made.
        source: Box<CallError>,
    },
    /// Questions were put aside, to be asked later.
    #[error(transparent)]
    Aside(#[from] Aside),
    /// A person asked to stop.
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
}

impl Blamed for JudgeError {
    fn blame(&self) -> Blame {
        match self {
            Self::Table(error) => error.blame(),
            Self::Client { source, .. } => source.blame(),
            Self::Endpoint { source, .. } => source.blame(),
            Self::OverBudget { .. } | Self::Aside(_) => Blame::Other,
            Self::Interrupted(_) => Blame::Interrupted,
        }
    }
}
