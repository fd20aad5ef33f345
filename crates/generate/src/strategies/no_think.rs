//! Thinking switched off, and steps asked for in the answer.

use plugin::{Component, ConfigErrors, Content};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tables::Demand;

use crate::manner::Manner;
use crate::messages::{DEFAULT, Examples, Wording};
use crate::switch::Switch;

/// Switches thinking off.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct NoThink {
    /// How thinking is switched off.
    switch: Switch,
}

impl Component for NoThink {
    const KIND: &'static str = "no_think";
    const ABOUT: &'static str = "thinking switched off; step by step in the answer itself";
    type Built = Manner;

    fn build(self, content: &mut Content) -> Result<Box<Manner>, ConfigErrors> {
        let label = self.switch.label(Self::KIND);
        let wording = Wording { question: DEFAULT, system: self.switch.word(false), ..Wording::default() };
        Ok(Box::new(Manner {
            body: self.switch.body(false),
            demand: Demand { thinking: Some(false), ..Demand::default() },
            ..Manner::worded(label, wording, Examples::default(), content)?
        }))
    }
}
