//! SFT conversations: a list `messages` with what is asked and the reply.

use plugin::{Component, ConfigErrors};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Export;
use crate::Kind;
use crate::example::Content;
use crate::lines::{Layout, Shape, write_row};
use crate::turns::{Turn, assistant, content, first, texts, user};

/// Rows with a list `messages`, which TRL, ms-swift and most other trainers read for SFT.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct Messages {
    /// Only the columns that the trainer reads, without those that say where a row comes from.
    bare: bool,
}

impl Component for Messages {
    const KIND: &'static str = "messages";
    const ABOUT: &'static str =
        "SFT: replies as a list `messages` of a user's and an assistant's turn (TRL, ms-swift and others)";
    type Built = dyn Export;

    fn build(self, _: &mut plugin::Content) -> Result<Box<dyn Export>, ConfigErrors> {
        Ok(Box::new(self))
    }
}

#[derive(Serialize, Deserialize)]
struct Conversation<'a> {
    messages: [Turn<'a>; 2],
}

impl Layout for Messages {
    const HOLDS: &'static [Kind] = &[Kind::Chain];

    fn bare(&self) -> bool {
        self.bare
    }

    fn write(&self, content: &Content<'_>, row: Shape<'_>, line: &mut Vec<u8>) -> serde_json::Result<()> {
        let messages = [user(&content.prompt), assistant(first(&content.texts))];
        write_row(Conversation { messages }, row, line)
    }

    fn read(&self, _kind: Kind, line: &[u8]) -> serde_json::Result<Content<'static>> {
        let Conversation { messages } = serde_json::from_slice(line)?;
        let mut texts = texts(messages.to_vec(), &["user", "assistant"])?;
        let prompt = texts.remove(0);
        Ok(content(prompt, texts))
    }
}
