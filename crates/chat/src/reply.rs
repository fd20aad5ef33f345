//! What comes back.

use serde::{Deserialize, Serialize};
use tables::Finish;

use crate::{Logprobs, Scores, shape};

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
    /// The server's word for that, where it is none that we know.
    #[serde(default)]
    pub finish_word: Option<String>,
    /// The stop text that ended it, as far as the server tells. A model that ends by itself and a server that does not tell are
    /// both none: `finish` is the same for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped_by: Option<String>,
    /// The server repeated what the reply was to begin with, which was taken off.
    #[serde(default, skip_serializing_if = "is_false")]
    pub echoed: bool,
    /// Tokens of the prompt, as the server counted; unknown is not 0.
    pub prompt_tokens: Option<u64>,
    /// Tokens of the prompt that the server took from its own cache.
    #[serde(default)]
    pub cached_prompt_tokens: Option<u64>,
    /// Tokens of the whole reply, as the server counted.
    pub completion_tokens: Option<u64>,
    /// Tokens of the thinking, as the server counted; a 0 beside visible thinking is unknown.
    pub reasoning_tokens: Option<u64>,
    /// Seconds from sending the request that succeeded to the reply's end; waiting in our queue not included.
    pub seconds: f64,
    /// Seconds to the first token, thinking included; unknown when the reply was not streamed.
    pub first_token_seconds: Option<f64>,
    /// How likely its tokens were, where the server says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logprobs: Option<Box<Logprobs>>,
    /// The numbers of a reward model, which says nothing else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scores: Option<Scores>,
    /// The reply came from the reply cache and cost nothing; the times are those of the call that paid.
    #[serde(skip)]
    pub cached: bool,
}

fn is_false(holds: &bool) -> bool {
    !holds
}

impl ChatReply {
    /// The server sent a summary of the thinking in its place, or encrypted it: nothing to measure.
    pub fn is_hidden(&self) -> bool {
        self.reasoning_field.as_deref().is_some_and(shape::is_hidden)
    }

    /// What came, the thinking first: of a reply that goes on with another one, its new text, whatever field that was filed under.
    pub fn joined(&self) -> String {
        self.reasoning.iter().map(String::as_str).chain([self.content.as_str()]).collect()
    }

    /// Neither text nor thinking came back.
    pub fn is_empty(&self) -> bool {
        self.content.trim().is_empty() && self.reasoning.as_deref().is_none_or(|text| text.trim().is_empty())
    }
}
