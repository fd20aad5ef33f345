//! `answer_logprob`: how likely the model thought its answer.

use plugin::{Component, ConfigErrors, Content};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::selector::{Seen, Selector};

/// exp of the mean logprob of the tokens of the final answer.
#[derive(Serialize, Deserialize, JsonSchema)]
pub(super) struct AnswerLogprob {}

impl Component for AnswerLogprob {
    const KIND: &str = "answer_logprob";
    const ABOUT: &str = "how likely the model thought the tokens of its final answer, on average";
    type Built = dyn Selector;

    fn build(self, _: &mut Content) -> Result<Box<dyn Selector>, ConfigErrors> {
        Ok(Box::new(self))
    }
}

impl Selector for AnswerLogprob {
    fn value(&self, seen: &Seen<'_>) -> Option<f64> {
        seen.generation.answer_logprob.map(f64::exp)
    }

    fn remedy(&self) -> String {
        super::logprob::ASK.to_owned()
    }

    fn label(&self) -> &'static str {
        Self::KIND
    }
}
