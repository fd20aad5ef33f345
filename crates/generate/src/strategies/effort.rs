//! `reasoning_effort`, as the provider understands it.

use plugin::{Component, ConfigErrors, Content};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::manner::{Manner, body_at};

/// Names a level of effort.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct Effort {
    /// The level, by the provider's own word: `low`, `medium`, `high`; a list in `strategies` gives a model each.
    level: String,
}

impl Component for Effort {
    const KIND: &'static str = "effort";
    const ABOUT: &'static str = "a level of `reasoning_effort`";
    type Built = Manner;

    fn build(self, content: &mut Content) -> Result<Box<Manner>, ConfigErrors> {
        let label = format!("{} level={}", Self::KIND, self.level);
        let text = include_str!("../../prompts/strategies/plain.txt");
        let body = body_at("reasoning_effort", json!(self.level));
        Ok(Box::new(Manner { body, ..Manner::asking(label, text, content)? }))
    }
}
