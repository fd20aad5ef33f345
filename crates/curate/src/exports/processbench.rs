//! ProcessBench's rows: the steps of a solution, and the first wrong one.

use std::borrow::Cow;

use plugin::{Component, ConfigErrors};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Export;
use crate::Kind;
use crate::example::Content;
use crate::lines::{Layout, Shape, write_row};

/// Rows with `problem`, `steps`, `label` (the first wrong step from 0, or −1) and `final_answer_correct`, for whoever measures a
/// critic: `thinkmeter calibrate` reads them too.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct ProcessBench {
    /// Only the columns that the benchmark reads, without those that say where a row comes from.
    bare: bool,
}

impl Component for ProcessBench {
    const KIND: &'static str = "processbench";
    const ABOUT: &'static str = "ProcessBench: steps and the first wrong one, or -1";
    type Built = dyn Export;

    fn build(self, _: &mut plugin::Content) -> Result<Box<dyn Export>, ConfigErrors> {
        Ok(Box::new(self))
    }
}

#[derive(Serialize, Deserialize)]
struct Solution<'a> {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    generator: Option<Cow<'a, str>>,
    problem: Cow<'a, str>,
    steps: Vec<Cow<'a, str>>,
    label: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    final_answer_correct: Option<bool>,
}

/// Labels before and from the first wrong step on.
fn until(first_wrong: Option<usize>, steps: usize) -> Vec<bool> {
    (0..steps).map(|step| first_wrong.is_none_or(|first| step < first)).collect()
}

impl Layout for ProcessBench {
    const HOLDS: &'static [Kind] = &[Kind::Steps];

    fn bare(&self) -> bool {
        self.bare
    }

    fn write(&self, content: &Content<'_>, row: Shape<'_>, line: &mut Vec<u8>) -> serde_json::Result<()> {
        let first_wrong = content.labels.iter().position(|right| !right);
        let solution = Solution {
            generator: row.origin.map(|origin| Cow::Borrowed(origin.model)),
            problem: Cow::Borrowed(&*content.prompt),
            steps: content.texts.iter().map(|text| Cow::Borrowed(&**text)).collect(),
            label: first_wrong.and_then(|step| i64::try_from(step).ok()).unwrap_or(-1),
            final_answer_correct: content.outcome,
        };
        write_row(solution, row, line)
    }

    fn read(&self, _kind: Kind, line: &[u8]) -> serde_json::Result<Content<'static>> {
        let Solution { problem, steps, label, .. } = serde_json::from_slice(line)?;
        let labels = until(usize::try_from(label).ok(), steps.len());
        Ok(Content { prompt: problem, texts: steps, labels, ..Content::default() })
    }

    /// What a label behind the first wrong step says is not written.
    fn kept<'a>(&self, content: Content<'a>) -> Content<'a> {
        let first_wrong = content.labels.iter().position(|right| !right);
        Content { labels: until(first_wrong, content.labels.len()), ..content }
    }
}
