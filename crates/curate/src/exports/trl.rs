//! TRL's conversational types: preference (`prompt`, `chosen`, `rejected`) and prompt-completion.

use plugin::{Component, ConfigErrors};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Export;
use crate::Kind;
use crate::example::Content;
use crate::lines::{Layout, Shape, write_row};
use crate::turns::{Turn, assistant, content, first, second, texts, user};

/// Rows of TRL's preference and prompt-completion types, as lists of messages.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct Trl {
    /// Only the columns that the trainer reads, without those that say where a row comes from.
    bare: bool,
}

impl Component for Trl {
    const KIND: &'static str = "trl";
    const ABOUT: &'static str =
        "TRL: pairs as prompt, chosen, rejected; replies as prompt, completion (lists of messages)";
    type Built = dyn Export;

    fn build(self, _: &mut plugin::Content) -> Result<Box<dyn Export>, ConfigErrors> {
        Ok(Box::new(self))
    }
}

#[derive(Serialize, Deserialize)]
struct Pair<'a> {
    prompt: [Turn<'a>; 1],
    chosen: [Turn<'a>; 1],
    rejected: [Turn<'a>; 1],
}

#[derive(Serialize, Deserialize)]
struct Completion<'a> {
    prompt: [Turn<'a>; 1],
    completion: [Turn<'a>; 1],
}

impl Layout for Trl {
    const HOLDS: &'static [Kind] = &[Kind::Pair, Kind::Chain];

    fn bare(&self) -> bool {
        self.bare
    }

    fn write(&self, content: &Content<'_>, row: Shape<'_>, line: &mut Vec<u8>) -> serde_json::Result<()> {
        let prompt = [user(&content.prompt)];
        let answer = [assistant(first(&content.texts))];
        if row.kind == Kind::Pair {
            let rejected = [assistant(second(&content.texts))];
            write_row(Pair { prompt, chosen: answer, rejected }, row, line)
        } else {
            write_row(Completion { prompt, completion: answer }, row, line)
        }
    }

    fn read(&self, kind: Kind, line: &[u8]) -> serde_json::Result<Content<'static>> {
        let (turns, roles): (Vec<Turn<'static>>, &[&str]) = if kind == Kind::Pair {
            let Pair { prompt: [prompt], chosen: [chosen], rejected: [rejected] } =
                serde_json::from_slice(line)?;
            (vec![prompt, chosen, rejected], &["user", "assistant", "assistant"])
        } else {
            let Completion { prompt: [prompt], completion: [completion] } = serde_json::from_slice(line)?;
            (vec![prompt, completion], &["user", "assistant"])
        };
        let mut texts = texts(turns, roles)?;
        let prompt = texts.remove(0);
        Ok(content(prompt, texts))
    }
}
