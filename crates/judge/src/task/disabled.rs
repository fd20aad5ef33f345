//! A task that is not done, for those that are done unless somebody says otherwise.

use chat::Dialogue;
use plugin::{Component, ConfigErrors, Content};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tables::Judgment;

use super::{Findings, Task};
use crate::Item;

/// Leaves the task out. What the judge itself says stays.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Disabled {}

impl Component for Disabled {
    const KIND: &'static str = "off";
    const ABOUT: &'static str = "leaves the task out";
    type Built = dyn Task;

    fn build(self, _: &mut Content) -> Result<Box<dyn Task>, ConfigErrors> {
        Ok(Box::new(self))
    }
}

impl Task for Disabled {
    fn task(&self) -> &'static str {
        Self::KIND
    }

    fn judge(&self) -> String {
        Self::KIND.to_owned()
    }

    fn open<'a>(&'a self, _: &'a Item<'a>, _: &Judgment) -> Box<dyn Dialogue<Findings> + 'a> {
        Box::new(chat::done(Findings::default()))
    }
}
