//! `logprob_sum`: how likely the model thought the reply as a whole.

use plugin::{Component, ConfigErrors, Content};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stats::Weighing;
use tables::Generation;

use crate::selector::{Seen, Selector};

/// The sum of the logprobs of all tokens: of a long reply nothing but the logarithm is a number.
#[derive(Serialize, Deserialize, JsonSchema)]
pub(super) struct LogprobSum {}

impl Component for LogprobSum {
    const KIND: &str = "logprob_sum";
    const ABOUT: &str =
        "how likely the model thought the whole reply, which long ones never are; votes weigh by the chance";
    type Built = dyn Selector;

    fn build(self, _: &mut Content) -> Result<Box<dyn Selector>, ConfigErrors> {
        Ok(Box::new(self))
    }
}

impl Selector for LogprobSum {
    fn value(&self, seen: &Seen<'_>) -> Option<f64> {
        let Generation { logprob_mean, logprob_tokens, .. } = seen.generation;
        Some((*logprob_mean)? * (*logprob_tokens)? as f64)
    }

    fn remedy(&self) -> String {
        super::logprob::ASK.to_owned()
    }

    fn label(&self) -> &'static str {
        Self::KIND
    }

    /// The chance itself: exp of the sum.
    fn weighing(&self) -> Weighing {
        Weighing::Softmax { temperature: 1.0 }
    }
}
