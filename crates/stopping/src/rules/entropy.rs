//! `entropy`: 1 - H/ln K of the K answers seen is at least this.

use plugin::{Component, ConfigErrors, Content};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stats::concentration;

use crate::Stopping;
use crate::keys::Keys;

/// 1 − H / ln K of the K answers seen.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub(super) struct Entropy(Keys);

impl Component for Entropy {
    const KIND: &str = "entropy";
    const ABOUT: &str = "1 - H/ln K of the K answers seen is at least this";
    type Built = Stopping;

    fn build(self, _: &mut Content) -> Result<Box<Stopping>, ConfigErrors> {
        Ok(Box::new(self.0.sure(Self::KIND, 4, |votes, threshold| concentration(votes) >= threshold)?))
    }
}
