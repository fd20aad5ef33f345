//! What can stop a stage as a whole. What one row did wrong is a row, not an error.

use chat::{CallError, Stopped};
use tables::{Blame, Blamed, TableError};

use crate::{FileError, Interrupted};

/// The stage stopped and published nothing.
#[derive(Debug, thiserror::Error)]
pub enum StageError {
    /// A table cannot be read or written.
    #[error(transparent)]
    Table(#[from] TableError),
    /// A file of the run that is no table cannot be read or written.
    #[error(transparent)]
    File(#[from] FileError),
    /// Nobody named a file that the stage needs.
    #[error("no {table} to {to}: nobody said where it is")]
    Unnamed {
        /// The file's usual name.
        table: &'static str,
        /// What is to be done with it: `read` or `write`.
        to: &'static str,
    },
    /// A model's tokenizer cannot be had.
    #[error("model `{model}`: {reason}")]
    Tokenizer {
        /// The model.
        model: String,
        /// What is wrong, and what to do.
        reason: String,
    },
    /// A model is out of reach, so every further call would fail alike.
    #[error("{who} is out of reach: {source}; nothing was published, replies that came are in the cache")]
    OutOfReach {
        /// Who asks, such as ``model `m` `` or ``the judge `rule` ``.
        who: String,
        /// The call that showed it.
        source: CallError,
    },
    /// More rows failed than may, and a better table is there already.
    #[error(
        "{failed} of {rows} rows failed, more than --fail-on-error allows, so {kept} stays as it was; \
         what failed, and why, stands in {beside}"
    )]
    TooManyFailed {
        /// Rows that failed.
        failed: u64,
        /// Rows that were this stage's to do.
        rows: u64,
        /// The tables that stay.
        kept: String,
        /// The tables that were to take their place.
        beside: String,
    },
    /// Replies cannot be kept, so none is asked for.
    #[error("{who}: {done} of {total} rows are done; {source}")]
    NoCache {
        /// Who asks.
        who: String,
        /// Rows that are done.
        done: u64,
        /// Rows that there should be.
        total: u64,
        /// What is wrong with the cache.
        source: CallError,
    },
    /// The money that may be spent is spent.
    #[error("{who}: {done} of {total} rows are done, {} are missing; {source}", total - done)]
    OverBudget {
        /// Who asks.
        who: String,
        /// Rows that are done.
        done: u64,
        /// Rows that there should be.
        total: u64,
        /// The call that was not made.
        source: Box<CallError>,
    },
    /// Questions were written down to be asked later.
    #[error("{questions} questions are still to be asked")]
    Deferred {
        /// How many.
        questions: u64,
    },
    /// A person asked to stop.
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
    /// What else can go wrong in this stage alone.
    #[error("{0}")]
    Own(Box<dyn Blamed>),
}

impl StageError {
    /// An error that only this stage knows.
    pub fn own(error: impl Blamed) -> Self {
        Self::Own(Box::new(error))
    }

    /// Nobody is left to ask: `done` of `total` rows are there.
    pub(crate) fn stopped(stopped: Stopped, who: String, done: u64, total: u64) -> Self {
        match stopped {
            Stopped::Interrupted => Interrupted { done }.into(),
            Stopped::Dead(source @ CallError::OverBudget { .. }) => {
                Self::OverBudget { who, done, total, source: Box::new(source) }
            }
            Stopped::Dead(source @ CallError::Cache { .. }) => Self::NoCache { who, done, total, source },
            Stopped::Dead(source) => Self::OutOfReach { who, source },
        }
    }

    /// Questions that were written down to be asked later, if that is why there is no result.
    pub fn deferred(&self) -> Option<u64> {
        match self {
            Self::Deferred { questions } => Some(*questions),
            _ => None,
        }
    }
}

impl Blamed for StageError {
    fn blame(&self) -> Blame {
        match self {
            Self::Table(error) => error.blame(),
            Self::File(error) => error.blame(),
            Self::Tokenizer { .. } | Self::Unnamed { .. } => Blame::Input,
            Self::OutOfReach { source, .. } => source.blame(),
            Self::OverBudget { .. } | Self::Deferred { .. } | Self::NoCache { .. } => Blame::Other,
            Self::TooManyFailed { .. } => Blame::Rows,
            Self::Interrupted(_) => Blame::Interrupted,
            Self::Own(error) => error.blame(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Own(error) => error.hint(),
            Self::TooManyFailed { .. } => Some(
                "run the same command again to try them again, allow the share with --fail-on-error, or give the \
                 result a place of its own"
                    .to_owned(),
            ),
            _ => None,
        }
    }
}
