//! A model's reply as it came: before thinking and answer are told apart.

use arrow::datatypes::Field;
use serde::{Deserialize, Serialize};

use super::Row;
use crate::fields::{count, label, maybe, real, text, total};

/// Why a reply ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finish {
    /// The model ended it.
    Stop,
    /// The token limit cut it.
    Length,
    /// There is no reply: the call failed for good.
    Error,
    /// Nobody recorded it.
    #[default]
    Unknown,
}

/// A raw reply: what a server sent, or what another tool recorded. `load` writes these for recorded sources.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Reply {
    /// The problem that was asked; an id of the problems table.
    pub problem_id: String,
    /// The model that replied, as its source names it.
    pub model: String,
    /// 0-based index among the replies of this model to this problem.
    pub sample: u32,
    /// The source's own name of this reply.
    pub trace_id: Option<String>,
    /// The reply's text, think tags included where the source has them.
    pub content: String,
    /// The thinking, where the source keeps it apart.
    pub reasoning: Option<String>,
    /// The field that held the thinking, such as `reasoning_content`.
    pub reasoning_field: Option<String>,
    /// Why the reply ended.
    pub finish: Finish,
    /// Why there is no reply, when `finish` is `error`.
    pub error: Option<String>,
    /// Tokens of the prompt, as the provider counted; unknown is not 0.
    pub prompt_tokens: Option<u64>,
    /// Tokens of the prompt that the provider took from its own cache and may charge less for.
    pub cached_prompt_tokens: Option<u64>,
    /// Tokens of the whole reply, as the provider counted.
    pub completion_tokens: Option<u64>,
    /// Tokens of the thinking, as the provider counted.
    pub reasoning_tokens: Option<u64>,
    /// Seconds from the request to the reply's end.
    pub seconds: Option<f64>,
    /// Seconds from the request to the first token.
    pub first_token_seconds: Option<f64>,
    /// The source's other columns as one JSON object.
    pub extra: Option<String>,
}

impl Row for Reply {
    const NAME: &'static str = "reply";
    const VERSION: u32 = 2;

    fn fields() -> Vec<Field> {
        vec![
            label("problem_id"),
            label("model"),
            count("sample"),
            maybe(label("trace_id")),
            text("content"),
            maybe(text("reasoning")),
            maybe(label("reasoning_field")),
            label("finish"),
            maybe(label("error")),
            maybe(total("prompt_tokens")),
            maybe(total("cached_prompt_tokens")),
            maybe(total("completion_tokens")),
            maybe(total("reasoning_tokens")),
            maybe(real("seconds")),
            maybe(real("first_token_seconds")),
            maybe(text("extra")),
        ]
    }
}

#[cfg(test)]
impl Reply {
    pub(crate) fn example() -> Self {
        Self {
            problem_id: "p-1".into(),
            model: "m".into(),
            sample: 3,
            trace_id: Some("t-9".into()),
            content: "<think>2 + 3 = 5</think>5".into(),
            reasoning: Some("2 + 3 = 5".into()),
            reasoning_field: Some("reasoning_content".into()),
            finish: Finish::Length,
            error: Some("none".into()),
            prompt_tokens: Some(7),
            cached_prompt_tokens: Some(5),
            completion_tokens: Some(11),
            reasoning_tokens: Some(9),
            seconds: Some(1.5),
            first_token_seconds: Some(0.25),
            extra: Some("{}".into()),
        }
    }
}
