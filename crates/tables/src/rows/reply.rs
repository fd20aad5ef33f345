//! A model's reply as it came: before thinking and answer are told apart.

use serde::{Deserialize, Serialize};

use super::Demand;
use crate::{Column, Field, label, row};

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

impl Column for Finish {
    fn column(name: &str) -> Field {
        label::<String>(name)
    }
}

row! {
    /// A raw reply: what a server sent, or what another tool recorded. `load` writes these for recorded sources.
    pub struct Reply is "reply", version 5 since 4 {
        /// The problem that was asked; an id of the problems table.
        problem_id: String as label,
        /// The model that replied, as its source names it.
        model: String as label,
        /// 0-based index among the replies of this model to this problem.
        sample: u32,
        /// The source's own name of this reply.
        trace_id: Option<String> as label,
        /// The reply's text, think tags included where the source has them.
        content: String,
        /// The thinking, where the source keeps it apart; or the summary that it shows in its place.
        reasoning: Option<String>,
        /// The field that held the thinking, such as `reasoning_content`. Ends in `.summary` where it held a summary, in
        /// `.sealed` where the thinking is encrypted, redacted or left out.
        reasoning_field: Option<String> as label,
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
        /// The manner of asking, with the keys that make it: `chain_of_draft words=5`.
        strategy: Option<String> as label,
        /// What that asks of the reply.
        demand: Option<Demand>,
        /// The budget at which the thinking is ended and the answer demanded; null where no strategy does so.
        forced_at: Option<u64>,
        /// Tokens of replies to questions that were asked before this one, such as for a budget, as the provider counted;
        /// `prompt_tokens`, `completion_tokens` and `seconds` hold them too.
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
        /// Samples of the problem that were drawn before a rule had enough; null where their number was fixed.
        drawn: Option<u32>,
        /// What ended that: the rule, such as `beta95`, or `most`; null where it was not decided.
        stopped: Option<String> as label,
        /// Samples that were drawn before the rule's first look: whatever they say, they are there.
        drawn_first: Option<u32>,
        /// Samples that were drawn at once.
        drawn_at_once: Option<u32>,
        /// The source's other columns as one JSON object.
        extra: Option<String>,
    }
}
