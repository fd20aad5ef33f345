//! `logprob`: how likely the model thought its words.

use plugin::{Component, ConfigErrors, Content};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::selector::{Seen, Selector};

/// What selectors that go by chances of tokens need.
pub(super) const ASK: &str = "ask for it with `logprobs = 5` under the model, where its server tells them";

/// exp of the mean logprob of the tokens.
#[derive(Serialize, Deserialize, JsonSchema)]
pub(super) struct Logprob {}

impl Component for Logprob {
    const KIND: &str = "logprob";
    const ABOUT: &str = "how likely the model thought each of its tokens, on average";
    type Built = dyn Selector;

    fn build(self, _: &mut Content) -> Result<Box<dyn Selector>, ConfigErrors> {
        Ok(Box::new(self))
    }
}

impl Selector for Logprob {
    fn value(&self, seen: &Seen<'_>) -> Option<f64> {
        seen.generation.logprob_mean.map(f64::exp)
    }

    fn remedy(&self) -> String {
        ASK.to_owned()
    }

    fn label(&self) -> &'static str {
        Self::KIND
    }
}

#[cfg(test)]
mod tests {
    use tables::Generation;

    use super::super::{answer_logprob::AnswerLogprob, logprob_sum::LogprobSum};
    use super::*;
    use crate::selector::Verified;

    /// Three tokens of −0.1, −0.2 and −0.7, the last of them the answer: exp(mean), exp(sum), exp of the answer's.
    #[test]
    fn chances_of_tokens_are_those_of_the_reply_or_of_its_answer() {
        let generation = Generation {
            logprob_mean: Some(-1.0 / 3.0),
            logprob_tokens: Some(3),
            answer_logprob: Some(-0.7),
            ..Generation::default()
        };
        let check = |selector: &dyn Selector, expect: f64| {
            let value = |generation| {
                selector.value(&Seen { generation, thinking: None, verified: Verified::default() })
            };
            assert!((value(&generation).unwrap() - expect).abs() < 1e-6, "{}", selector.label());
            assert_eq!(value(&Generation::default()), None, "{}", selector.label());
        };
        check(&Logprob {}, 0.716_531);
        check(&LogprobSum {}, -1.0);
        assert!(((-1.0_f64).exp() - 0.367_879).abs() < 1e-6, "what its votes weigh");
        check(&AnswerLogprob {}, 0.496_585);
    }
}
