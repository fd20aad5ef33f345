//! TRL's stepwise supervision: pieces of a reply, each right or wrong, for a process reward model.

use std::borrow::Cow;

use plugin::{Component, ConfigErrors};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Export;
use crate::Kind;
use crate::example::Content;
use crate::lines::{Layout, Shape, write_row};

/// Rows of TRL's stepwise type: `prompt`, `completions` (the pieces) and `labels` (whether each is right).
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct TrlStepwise {
    /// Only the columns that the trainer reads, without those that say where a row comes from.
    bare: bool,
}

impl Component for TrlStepwise {
    const KIND: &'static str = "trl_stepwise";
    const ABOUT: &'static str =
        "TRL: pieces of a reply as prompt, completions, labels, for a process reward model";
    type Built = dyn Export;

    fn build(self, _: &mut plugin::Content) -> Result<Box<dyn Export>, ConfigErrors> {
        Ok(Box::new(self))
    }
}

#[derive(Serialize, Deserialize)]
struct Stepwise<'a> {
    prompt: Cow<'a, str>,
    completions: Cow<'a, [Cow<'a, str>]>,
    labels: Cow<'a, [bool]>,
}

impl Layout for TrlStepwise {
    const HOLDS: &'static [Kind] = &[Kind::Steps];

    fn bare(&self) -> bool {
        self.bare
    }

    fn write(&self, content: &Content<'_>, row: Shape<'_>, line: &mut Vec<u8>) -> serde_json::Result<()> {
        let completions = Cow::Borrowed(content.texts.as_slice());
        let labels = Cow::Borrowed(content.labels.as_slice());
        write_row(Stepwise { prompt: Cow::Borrowed(&*content.prompt), completions, labels }, row, line)
    }

    fn read(&self, _kind: Kind, line: &[u8]) -> serde_json::Result<Content<'static>> {
        let Stepwise { prompt, completions, labels } = serde_json::from_slice(line)?;
        if completions.len() != labels.len() {
            return Err(serde::de::Error::custom("as many labels as completions are needed"));
        }
        Ok(Content {
            prompt,
            texts: completions.into_owned(),
            labels: labels.into_owned(),
            ..Content::default()
        })
    }

    fn no_values(&self) -> Option<&'static str> {
        Some("TRL's trainer makes a whole number of each label, so 0.75 would train as wrong")
    }
}
