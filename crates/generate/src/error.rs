//! What can stop the stage as a whole.

use std::path::PathBuf;

use llm::{Aside, CallError, LlmError};
use stage::Interrupted;
use tables::{Blame, Blamed, TableError};

/// The stage stopped and published nothing. What one reply did wrong is a row, not an error.
#[derive(Debug, thiserror::Error)]
pub enum GenerateError {
    /// A table cannot be read or written.
    #[error(transparent)]
    Table(#[from] TableError),
    /// The prompt cannot be made for a problem.
    #[error("model `{model}`, problem `{problem_id}`: {reason}")]
    Prompt {
        /// The model.
        model: String,
        /// The problem.
        problem_id: String,
        /// What the template engine said.
        reason: String,
    },
    /// The client for the model cannot be made.
    #[error("model `{model}` cannot be asked: {source}")]
    Client {
        /// The model.
        model: String,
        /// What is wrong with its endpoint.
        source: LlmError,
    },
    /// The model is out of reach, so every further call would fail alike.
    #[error(
        "model `{model}` is out of reach: {source}; nothing was published, replies that came are in the cache"
    )]
    Endpoint {
        /// The model.
        model: String,
        /// The call that showed it.
        source: CallError,
    },
    /// The money that may be spent is spent.
    #[error("model `{model}`: {done} of {total} replies are there, {} are missing; {source}", total - done)]
    OverBudget {
        /// The model.
        model: String,
        /// Replies that are there.
        done: u64,
        /// Replies that there should be.
        total: u64,
        /// The call that was not made.
        source: Box<CallError>,
    },
    /// Questions were put aside, to be asked later.
    #[error(transparent)]
    Aside(#[from] Aside),
    /// Recorded replies are wanted, but the dataset came without any.
    #[error(
        "model `{model}` is `recorded`, but the dataset holds no replies; \
         load it from recorded traces, or give the model another kind"
    )]
    NoRecording {
        /// The model.
        model: String,
    },
    /// The dataset holds replies, but none of this model.
    #[error(
        "{path} holds no reply of `{from}`; set `from` of model `{model}` to one of: {}",
        known.join(", ")
    )]
    UnknownModel {
        /// The model's name in the pipeline.
        model: String,
        /// The name that was looked for.
        from: String,
        /// The names that exist.
        known: Vec<String>,
        /// The replies table.
        path: PathBuf,
    },
    /// The samples of a problem are out of order, or one is there twice.
    #[error(
        "{path} holds sample {sample} of `{problem_id}` by `{model}` behind sample {before}; \
         samples of a problem must ascend"
    )]
    SampleOrder {
        /// The replies table.
        path: PathBuf,
        /// The model as the table names it.
        model: String,
        /// The problem.
        problem_id: String,
        /// The sample that came before.
        before: u32,
        /// The sample that came then.
        sample: u32,
    },
    /// A person asked to stop.
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
}

impl Blamed for GenerateError {
    fn blame(&self) -> Blame {
        match self {
            Self::Table(error) => error.blame(),
            Self::Client { source, .. } => source.blame(),
            Self::Endpoint { source, .. } => source.blame(),
            Self::Interrupted(_) => Blame::Interrupted,
            Self::OverBudget { .. } | Self::Aside(_) => Blame::Other,
            Self::Prompt { .. }
            | Self::NoRecording { .. }
            | Self::UnknownModel { .. }
            | Self::SampleOrder { .. } => Blame::Input,
        }
    }
}
