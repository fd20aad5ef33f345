//! A process reward model as a chat: the user says a step, the assistant + or −.

use std::borrow::Cow;

use plugin::{Component, ConfigErrors};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Export;
use crate::Kind;
use crate::example::Content;
use crate::lines::{Layout, Shape, write_row};
use crate::turns::{Turn, assistant, texts, user};

/// Rows with a list `conversations`, as RLHFlow trains on: the first turn of the user holds the question and the first step.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct PrmChat {
    /// Only the columns that the trainer reads, without those that say where a row comes from.
    bare: bool,
}

impl Component for PrmChat {
    const KIND: &'static str = "prm_chat";
    const ABOUT: &'static str = "RLHFlow: a step a turn of the user, + or - a turn of the assistant";
    type Built = dyn Export;

    fn build(self, _: &mut plugin::Content) -> Result<Box<dyn Export>, ConfigErrors> {
        Ok(Box::new(self))
    }
}

#[derive(Serialize, Deserialize)]
struct Conversation<'a> {
    conversations: Vec<Turn<'a>>,
}

/// The question and the first step in one text.
fn joined<'a>(content: &Content<'a>) -> Vec<Cow<'a, str>> {
    let mut texts = content.texts.clone();
    if let Some(first) = texts.first_mut() {
        *first = Cow::Owned(format!("{} {first}", content.prompt));
    }
    texts
}

impl Layout for PrmChat {
    const HOLDS: &'static [Kind] = &[Kind::Steps];

    fn bare(&self) -> bool {
        self.bare
    }

    fn write(&self, content: &Content<'_>, row: Shape<'_>, line: &mut Vec<u8>) -> serde_json::Result<()> {
        let said = joined(content);
        let sign = |right: &bool| assistant(if *right { "+" } else { "-" });
        let turns = said.iter().zip(&content.labels).flat_map(|(text, right)| [user(text), sign(right)]);
        write_row(Conversation { conversations: turns.collect() }, row, line)
    }

    fn read(&self, _kind: Kind, line: &[u8]) -> serde_json::Result<Content<'static>> {
        let Conversation { conversations } = serde_json::from_slice(line)?;
        let roles = ["user", "assistant"].repeat(conversations.len() / 2);
        let (mut steps, mut labels) = (Vec::new(), Vec::new());
        for pair in texts(conversations, &roles)?.chunks_exact(2) {
            steps.push(pair[0].clone());
            labels.push(match &*pair[1] {
                "+" => true,
                "-" => false,
                other => return Err(serde::de::Error::custom(format!("`{other}` is neither + nor -"))),
            });
        }
        Ok(Content { texts: steps, labels, ..Content::default() })
    }

    /// Where the question ends is not written.
    fn kept<'a>(&self, content: Content<'a>) -> Content<'a> {
        Content { texts: joined(&content), prompt: Cow::Borrowed(""), ..content }
    }
}
