//! What is asked, and how the reply is drawn.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Continuation, Scoring};

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
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ChatRequest {
    /// The conversation so far.
    pub messages: Vec<Message>,
    /// How the reply is drawn.
    pub sampling: Sampling,
    /// Which of several replies to the same question this is, from 0. It belongs to the reply cache's key,
    /// and a seed is sent as `seed + sample`, so that samples differ from each other.
    pub sample: u32,
    /// What the reply begins with, where the model is to go on with one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub continues: Option<Continuation>,
    /// Questions that probably follow the reply: for whoever reckons what a run will take. They change nothing that is asked.
    #[serde(default, skip_serializing_if = "is_none")]
    pub followed_by: u32,
    /// What may follow besides and need not, as the replies turn out; unknown where nobody says. For the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub may_follow: Option<MayFollow>,
    /// How likely each token was is asked for, beside so many that were as likely at its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logprobs: Option<u8>,
    /// Numbers of a reward model are asked for, in place of a reply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scoring: Option<Scoring>,
}

/// The most that may follow a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MayFollow {
    /// Questions.
    pub questions: u32,
    /// Tokens of all replies to them; none where each has the limit of this one.
    pub most_tokens: Option<u64>,
    /// Questions to the others whom the asker knows; none where nobody can say how many.
    #[serde(default = "nobody", skip_serializing_if = "asks_nobody")]
    pub to_others: Option<u32>,
}

impl MayFollow {
    /// So many questions like this one.
    pub fn alike(questions: u32) -> Self {
        Self { questions, most_tokens: None, to_others: nobody() }
    }
}

fn nobody() -> Option<u32> {
    Some(0)
}

fn asks_nobody(to_others: &Option<u32>) -> bool {
    *to_others == nobody()
}

fn is_none(count: &u32) -> bool {
    *count == 0
}

impl ChatRequest {
    /// A question that asks for nothing but a reply.
    pub fn new(messages: Vec<Message>, sampling: Sampling, sample: u32) -> Self {
        Self { messages, sampling, sample, ..Self::default() }
    }
}

/// How a reply is drawn; what is absent is left to the server.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Sampling {
    /// 0 is greedy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// The share of probability to draw from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_p: Option<f64>,
    /// The most tokens of a reply, thinking included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_tokens: Option<u64>,
    /// The seed of the first sample; sample k is asked with `seed + k`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<i64>,
    /// Texts that end a reply.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stop: Vec<String>,
}
