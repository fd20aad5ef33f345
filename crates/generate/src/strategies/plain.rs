//! The problem and where the answer goes, and not a word on how to get there.

use plugin::{Component, ConfigErrors, Content};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::manner::Manner;

/// Says nothing of how to work.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct Plain {}

impl Component for Plain {
    const KIND: &'static str = "plain";
    const ABOUT: &'static str = "the problem and where the answer goes, nothing else";
    type Built = Manner;

    fn build(self, content: &mut Content) -> Result<Box<Manner>, ConfigErrors> {
        Ok(Box::new(Manner::asking(Self::KIND, include_str!("../../prompts/strategies/plain.txt"), content)?))
    }
}
