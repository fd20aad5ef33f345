//! `window`: all answers of one window are equal.

use plugin::{Component, ConfigErrors, Content};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::keys::within;
use crate::{Rule, Stopping};

/// Early-stopping self-consistency (arXiv 2401.10480).
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct Window {
    /// Samples of a window; windows do not overlap.
    #[schemars(range(min = 2))]
    window: u32,
    /// At so many samples it ends; if not given, at all that there are.
    #[schemars(range(min = 1))]
    most: Option<u32>,
}

impl Default for Window {
    fn default() -> Self {
        Self { window: 5, most: None }
    }
}

impl Component for Window {
    const KIND: &str = "window";
    const ABOUT: &str = "all answers of one window are equal";
    type Built = Stopping;

    fn build(self, _: &mut Content) -> Result<Box<Stopping>, ConfigErrors> {
        let Self { window: batch, most } = self;
        within(most, batch)?;
        let label =
            format!("{}{batch}{}", Self::KIND, most.map_or_else(String::new, |most| format!("_to{most}")));
        Ok(Box::new(Stopping { label, least: batch, most, batch, rule: Rule::Unanimous }))
    }
}
