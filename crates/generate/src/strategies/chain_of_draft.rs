//! Notes of a few words in place of sentences (the idea of arXiv 2502.18600).

use std::path::PathBuf;

use plugin::{Component, ConfigErrors, Content};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tables::Demand;

use crate::manner::Manner;
use crate::messages::{Examples, Wording};

/// Asks for notes of a few words a line.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct ChainOfDraft {
    /// The most words of a line, blank-separated: operators and numbers are words too.
    #[schemars(range(min = 1))]
    words: u64,
    /// The worked examples, as in `few_shot_cot`; eight of our own, in notes, unless set.
    file: Option<PathBuf>,
    /// How many of them are shown; all unless set, and none at 0.
    shots: Option<u32>,
}

impl Default for ChainOfDraft {
    fn default() -> Self {
        Self { words: 5, file: None, shots: None }
    }
}

impl Component for ChainOfDraft {
    const KIND: &'static str = "chain_of_draft";
    const ABOUT: &'static str = "notes of a few words a line, behind examples of such notes";
    /// What the file holds is in the content.
    const EXECUTION_KEYS: &'static [&'static str] = &["file"];
    type Built = Manner;

    fn build(self, content: &mut Content) -> Result<Box<Manner>, ConfigErrors> {
        let own = include_str!("../../../../data/worked/drafts.jsonl");
        let examples = Examples::worked(self.file.as_deref(), own, self.shots, content)?;
        let label = format!("{} words={} shots={}", Self::KIND, self.words, examples.shown());
        let question = include_str!("../../prompts/strategies/chain_of_draft.txt");
        let wording = Wording { question, numbers: &[("words", self.words)], ..Wording::default() };
        let demand = Demand { line_words: Some(self.words), ..Demand::default() };
        Ok(Box::new(Manner { demand, ..Manner::worded(label, wording, examples, content)? }))
    }
}
