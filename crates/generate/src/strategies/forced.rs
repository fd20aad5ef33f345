//! Thinking that is ended at a budget: so much may be thought, then the answer is demanded (the idea of s1's budget forcing,
//! arXiv 2501.19393).

use std::num::NonZeroU32;

use plugin::{Component, ConfigErrors, Content};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tables::Demand;

use crate::manner::{Force, Manner, SLACK};
use crate::messages::{DEFAULT, Examples, Wording};
use crate::recording::Recording;

/// Lets the model think so many tokens, closes the thinking, and has it answer by going on with the reply, which the server must
/// be able to do: `thinkmeter doctor --continue` says whether it is. A reply whose thinking ends before that stays as it is.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct Forced {
    /// The tokens of thinking; a list in `strategies` gives a model each.
    #[schemars(range(min = 1))]
    tokens: u64,
    /// How the answer begins that the model has to end.
    #[serde(default = "usual_cue")]
    cue: String,
    /// The most tokens of that answer.
    #[serde(default = "some")]
    #[schemars(range(min = 1))]
    answer_tokens: u64,
    /// Go on with the thinking of this model that the dataset has recorded, cut by the tokenizer, in place of asking for it: a point
    /// costs the answers alone. Every recorded reply is gone on with.
    #[serde(default)]
    of: Option<String>,
    /// Of these only so many of each problem.
    #[serde(default)]
    samples: Option<NonZeroU32>,
}

fn usual_cue() -> String {
    chat::CUE.to_owned()
}

fn some() -> u64 {
    64
}

impl Component for Forced {
    const KIND: &'static str = "forced";
    const ABOUT: &'static str = "thinking that is ended at a budget, and the answer demanded";
    type Built = Manner;

    fn build(self, content: &mut Content) -> Result<Box<Manner>, ConfigErrors> {
        let of = self.of.as_ref().map(|of| format!(" of={of}")).unwrap_or_default();
        let label = format!("{} tokens={}{of}", Self::KIND, self.tokens);
        let wording = Wording { question: DEFAULT, ..Wording::default() };
        let demand =
            Demand { budget: Some(self.tokens), of_thinking: true, slack: SLACK, ..Demand::default() };
        let samples = self.samples.map(NonZeroU32::get);
        let force = Force {
            tokens: self.tokens,
            cue: self.cue,
            answer_tokens: self.answer_tokens,
            of: self.of.map(|of| Recording { model: Some(of), samples }),
        };
        let manner = Manner::worded(label, wording, Examples::default(), content)?;
        Ok(Box::new(Manner { force: Some(force), demand, ..manner }))
    }
}
