//! As long as it takes: thinking switched on, and room for it.

use plugin::{Component, ConfigErrors, Content};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tables::Demand;

use crate::manner::{Manner, MaxTokens};
use crate::messages::{Examples, Wording};
use crate::switch::Switch;

/// Switches thinking on, and gives it room.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct Long {
    /// How thinking is switched on.
    switch: Switch,
    /// The most tokens of a reply; 32768 unless this or the model's own `max_tokens` is set.
    #[schemars(range(min = 1))]
    max_tokens: Option<u64>,
}

/// Room for thinking where nobody says how much.
const ROOM: u64 = 32_768;

impl Component for Long {
    const KIND: &'static str = "long";
    const ABOUT: &'static str = "thinking switched on, and room for it";
    type Built = Manner;

    fn build(self, content: &mut Content) -> Result<Box<Manner>, ConfigErrors> {
        let label = self.switch.label(Self::KIND);
        let question = include_str!("../../prompts/strategies/plain.txt");
        let wording = Wording { question, system: self.switch.word(true), ..Wording::default() };
        Ok(Box::new(Manner {
            body: self.switch.body(true),
            max_tokens: self.max_tokens.map_or(MaxTokens::Usually(ROOM), MaxTokens::Given),
            demand: Demand { thinking: Some(true), ..Demand::default() },
            ..Manner::worded(label, wording, Examples::default(), content)?
        }))
    }
}
