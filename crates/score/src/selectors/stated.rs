//! `stated`: how sure the reply says it is.

use plugin::{Component, ConfigErrors, Content};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tables::Generation;

use crate::selector::{Seen, Selector};

/// The confidence that the answer states.
#[derive(Serialize, Deserialize, JsonSchema)]
pub(super) struct Stated {}

impl Component for Stated {
    const KIND: &str = "stated";
    const ABOUT: &str = "how sure the answer says it is: the last `confidence: 85 %`";
    type Built = dyn Selector;

    fn build(self, _: &mut Content) -> Result<Box<dyn Selector>, ConfigErrors> {
        Ok(Box::new(self))
    }
}

impl Selector for Stated {
    fn value(&self, seen: &Seen<'_>) -> Option<f64> {
        let Generation { stated_confidence, answer_text, .. } = seen.generation;
        // Older tables do not hold it.
        stated_confidence.or_else(|| answer::stated_confidence(answer_text))
    }

    fn remedy(&self) -> String {
        "ask for it with `ask_confidence = true` under the model".to_owned()
    }

    fn label(&self) -> &'static str {
        Self::KIND
    }
}
