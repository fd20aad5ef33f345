//! A server that cannot be looked at.

use llm::{CallError, LlmError};
use tables::{Blame, Blamed};

/// Why there is no diagnosis.
#[derive(Debug, thiserror::Error)]
pub enum DoctorError {
    /// There is no client for it.
    #[error(transparent)]
    Client(#[from] LlmError),
    /// Both questions failed.
    #[error("{}", .0.reason())]
    Call(CallError),
    /// The server is there and does not know the model.
    #[error("{}; it has {}", .error.reason(), .models.join(", "))]
    UnknownModel {
        /// What it said.
        error: CallError,
        /// The models that it says it has.
        models: Vec<String>,
    },
}

impl Blamed for DoctorError {
    fn blame(&self) -> Blame {
        match self {
            Self::Client(error) => error.blame(),
            Self::Call(_) | Self::UnknownModel { .. } => Blame::Endpoint,
        }
    }
}
