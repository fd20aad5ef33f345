//! `verifier`: what a verifier said of each reply, as it was recorded.

use plugin::{Component, ConfigErrors, Content};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::column::recorded;
use crate::selector::{Seen, Selector};

/// A verifier's recorded score.
#[derive(Serialize, Deserialize, JsonSchema)]
pub(super) struct Verifier {
    /// The column that holds it; the higher its number, the better the reply.
    column: String,
}

impl Component for Verifier {
    const KIND: &str = "verifier";
    const ABOUT: &str = "what a verifier said of each reply, as it was recorded";
    type Built = dyn Selector;

    fn build(self, _: &mut Content) -> Result<Box<dyn Selector>, ConfigErrors> {
        Ok(Box::new(self))
    }
}

impl Selector for Verifier {
    fn value(&self, seen: &Seen<'_>) -> Option<f64> {
        recorded(seen, &self.column)
    }

    fn remedy(&self) -> String {
        format!("no recorded reply holds a number in a column `{}`", self.column)
    }

    fn label(&self) -> &'static str {
        Self::KIND
    }
}
