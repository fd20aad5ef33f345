//! What is asked and what comes back.

use serde::{Deserialize, Serialize};
use tables::Finish;

use crate::Sampling;

/// Who says a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The rules of the conversation.
    System,
    /// The one who asks.
    User,
    /// The model.
    Assistant,
}

/// One message of a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Who says it.
    pub role: Role,
    /// What is said.
    pub content: String,
}

impl Message {
    /// A message of the system.
    pub fn system(content: impl Into<String>) -> Self {
        Self { role: Role::System, content: content.into() }
    }

    /// A message of the user.
    pub fn user(content: impl Into<String>) -> Self {
        Self { role: Role::User, content: content.into() }
    }

    /// A message of the model.
    pub fn assistant(content: impl Into<String>) -> Self {
        Self { role: Role::Assistant, content: content.into() }
    }
}

/// One question to a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChatRequest {
    /// The conversation so far.
    pub messages: Vec<Message>,
    /// How the reply is drawn.
    pub sampling: Sampling,
    /// Which of several replies to the same question this is, from 0. It belongs to the reply cache's key,
    /// and a seed is sent as `seed + sample`, so that samples differ from each other.
    pub sample: u32,
}

/// One whole reply.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ChatReply {
    /// The text of the reply, think tags included where the server leaves them there.
    pub content: String,
    /// The thinking, where the server keeps it apart.
    pub reasoning: Option<String>,
    /// The field that held the thinking, such as `reasoning_content`.
    pub reasoning_field: Option<String>,
    /// Why the reply ended.
    pub finish: Finish,
    /// Tokens of the prompt, as the server counted; unknown is not 0.
    pub prompt_tokens: Option<u64>,
    /// Tokens of the whole reply, as the server counted.
    pub completion_tokens: Option<u64>,
    /// Tokens of the thinking, as the server counted; a 0 beside visible thinking is unknown.
    pub reasoning_tokens: Option<u64>,
    /// Seconds from sending the request that succeeded to the reply's end; waiting in our queue not included.
    pub seconds: f64,
    /// Seconds to the first token, thinking included; unknown when the reply was not streamed.
    pub first_token_seconds: Option<f64>,
    /// The reply came from the reply cache and cost nothing; the times are those of the call that paid.
    #[serde(skip)]
    pub cached: bool,
}

impl ChatReply {
    /// Ends [`Self::reasoning_field`] when what came is a summary of the thinking.
    pub const SUMMARY: &'static str = ".summary";

    /// The server sent a summary of the thinking in its place: nothing to measure.
    pub fn is_summary(&self) -> bool {
        self.reasoning_field.as_deref().is_some_and(|field| field.ends_with(Self::SUMMARY))
    }

    /// Neither text nor thinking came back.
    pub fn is_empty(&self) -> bool {
        self.content.trim().is_empty() && self.reasoning.as_deref().is_none_or(|text| text.trim().is_empty())
    }
}
