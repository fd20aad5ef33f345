//! ms-swift's pairs: `messages` end with the chosen reply, `rejected_response` is the other one.

use std::borrow::Cow;

use plugin::{Component, ConfigErrors};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Export;
use crate::Kind;
use crate::example::Content;
use crate::lines::{Layout, Shape, write_row};
use crate::turns::{Turn, assistant, content, first, second, texts, user};

/// Pairs for `swift rlhf`: `messages` and `rejected_response`. Its SFT reads the format `messages`.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct MsSwift {
    /// Only the columns that the trainer reads, without those that say where a row comes from.
    bare: bool,
}

impl Component for MsSwift {
    const KIND: &'static str = "ms_swift";
    const ABOUT: &'static str =
        "ms-swift: pairs as `messages` with the chosen reply, and `rejected_response`";
    type Built = dyn Export;

    fn build(self, _: &mut plugin::Content) -> Result<Box<dyn Export>, ConfigErrors> {
        Ok(Box::new(self))
    }
}

#[derive(Serialize, Deserialize)]
struct Conversation<'a> {
    messages: [Turn<'a>; 2],
    rejected_response: Cow<'a, str>,
}

impl Layout for MsSwift {
    const HOLDS: &'static [Kind] = &[Kind::Pair];

    fn bare(&self) -> bool {
        self.bare
    }

    fn write(&self, content: &Content<'_>, row: Shape<'_>, line: &mut Vec<u8>) -> serde_json::Result<()> {
        let messages = [user(&content.prompt), assistant(first(&content.texts))];
        let rejected_response = second(&content.texts).into();
        write_row(Conversation { messages, rejected_response }, row, line)
    }

    fn read(&self, _kind: Kind, line: &[u8]) -> serde_json::Result<Content<'static>> {
        let Conversation { messages, rejected_response } = serde_json::from_slice(line)?;
        let mut texts = texts(messages.to_vec(), &["user", "assistant"])?;
        let prompt = texts.remove(0);
        texts.push(rejected_response);
        Ok(content(prompt, texts))
    }
}
