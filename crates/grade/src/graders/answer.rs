//! The answer engine: no model, no network.

use ::answer::Policy;
use chat::{Dialogue, done};
use plugin::{Component, ConfigErrors, Content};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tables::Grade;

use crate::{Grader, Item, by_engine, engine};

/// Takes the final answer out of the reply and compares it with every acceptable one. Runs on all cores, costs nothing,
/// and is the same on every machine.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct Answer {
    /// What counts as the same answer.
    policy: Policy,
}

impl Component for Answer {
    const KIND: &'static str = engine::NAME;
    const ABOUT: &'static str =
        "compares the final answer with the known ones by the answer engine, without a model";
    const VERSION: u32 = engine::VERSION;
    type Built = dyn Grader;

    fn build(self, _: &mut Content) -> Result<Box<dyn Grader>, ConfigErrors> {
        Ok(Box::new(self))
    }
}

impl Grader for Answer {
    fn name(&self) -> String {
        Self::KIND.to_owned()
    }

    fn open<'a>(&'a self, item: Item<'a>) -> Box<dyn Dialogue<Grade> + 'a> {
        Box::new(done(by_engine(item, &self.policy)))
    }

    fn policy(&self) -> &Policy {
        &self.policy
    }
}
