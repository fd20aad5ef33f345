//! A request as a scripted model sees it, and what the model says.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A request, as a scripted model sees it.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// The model that is asked.
    pub model: String,
    /// The last message of the user.
    pub prompt: String,
    /// The whole body.
    pub body: Value,
    /// How many requests came before.
    pub number: usize,
}

/// What a scripted model says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Said {
    /// The thinking; how it is sent is up to [`crate::Thinking`].
    pub reasoning: String,
    /// The answer.
    pub content: String,
    /// The finish reason, if it is not that of the behaviour.
    pub finish: Option<String>,
    /// How likely its tokens were, word by word, thinking first; told to whoever asks.
    pub logprobs: Option<Vec<f64>>,
    /// What was likeliest in place of its first word; words like the one that it says unless set.
    pub likeliest: Vec<(String, f64)>,
}

impl Said {
    /// An answer without thinking.
    pub fn plain(content: impl Into<String>) -> Self {
        Self { content: content.into(), ..Self::default() }
    }

    /// Thinking and answer.
    pub fn thought(reasoning: impl Into<String>, content: impl Into<String>) -> Self {
        Self { reasoning: reasoning.into(), content: content.into(), ..Self::default() }
    }

    /// The same, with how likely its words were.
    #[must_use]
    pub fn with_logprobs(self, logprobs: impl Into<Vec<f64>>) -> Self {
        Self { logprobs: Some(logprobs.into()), ..self }
    }
}
