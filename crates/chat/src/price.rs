//! What tokens cost.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What tokens cost, in any currency, per million.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Price {
    /// For a million tokens of prompts.
    #[serde(default)]
    pub input: f64,
    /// For a million tokens of replies, thinking included.
    #[serde(default)]
    pub output: f64,
}

impl Price {
    /// The cost of so many tokens.
    pub fn cost(&self, prompt_tokens: u64, completion_tokens: u64) -> f64 {
        (self.input * prompt_tokens as f64 + self.output * completion_tokens as f64) / 1e6
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_per_million() {
        let price = Price { input: 0.5, output: 2.0 };
        assert_eq!(price.cost(2_000_000, 500_000), 2.0);
        assert_eq!(price.cost(0, 0), 0.0);
    }
}
