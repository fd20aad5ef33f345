//! Step by step, behind worked examples.

use std::path::PathBuf;

use plugin::{Component, ConfigErrors, Content};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::manner::Manner;
use crate::messages::{DEFAULT, Examples, Wording};

/// Shows worked examples, each asked as the problem is.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct FewShotCot {
    /// The worked examples: rows of `problem` and `solution` or `answer`, as `few_shot_file` takes them; eight of our own
    /// unless set. An example that is the very problem that is asked is passed over.
    file: Option<PathBuf>,
    /// How many of them are shown; all unless set.
    #[schemars(range(min = 1))]
    shots: Option<u32>,
}

impl Component for FewShotCot {
    const KIND: &'static str = "few_shot_cot";
    const ABOUT: &'static str = "step by step, behind worked examples";
    /// What the file holds is in the content.
    const EXECUTION_KEYS: &'static [&'static str] = &["file"];
    type Built = Manner;

    fn build(self, content: &mut Content) -> Result<Box<Manner>, ConfigErrors> {
        let own = include_str!("../../../../data/worked/steps.jsonl");
        let examples = Examples::worked(self.file.as_deref(), own, self.shots, content)?;
        let label = format!("{} shots={}", Self::KIND, examples.shown());
        let wording = Wording { question: DEFAULT, ..Wording::default() };
        Ok(Box::new(Manner::worded(label, wording, examples, content)?))
    }
}
