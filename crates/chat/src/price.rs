//! What tokens cost.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ChatReply;

/// What tokens cost, in any currency, per million.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Price {
    /// For a million tokens of prompts.
    #[serde(default)]
    #[schemars(range(min = 0))]
    pub prompt: f64,
    /// For a million tokens of replies, thinking included.
    #[serde(default)]
    #[schemars(range(min = 0))]
    pub completion: f64,
    /// For a million tokens of prompts that the provider took from its own cache; `prompt` unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0))]
    pub cached_prompt: Option<f64>,
}

impl Price {
    /// The cost of so many tokens.
    pub fn cost(&self, prompt_tokens: u64, completion_tokens: u64) -> f64 {
        (self.prompt * prompt_tokens as f64 + self.completion * completion_tokens as f64) / 1e6
    }

    /// The cost of tokens as a provider counted them; unknown if a count that costs something is unknown.
    /// `cached_prompt_tokens` are some of the prompt's; where they are not told, none are.
    pub fn of_usage(
        &self,
        prompt_tokens: Option<u64>,
        cached_prompt_tokens: Option<u64>,
        completion_tokens: Option<u64>,
    ) -> Option<f64> {
        let known = |tokens: Option<u64>, price: f64| if price == 0.0 { Some(0) } else { tokens };
        let prompt = known(prompt_tokens, self.prompt)?;
        let completion = known(completion_tokens, self.completion)?;
        // Where nothing is said of a cache, nothing is saved.
        let cached = cached_prompt_tokens.unwrap_or_default().min(prompt);
        let saved = (self.prompt - self.cached_prompt.unwrap_or(self.prompt)) * cached as f64 / 1e6;
        Some(self.cost(prompt, completion) - saved)
    }

    /// What a reply cost when it was made; unknown if a count that costs something is unknown.
    pub fn of_reply(&self, reply: &ChatReply) -> Option<f64> {
        self.of_usage(reply.prompt_tokens, reply.cached_prompt_tokens, reply.completion_tokens)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_per_million() {
        let price = Price { prompt: 0.5, completion: 2.0, cached_prompt: None };
        assert_eq!(price.cost(2_000_000, 500_000), 2.0);
        assert_eq!(price.cost(0, 0), 0.0);
    }

    #[test]
    fn what_is_not_counted_costs_an_unknown_amount() {
        let million = Some(1_000_000);
        let check = |price: Price, prompt, cached, completion, expect: Option<f64>| {
            assert_eq!(price.of_usage(prompt, cached, completion), expect);
        };
        let price = Price { prompt: 4.0, completion: 2.0, cached_prompt: Some(1.0) };
        check(price, million, None, million, Some(6.0));
        check(price, million, Some(500_000), million, Some(4.5));
        check(price, million, Some(9_000_000), million, Some(3.0));
        check(Price { cached_prompt: None, ..price }, million, million, million, Some(6.0));
        check(price, None, None, million, None);
        check(price, million, None, None, None);
        check(Price { prompt: 0.0, cached_prompt: None, ..price }, None, None, million, Some(2.0));
    }
}
