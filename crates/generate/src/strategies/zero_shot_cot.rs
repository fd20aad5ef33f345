//! Step by step, without an example: the prompt of a model without any strategy.

use plugin::{Component, ConfigErrors, Content};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::manner::Manner;
use crate::messages::DEFAULT;

/// Asks for steps.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct ZeroShotCot {}

impl Component for ZeroShotCot {
    const KIND: &'static str = "zero_shot_cot";
    const ABOUT: &'static str = "step by step, without an example";
    type Built = Manner;

    fn build(self, content: &mut Content) -> Result<Box<Manner>, ConfigErrors> {
        Ok(Box::new(Manner::asking(Self::KIND, DEFAULT, content)?))
    }
}
