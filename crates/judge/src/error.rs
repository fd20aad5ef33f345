//! What can stop this stage alone.

use tables::{Blame, Blamed};

/// The stage stopped before it asked anything that costs.
#[derive(Debug, thiserror::Error)]
pub enum JudgeError {
    /// The server begins a new reply where it is to go on with one.
    #[error(
        "the task `{task}` cannot be done by `{model}`, for its server does not go on with replies: {why}; \
         `thinkmeter doctor --continue` tries every way, `continuation` says which"
    )]
    CannotGoOn {
        /// The task.
        task: &'static str,
        /// The model.
        model: String,
        /// What it does instead.
        why: String,
    },
}

impl Blamed for JudgeError {
    fn blame(&self) -> Blame {
        Blame::Endpoint
    }
}
