//! `majority`: so large a share of the votes is for one answer.

use plugin::{Component, ConfigErrors, Content};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Stopping;
use crate::keys::Keys;
use crate::stopping::leaders;

/// The leading answer's share of all votes.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub(super) struct Majority(Keys);

impl Component for Majority {
    const KIND: &str = "majority";
    const ABOUT: &str = "so large a share of the votes is for one answer";
    type Built = Stopping;

    fn build(self, _: &mut Content) -> Result<Box<Stopping>, ConfigErrors> {
        Ok(Box::new(self.0.sure(Self::KIND, 4, |votes, threshold| share(votes) >= threshold)?))
    }
}

fn share(votes: &[u32]) -> f64 {
    // Where nobody votes nobody leads.
    let all = votes.iter().sum::<u32>().max(1);
    f64::from(leaders(votes).0) / f64::from(all)
}
