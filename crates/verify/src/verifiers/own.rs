//! `self`: the model that wrote the reply, asked about it.

use chat::Sampling;
use plugin::{Component, ConfigErrors, Content};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::yes_no::{Asked, Asks, QUESTION, example};
use crate::Verifier;
use crate::asking::Wording;

/// `yes_no`, asked of the very model that wrote the reply (arXiv 2502.06233), at its own server.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Own {
    /// How its replies are drawn; the temperature is 0 unless set, or 0.7 for several votes.
    #[serde(flatten)]
    sampling: Sampling,
    /// How it is asked.
    #[serde(flatten)]
    wording: Wording,
    /// For what.
    #[serde(flatten)]
    asking: Asks,
}

impl Component for Own {
    const KIND: &'static str = "self";
    const ABOUT: &'static str = "asks the model that wrote the reply for yes or no";
    const EXECUTION_KEYS: &'static [&'static str] = &["prompt_file"];
    type Built = dyn Verifier;

    fn build(self, content: &mut Content) -> Result<Box<dyn Verifier>, ConfigErrors> {
        let temperature = self.sampling.temperature.or(Some(self.asking.temperature()));
        let sampling = Sampling { temperature, ..self.sampling };
        let asker = self.wording.build(None, sampling, QUESTION, &example(), content)?;
        Ok(Box::new(Asked { kind: Self::KIND, asker, asks: self.asking }))
    }
}
