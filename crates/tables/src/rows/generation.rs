//! One reply of one model to one problem, thinking and answer told apart.

use super::{Demand, Finish};
use crate::row;

row! {
    /// A generation. Rows follow the order of the problems table; samples of one problem stand together.
    pub struct Generation is "generation", version 6 since 4 {
        /// The problem that was asked.
        problem_id: String as label,
        /// 0-based index among the replies of this model to this problem.
        sample: u32,
        /// The model's name in the pipeline.
        model: String as label,
        /// The source's own name of this reply.
        trace_id: Option<String> as label,
        /// The text of the thinking; never the answer. Empty when `reasoning_source` is `none` or `hidden`.
        reasoning: String,
        /// What follows the thinking; the whole reply when `reasoning_source` is `none`.
        answer_text: String,
        /// `field:<name>` · `tags` · `open_tag_in_prompt` · `unclosed` · `none` · `hidden` · `blank`.
        reasoning_source: String as label,
        /// Why the reply ended.
        finish: Finish,
        /// The source's word for that, where it is none that we know; `finish` is `unknown` then.
        finish_word: Option<String> as label,
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
        /// The manner of asking, with the keys that make it: `chain_of_draft words=5`.
        strategy: Option<String> as label,
        /// What that asks of the reply.
        demand: Option<Demand>,
        /// The budget at which the thinking is ended and the answer demanded; null where no strategy does so.
        forced_at: Option<u64>,
        /// Tokens of replies to questions that were asked before this one; the provider's counts hold them too.
        estimate_tokens: Option<u64>,
        /// Mean natural logarithm of the chance of a token, over the tokens of the reply whose chance the server told.
        logprob_mean: Option<f64>,
        /// How many tokens these are; fewer than there are where the server withholds those of the thinking.
        logprob_tokens: Option<u64>,
        /// The same mean over the tokens of the final answer.
        answer_logprob: Option<f64>,
        /// How sure the model was of its tokens: minus the mean logprob of the likeliest ones at each place, over all places.
        confidence_mean: Option<f64>,
        /// Over the last window.
        confidence_tail: Option<f64>,
        /// Over the window where it is least.
        confidence_lowest: Option<f64>,
        /// Over the tenth of all windows where it is least.
        confidence_bottom: Option<f64>,
        /// How sure the answer says it is, from 0 to 1: the last `confidence: 85 %`.
        stated_confidence: Option<f64>,
        /// Samples of the problem that were drawn before a rule had enough; null where their number was fixed.
        drawn: Option<u32>,
        /// What ended that: the rule, such as `beta95`, or `most`; null where it was not decided.
        stopped: Option<String> as label,
        /// Samples that were drawn before the rule's first look: whatever they say, they are there.
        drawn_first: Option<u32>,
        /// Samples that were drawn at once.
        drawn_at_once: Option<u32>,
        /// Where the options were asked in an order of this sample's own: the place of each in the table of problems.
        permutation: Option<Vec<u32>>,
        /// The source's other columns as one JSON object.
        extra: Option<String>,
    }
}

impl Generation {
    /// `reasoning_source` of a model that does not think.
    pub const NO_REASONING: &'static str = "none";
    /// `reasoning_source` of a reply whose thinking never ended.
    pub const UNCLOSED: &'static str = "unclosed";

    /// `reasoning_source` of a reply whose thinking the server keeps to itself: it counts tokens of it, sends it encrypted,
    /// or sends a summary in its place.
    pub const HIDDEN: &'static str = "hidden";
    /// `reasoning_source` of a reply with room for thinking and nothing but blanks in it: the model did not think.
    pub const BLANK: &'static str = "blank";

    /// The text that is cut into steps and measured: the thinking, or, for a model that does not think, the
    /// whole reply. Nothing where the thinking is hidden or blank.
    pub fn thought(&self) -> &str {
        let text =
            if self.reasoning_source == Self::NO_REASONING { &self.answer_text } else { &self.reasoning };
        let blank = self.reasoning_source == Self::BLANK || text.trim().is_empty();
        if blank { "" } else { text }
    }

    /// There was thinking, and nobody saw it.
    pub fn hidden(&self) -> bool {
        self.reasoning_source == Self::HIDDEN
    }

    /// T where the thinking is hidden: the server's own count, if it gave one.
    pub fn hidden_tokens(&self) -> Option<u32> {
        self.reasoning_tokens
            .filter(|tokens| *tokens > 0 && self.hidden())
            .map(|tokens| u32::try_from(tokens).unwrap_or(u32::MAX))
    }

    /// The model thought, whether anybody saw it or not.
    pub fn thinks(&self) -> bool {
        ![Self::NO_REASONING, Self::BLANK].contains(&self.reasoning_source.as_str())
    }

    /// The server tells the chances of some tokens and not of others: those of the thinking are missing.
    pub fn withholds_logprobs(&self) -> bool {
        withholds(self.logprob_tokens, self.completion_tokens)
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

/// Tokens that servers count and tell no chance of: the end of a reply.
const UNTOLD: u64 = 2;

/// Chances are told of fewer tokens than the server counts.
pub(super) fn withholds(told: Option<u64>, counted: Option<u64>) -> bool {
    told.zip(counted).is_some_and(|(told, counted)| told + UNTOLD < counted)
}
