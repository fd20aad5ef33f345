//! One reply of one model to one problem, thinking and answer told apart.

use super::Finish;
use crate::row;

row! {
    /// A generation. Rows follow the order of the problems table; samples of one problem stand together.
    pub struct Generation is "generation", version 2 {
        /// The problem that was asked.
        problem_id: String as label,
        /// 0-based index among the replies of this model to this problem.
        sample: u32,
        /// The model's name in the pipeline.
        model: String as label,
        /// The source's own name of this reply.
        trace_id: Option<String> as label,
        /// The text of the thinking; never the answer. Empty when `reasoning_source` is `none`.
        reasoning: String,
        /// What follows the thinking; the whole reply when `reasoning_source` is `none`.
        answer_text: String,
        /// `field:<name>` · `tags` · `open_tag_in_prompt` · `unclosed` · `none`.
        reasoning_source: String as label,
        /// Why the reply ended.
        finish: Finish,
        /// Why there is no reply, when `finish` is `error`.
        error: Option<String> as label,
        /// Tokens of the prompt, as the provider counted; unknown is not 0.
        prompt_tokens: Option<u64>,
        /// Tokens of the prompt that the provider took from its own cache and may charge less for.
        cached_prompt_tokens: Option<u64>,
        /// Tokens of the whole reply, as the provider counted.
        completion_tokens: Option<u64>,
        /// Tokens of the thinking, as the provider counted.
        reasoning_tokens: Option<u64>,
        /// Seconds from the request to the reply's end.
        seconds: Option<f64>,
        /// Seconds from the request to the first token.
        first_token_seconds: Option<f64>,
        /// Tokens of the whole reply for each of its seconds, the wait for the first token included.
        tokens_per_second: Option<f64>,
        /// The source's other columns as one JSON object.
        extra: Option<String>,
    }
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
