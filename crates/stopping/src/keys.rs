//! The keys of rules that are sure to a degree.

use plugin::{ConfigError, ConfigErrors};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::stopping::{Rule, Stopping, Sure};

/// How sure is enough, and when to look.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct Keys {
    /// How sure is enough.
    #[schemars(range(min = 0, max = 1))]
    threshold: f64,
    /// No look before so many samples; if not given, 1 where the rule counts with chance, else 4.
    #[schemars(range(min = 1))]
    least: Option<u32>,
    /// At so many samples it ends; if not given, at all that there are.
    #[schemars(range(min = 1))]
    most: Option<u32>,
    /// A look behind every so many samples, which can be asked for at once.
    #[schemars(range(min = 1))]
    batch: u32,
}

impl Default for Keys {
    fn default() -> Self {
        Self { threshold: 0.95, least: None, most: None, batch: 1 }
    }
}

impl Keys {
    /// The rule of this kind that is sure to the degree that `sure` tells.
    pub(crate) fn sure(self, kind: &'static str, least: u32, sure: Sure) -> Result<Stopping, ConfigErrors> {
        let Self { threshold, most, batch, .. } = self;
        let given = self.least.unwrap_or(least);
        // Written out so that two rules never share a name.
        let mut label = format!("{kind}{}", (threshold * 1e4).round() / 1e2);
        for (word, is_told, value) in [
            ("by", batch > 1, batch),
            ("from", given != least, given),
            ("to", most.is_some(), most.unwrap_or(0)),
        ] {
            label += &if is_told { format!("_{word}{value}") } else { String::new() };
        }
        within(most, batch)?;
        Ok(Stopping { label, least: given, most, batch, rule: Rule::Sure { threshold, sure } })
    }
}

/// A batch has to fit in.
pub(crate) fn within(most: Option<u32>, batch: u32) -> Result<(), ConfigErrors> {
    let Some(most) = most.filter(|most| *most < batch) else { return Ok(()) };
    let fault = ConfigError::new("most", format!("{most} is less than one batch of {batch}"));
    Err(fault.hint("raise it, or look behind fewer samples").into())
}
