//! The answer at once.

use plugin::{Component, ConfigErrors, Content};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tables::Demand;

use crate::manner::Manner;

/// Asks for the answer and nothing else.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct Direct {
    /// A reply without thinking and of at most so many tokens has obeyed. The model is not told this number.
    #[schemars(range(min = 1))]
    tokens: u64,
}

impl Default for Direct {
    fn default() -> Self {
        Self { tokens: 32 }
    }
}

impl Component for Direct {
    const KIND: &'static str = "direct";
    const ABOUT: &'static str = "the answer at once, without any work";
    type Built = Manner;

    fn build(self, content: &mut Content) -> Result<Box<Manner>, ConfigErrors> {
        let text = include_str!("../../prompts/strategies/direct.txt");
        let demand = Demand { thinking: Some(false), answer_tokens: Some(self.tokens), ..Demand::default() };
        Ok(Box::new(Manner { demand, ..Manner::asking(Self::KIND, text, content)? }))
    }
}
