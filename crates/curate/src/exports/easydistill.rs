//! EasyDistill's rows: `instruction`, `input`, `output`; pairs as three texts.

use std::borrow::Cow;

use plugin::{Component, ConfigErrors};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Export;
use crate::Kind;
use crate::example::Content;
use crate::lines::{Layout, Shape, write_row};
use crate::turns::{content, first, second};

/// Rows that EasyDistill reads as its labelled data: replies for distillation, pairs for rank optimisation.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct EasyDistill {
    /// Only the columns that the trainer reads, without those that say where a row comes from.
    bare: bool,
}

impl Component for EasyDistill {
    const KIND: &'static str = "easydistill";
    const ABOUT: &'static str =
        "EasyDistill: replies as instruction, input, output; pairs as prompt, chosen, rejected (texts)";
    type Built = dyn Export;

    fn build(self, _: &mut plugin::Content) -> Result<Box<dyn Export>, ConfigErrors> {
        Ok(Box::new(self))
    }
}

#[derive(Serialize, Deserialize)]
struct Pair<'a> {
    prompt: Cow<'a, str>,
    chosen: Cow<'a, str>,
    rejected: Cow<'a, str>,
}

#[derive(Serialize, Deserialize)]
struct Instruction<'a> {
    instruction: Cow<'a, str>,
    input: Cow<'a, str>,
    output: Cow<'a, str>,
}

impl Layout for EasyDistill {
    const HOLDS: &'static [Kind] = &[Kind::Pair, Kind::Chain];

    fn bare(&self) -> bool {
        self.bare
    }

    fn write(&self, content: &Content<'_>, row: Shape<'_>, line: &mut Vec<u8>) -> serde_json::Result<()> {
        let (prompt, answer) = (Cow::Borrowed(&*content.prompt), Cow::Borrowed(first(&content.texts)));
        if row.kind == Kind::Pair {
            let rejected = second(&content.texts).into();
            write_row(Pair { prompt, chosen: answer, rejected }, row, line)
        } else {
            write_row(Instruction { instruction: prompt, input: "".into(), output: answer }, row, line)
        }
    }

    fn read(&self, kind: Kind, line: &[u8]) -> serde_json::Result<Content<'static>> {
        if kind == Kind::Pair {
            let Pair { prompt, chosen, rejected } = serde_json::from_slice(line)?;
            return Ok(content(prompt, vec![chosen, rejected]));
        }
        let Instruction { instruction, output, .. } = serde_json::from_slice(line)?;
        Ok(content(instruction, vec![output]))
    }
}
