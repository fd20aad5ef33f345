//! PRM800K's rows: a question, and steps that are rated.

use std::borrow::Cow;

use plugin::{Component, ConfigErrors};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Export;
use crate::Kind;
use crate::example::Content;
use crate::lines::{Layout, Shape, write_row};

/// Rows with `question` and `label`, whose steps are rated 1 (right) or −1 (wrong). Every step is there, those behind the first
/// error too.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct Prm800k {
    /// Only the columns that the trainer reads, without those that say where a row comes from.
    bare: bool,
}

impl Component for Prm800k {
    const KIND: &'static str = "prm800k";
    const ABOUT: &'static str = "PRM800K: a question and its steps, each rated 1 or -1";
    type Built = dyn Export;

    fn build(self, _: &mut plugin::Content) -> Result<Box<dyn Export>, ConfigErrors> {
        Ok(Box::new(self))
    }
}

#[derive(Serialize, Deserialize)]
struct Rated<'a> {
    question: Question<'a>,
    label: Label<'a>,
}

#[derive(Serialize, Deserialize)]
struct Question<'a> {
    problem: Cow<'a, str>,
}

#[derive(Serialize, Deserialize)]
struct Label<'a> {
    steps: Vec<Step<'a>>,
    finish_reason: Cow<'a, str>,
}

#[derive(Serialize, Deserialize)]
struct Step<'a> {
    completions: [Completion<'a>; 1],
    chosen_completion: u32,
}

#[derive(Serialize, Deserialize)]
struct Completion<'a> {
    text: Cow<'a, str>,
    rating: i8,
}

impl Layout for Prm800k {
    const HOLDS: &'static [Kind] = &[Kind::Steps];

    fn bare(&self) -> bool {
        self.bare
    }

    fn write(&self, content: &Content<'_>, row: Shape<'_>, line: &mut Vec<u8>) -> serde_json::Result<()> {
        let step = |(text, right): (&'_ Cow<'_, str>, &bool)| Step {
            completions: [Completion {
                text: Cow::Owned(text.to_string()),
                rating: if *right { 1 } else { -1 },
            }],
            chosen_completion: 0,
        };
        let steps = content.texts.iter().zip(&content.labels).map(step).collect();
        let finish = if content.labels.contains(&false) { "found_error" } else { "solution" };
        let question = Question { problem: Cow::Borrowed(&*content.prompt) };
        write_row(Rated { question, label: Label { steps, finish_reason: finish.into() } }, row, line)
    }

    fn read(&self, _kind: Kind, line: &[u8]) -> serde_json::Result<Content<'static>> {
        let Rated { question, label } = serde_json::from_slice(line)?;
        let rated = label.steps.into_iter().map(|Step { completions: [one], .. }| (one.text, one.rating > 0));
        let (texts, labels) = rated.unzip();
        Ok(Content { prompt: question.problem, texts, labels, ..Content::default() })
    }
}
