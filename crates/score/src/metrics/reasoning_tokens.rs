//! T: how long the thinking is.

use tables::Score;

use super::{Metric, Observation, no_reply, unless};

/// See [`Metric::about`].
pub(super) struct ReasoningTokens;

impl Metric for ReasoningTokens {
    fn name(&self) -> &'static str {
        "reasoning_tokens"
    }

    fn title(&self) -> &'static str {
        "Reasoning tokens"
    }

    fn unit(&self) -> &'static str {
        "tokens"
    }

    fn about(&self) -> &'static str {
        "mean of T: tokens of the thinking under the evaluated model's own tokenizer; for a model \
         that does not think, of the whole reply. Left out: no reply"
    }

    fn observe(&self, score: &Score) -> Observation {
        unless([no_reply(score)], || f64::from(score.reasoning_tokens))
    }
}
