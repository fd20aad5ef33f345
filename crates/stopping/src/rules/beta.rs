//! `beta`: the leading answer beats the second with this probability, as if there were no third.

use plugin::{Component, ConfigErrors, Content};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stats::beats_runner_up;

use crate::Stopping;
use crate::keys::Keys;
use crate::stopping::leaders;

/// P(p₁ > ½) of the two leading answers (arXiv 2305.11860).
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub(super) struct Beta(Keys);

impl Component for Beta {
    const KIND: &str = "beta";
    const ABOUT: &str =
        "the leading answer beats the second with this probability, as if there were no third";
    type Built = Stopping;

    fn build(self, _: &mut Content) -> Result<Box<Stopping>, ConfigErrors> {
        Ok(Box::new(self.0.sure(Self::KIND, 1, |votes, threshold| {
            let (leader, runner_up) = leaders(votes);
            beats_runner_up(leader, runner_up) >= threshold
        })?))
    }
}
