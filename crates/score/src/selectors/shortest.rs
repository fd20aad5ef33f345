//! `shortest`: the reply with the shortest thinking.

use plugin::{Component, ConfigErrors, Content};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stats::Weighing;

use crate::selector::{Seen, Selector};

/// −T.
#[derive(Serialize, Deserialize, JsonSchema)]
pub(super) struct Shortest {}

impl Component for Shortest {
    const KIND: &str = "shortest";
    const ABOUT: &str = "the shorter the thinking, the better; votes weigh by rank";
    type Built = dyn Selector;

    fn build(self, _: &mut Content) -> Result<Box<dyn Selector>, ConfigErrors> {
        Ok(Box::new(self))
    }
}

impl Selector for Shortest {
    fn value(&self, seen: &Seen<'_>) -> Option<f64> {
        seen.thinking.map(|tokens| -f64::from(tokens))
    }

    fn remedy(&self) -> String {
        "no thinking has a known length".to_owned()
    }

    fn label(&self) -> &'static str {
        Self::KIND
    }

    /// A length weighs nothing of its own.
    fn weighing(&self) -> Weighing {
        Weighing::Rank
    }
}
