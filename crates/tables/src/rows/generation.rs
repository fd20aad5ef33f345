//! One reply of one model to one problem, thinking and answer told apart.

use arrow::datatypes::Field;
use serde::{Deserialize, Serialize};

use super::{Finish, Row};
use crate::fields::{count, label, maybe, real, text, total};

/// A generation. Rows follow the order of the problems table; samples of one problem stand together.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Generation {
    /// The problem that was asked.
    pub problem_id: String,
    /// 0-based index among the replies of this model to this problem.
    pub sample: u32,
    /// The model's name in the pipeline.
    pub model: String,
    /// The source's own name of this reply.
    pub trace_id: Option<String>,
    /// The text of the thinking; never the answer. Empty when `reasoning_source` is `none`.
    pub reasoning: String,
    /// What follows the thinking; the whole reply when `reasoning_source` is `none`.
    pub answer_text: String,
    /// `field:<name>` · `tags` · `open_tag_in_prompt` · `unclosed` · `none`.
    pub reasoning_source: String,
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
    /// Tokens of the whole reply for each of its seconds, the wait for the first token included.
    pub tokens_per_second: Option<f64>,
    /// The source's other columns as one JSON object.
    pub extra: Option<String>,
}

impl Generation {
    /// `reasoning_source` of a model that does not think.
    pub const NO_REASONING: &'static str = "none";
    /// `reasoning_source` of a reply whose thinking never ended.
    pub const UNCLOSED: &'static str = "unclosed";

    /// The text that is cut into steps and measured: the thinking, or, for a model that does not think, the
    /// whole reply.
    pub fn thought(&self) -> &str {
        if self.reasoning_source == Self::NO_REASONING { &self.answer_text } else { &self.reasoning }
    }

    /// The call failed for good, so there is nothing to measure.
    pub fn failed(&self) -> bool {
        self.finish == Finish::Error
    }

    /// The model replied, and said nothing at all: neither thinking nor answer.
    pub fn empty(&self) -> bool {
        !self.failed() && self.reasoning.trim().is_empty() && self.answer_text.trim().is_empty()
    }

    /// The token limit cut the reply.
    pub fn truncated(&self) -> bool {
        self.finish == Finish::Length
    }

    /// The thinking never ended, so there is no answer to grade.
    pub fn unclosed(&self) -> bool {
        self.reasoning_source == Self::UNCLOSED
    }
}

impl Row for Generation {
    const NAME: &'static str = "generation";
    const VERSION: u32 = 2;

    fn fields() -> Vec<Field> {
        vec![
            label("problem_id"),
            count("sample"),
            label("model"),
            maybe(label("trace_id")),
            text("reasoning"),
            text("answer_text"),
            label("reasoning_source"),
            label("finish"),
            maybe(label("error")),
            maybe(total("prompt_tokens")),
            maybe(total("cached_prompt_tokens")),
            maybe(total("completion_tokens")),
            maybe(total("reasoning_tokens")),
            maybe(real("seconds")),
            maybe(real("first_token_seconds")),
            maybe(real("tokens_per_second")),
            maybe(text("extra")),
        ]
    }
}

#[cfg(test)]
impl Generation {
    pub(crate) fn example() -> Self {
        Self {
            problem_id: "p-1".into(),
            sample: 1,
            model: "m".into(),
            trace_id: Some("t-9".into()),
            reasoning: "2 + 3 = 5".into(),
            answer_text: "5".into(),
            reasoning_source: "tags".into(),
            finish: Finish::Stop,
            error: Some("none".into()),
            prompt_tokens: Some(7),
            cached_prompt_tokens: Some(5),
            completion_tokens: Some(11),
            reasoning_tokens: Some(9),
            seconds: Some(1.5),
            first_token_seconds: Some(0.25),
            tokens_per_second: Some(7.5),
            extra: Some("{}".into()),
        }
    }
}
