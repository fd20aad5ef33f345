//! Replies that somebody recorded; the dataset stage has already brought them into our form.

use plugin::{Component, ConfigErrors, Content};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Generator;
use crate::recording::Recording;

/// Takes the replies of one model from the dataset's recorded replies.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct Recorded {
    /// The model's name in the recording; the model's `name` unless set.
    from: Option<String>,
    /// Take only so many samples of each problem; all unless set.
    #[schemars(range(min = 1))]
    samples: Option<u32>,
}

impl Component for Recorded {
    const KIND: &'static str = "recorded";
    const ABOUT: &'static str = "takes the replies that the dataset has recorded";
    type Built = dyn Generator;

    fn build(self, _: &mut Content) -> Result<Box<dyn Generator>, ConfigErrors> {
        Ok(Box::new(Recording { model: self.from, samples: self.samples }))
    }
}

impl Generator for Recording {
    fn recording(&self) -> Option<&Recording> {
        Some(self)
    }
}
