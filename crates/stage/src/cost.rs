//! Money for replies.

use chat::Price;

use crate::Summary;

/// The count of a [`Summary`] that holds the tokens of all prompts.
pub const PROMPT_TOKENS: &str = "prompt_tokens";
/// Those of them that came from the provider's own cache.
pub const CACHED_PROMPT_TOKENS: &str = "cached_prompt_tokens";
/// The tokens of all replies.
pub const COMPLETION_TOKENS: &str = "completion_tokens";
/// Replies whose tokens nobody counted.
pub const USAGE_UNKNOWN: &str = "usage_unknown";

/// What all replies of a stage cost when they were made, whether in this run or before.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cost {
    /// The sum over the replies whose tokens were counted.
    pub amount: f64,
    /// Replies whose tokens nobody counted: they cost something unknown on top.
    pub unknown: u64,
}

impl Cost {
    /// From what a stage reports; `None` where nothing was counted because nobody was asked.
    pub fn of(summary: &Summary, price: &Price) -> Option<Self> {
        let count = |name: &str| summary.counts.get(name).copied();
        // A count that is absent counted nothing.
        let unknown = count(USAGE_UNKNOWN).unwrap_or(0);
        if unknown == 0 && count(COMPLETION_TOKENS).is_none() {
            return None;
        }
        let tokens = |name| Some(count(name).unwrap_or(0));
        let [prompt, cached, completion] =
            [PROMPT_TOKENS, CACHED_PROMPT_TOKENS, COMPLETION_TOKENS].map(tokens);
        let amount = price.of_usage(prompt, cached, completion)?;
        Some(Self { amount, unknown })
    }
}
