//! What can stop this stage alone.

use std::path::PathBuf;

use tables::{Blame, Blamed};

/// The stage stopped and published nothing. What one reply did wrong is a row, not an error.
#[derive(Debug, thiserror::Error)]
pub enum GenerateError {
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
    /// Recorded replies are wanted, but the dataset came without any.
    #[error(
        "model `{model}` is `recorded`, but the dataset holds no replies; \
         load it from recorded traces, or give the model another kind"
    )]
    NoRecording {
        /// The model.
        model: String,
    },
    /// The strategy goes on with recorded replies, but the dataset came without any.
    #[error(
        "model `{model}` goes on with recorded replies (`strategy.of`), but the dataset holds none; load it from \
         recorded traces, or leave `of` out to have the model think"
    )]
    NoThinking {
        /// The model.
        model: String,
    },
    /// The server begins a new reply where it is to go on with one.
    #[error(
        "model `{model}` cannot be asked so, for its server does not go on with replies: {why}; \
         `thinkmeter doctor --continue` tries every way, `continuation` says which"
    )]
    CannotGoOn {
        /// The model.
        model: String,
        /// What it does instead.
        why: String,
    },
    /// The dataset holds replies, but none of this model.
    #[error(
        "{path} holds no reply of `{from}`; set `{key}` of model `{model}` to one of: {}",
        known.join(", ")
    )]
    UnknownModel {
        /// The model's name in the pipeline.
        model: String,
        /// The key that names it.
        key: &'static str,
        /// The name that was looked for.
        from: String,
        /// The names that exist.
        known: Vec<String>,
        /// The replies table.
        path: PathBuf,
    },
    /// The samples of a problem are out of order, or one is there twice.
    #[error(
        "{path} holds sample {sample} of `{problem_id}` by `{model}` after sample {before}; \
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
}

impl Blamed for GenerateError {
    fn blame(&self) -> Blame {
        match self {
            Self::CannotGoOn { .. } => Blame::Endpoint,
            _ => Blame::Input,
        }
    }
}
