//! Math-Shepherd's rows: one text with a mark behind each step, and the same text with its labels in place of the marks.

use std::borrow::Cow;

use plugin::{Component, ConfigErrors};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Export;
use crate::Kind;
use crate::example::Content;
use crate::lines::{Layout, Shape, write_row};

/// Stands behind each step; trainers look for it anywhere in the text.
const MARK: &str = "ки";

/// Rows with `input` (the question and the steps, `ки` behind each), `label` (the same with + and − in its place) and `task`. A
/// reply in whose text the mark stands is left out of this file.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct MathShepherd {
    /// Only the columns that the trainer reads, without those that say where a row comes from.
    bare: bool,
}

impl Component for MathShepherd {
    const KIND: &'static str = "math_shepherd";
    const ABOUT: &'static str =
        "Math-Shepherd: steps in one text, ки behind each, with + and - for right and wrong";
    type Built = dyn Export;

    fn build(self, _: &mut plugin::Content) -> Result<Box<dyn Export>, ConfigErrors> {
        Ok(Box::new(self))
    }
}

#[derive(Serialize, Deserialize)]
struct Marked<'a> {
    input: Cow<'a, str>,
    label: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    task: Option<Cow<'a, str>>,
}

/// What stands in front of step `number`, counted from 1.
fn head(number: usize) -> String {
    format!("Step {number}: ")
}

/// A step without its number: who numbers steps writes the same.
fn bare(number: usize, text: &str) -> &str {
    text.trim().strip_prefix(head(number).trim_end()).unwrap_or(text.trim()).trim()
}

/// The text with a mark behind each step.
fn marked<'m>(content: &Content<'_>, mut mark: impl FnMut(usize) -> &'m str) -> String {
    let mut text = content.prompt.trim().to_owned();
    for (at, step) in content.texts.iter().enumerate() {
        text.push(if at == 0 { ' ' } else { '\n' });
        text.push_str(&format!("{}{} {}", head(at + 1), bare(at + 1, step), mark(at)));
    }
    text
}

impl Layout for MathShepherd {
    const HOLDS: &'static [Kind] = &[Kind::Steps];

    fn bare(&self) -> bool {
        self.bare
    }

    fn write(&self, content: &Content<'_>, row: Shape<'_>, line: &mut Vec<u8>) -> serde_json::Result<()> {
        let sign = |at: usize| if content.labels.get(at) == Some(&true) { "+" } else { "-" };
        let input = Cow::Owned(marked(content, |_| MARK));
        let label = Cow::Owned(marked(content, sign));
        let task = row.origin.map(|origin| Cow::Borrowed(origin.dataset));
        write_row(Marked { input, label, task }, row, line)
    }

    /// As trainers do: what stands in `label` where `input` has its marks.
    fn read(&self, _kind: Kind, line: &[u8]) -> serde_json::Result<Content<'static>> {
        let Marked { input, label, .. } = serde_json::from_slice(line)?;
        let parts: Vec<&str> = input.split(MARK).collect();
        let (mut rest, mut labels) = (&*label, Vec::new());
        for part in &parts[..parts.len() - 1] {
            let sign = rest.strip_prefix(part).and_then(|behind| behind.chars().next());
            let sign = sign.filter(|sign| ['+', '-'].contains(sign));
            let sign = sign.ok_or_else(|| serde::de::Error::custom("a mark of `input` has no label"))?;
            labels.push(sign == '+');
            rest = &rest[part.len() + 1..];
        }
        let first = format!(" {}", head(1));
        let (prompt, step) = parts[0]
            .split_once(&first)
            .ok_or_else(|| serde::de::Error::custom("no step stands behind the question"))?;
        let texts = [step].into_iter().chain(parts[1..parts.len() - 1].iter().copied());
        let texts = (1..).zip(texts).map(|(number, text)| Cow::Owned(bare(number, text).to_owned()));
        Ok(Content {
            prompt: Cow::Owned(prompt.to_owned()),
            texts: texts.collect(),
            labels,
            ..Content::default()
        })
    }

    /// Blanks at the edges and the numbers of steps are written in one way.
    fn kept<'a>(&self, content: Content<'a>) -> Content<'a> {
        let texts = (1..).zip(&content.texts).map(|(number, text)| Cow::Owned(bare(number, text).to_owned()));
        let (prompt, texts) = (Cow::Owned(content.prompt.trim().to_owned()), texts.collect());
        Content { prompt, texts, ..content }
    }

    fn fault(&self, content: &Content<'_>) -> Option<&'static str> {
        let marked = content.texts.iter().chain([&content.prompt]).any(|text| text.contains(MARK));
        let begun = format!(" {} ", content.prompt).contains(&format!(" {}", head(1)));
        (marked || begun).then_some("separator_inside")
    }
}
