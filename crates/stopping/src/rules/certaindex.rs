//! `certaindex`: 1 - H/ln n of the answers of n samples is at least this.

use plugin::{Component, ConfigErrors, Content};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stats::agreement;

use crate::Stopping;
use crate::keys::Keys;

/// 1 − H / ln n of the answers of n samples.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub(super) struct Certaindex(Keys);

impl Component for Certaindex {
    const KIND: &str = "certaindex";
    const ABOUT: &str = "1 - H/ln n of the answers of n samples is at least this";
    type Built = Stopping;

    fn build(self, _: &mut Content) -> Result<Box<Stopping>, ConfigErrors> {
        Ok(Box::new(self.0.sure(Self::KIND, 4, |votes, threshold| agreement(votes) >= threshold)?))
    }
}
