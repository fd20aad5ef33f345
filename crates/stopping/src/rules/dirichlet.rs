//! `dirichlet`: the leading answer is the most likely of all seen with this probability, exactly.

use plugin::{Component, ConfigErrors, Content};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stats::is_largest_by;

use crate::Stopping;
use crate::keys::Keys;

/// P(p₁ is the largest) of all answers seen.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub(super) struct Dirichlet(Keys);

impl Component for Dirichlet {
    const KIND: &str = "dirichlet";
    const ABOUT: &str = "the leading answer is the most likely of all seen with this probability, exactly";
    type Built = Stopping;

    fn build(self, _: &mut Content) -> Result<Box<Stopping>, ConfigErrors> {
        Ok(Box::new(self.0.sure(Self::KIND, 1, is_largest_by)?))
    }
}
