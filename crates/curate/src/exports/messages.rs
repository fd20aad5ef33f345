//! SFT conversations: a list `messages` with what is asked and the reply.

use std::ops::Range;

use plugin::{Component, ConfigErrors};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Export;
use crate::Kind;
use crate::example::Content;
use crate::lines::{Layout, Shape, write_row};
use crate::turns::{Detail, Turn, assistant, content, first, texts, user};

/// Rows with a list `messages`, which TRL, ms-swift and most other trainers read for SFT.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct Messages {
    /// Only the columns that the trainer reads, without those that say where a row comes from.
    bare: bool,
    /// Write where a reply goes wrong (`curate journey`) as `train_detail` of the assistant's turn, so that a trainer leaves it out of
    /// the loss: stretches in characters, the last one included, with `train` false.
    mask: bool,
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
        let mut reply = assistant(first(&content.texts));
        if self.mask {
            reply.train_detail =
                content.wrong.iter().map(|range| masked(first(&content.texts), range)).collect();
        }
        let messages = [user(&content.prompt), reply];
        write_row(Conversation { messages }, row, line)
    }

    fn read(&self, _kind: Kind, line: &[u8]) -> serde_json::Result<Content<'static>> {
        let Conversation { messages } = serde_json::from_slice(line)?;
        let wrong =
            messages[1].train_detail.iter().map(|detail| unmasked(&messages[1].content, *detail)).collect();
        let mut texts = texts(messages.to_vec(), &["user", "assistant"])?;
        let prompt = texts.remove(0);
        Ok(Content { wrong, ..content(prompt, texts) })
    }

    fn kept<'a>(&self, content: Content<'a>) -> Content<'a> {
        if self.mask { content } else { Content { wrong: Vec::new(), ..content } }
    }
}

/// A stretch in bytes as one in characters.
fn masked(text: &str, range: &Range<usize>) -> Detail {
    let characters = |end: usize| text.get(..end).map_or(0, |text| text.chars().count());
    let end_offset = characters(range.end).saturating_sub(1);
    Detail { begin_offset: characters(range.start), end_offset, train: false }
}

/// The same back.
fn unmasked(text: &str, detail: Detail) -> Range<usize> {
    let byte = |at: usize| text.char_indices().nth(at).map_or(text.len(), |(at, _)| at);
    byte(detail.begin_offset)..byte(detail.end_offset + 1)
}
