//! Turns of a conversation, as most trainers read them.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::example::Content;

/// One turn.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Turn<'a> {
    role: Cow<'a, str>,
    pub(crate) content: Cow<'a, str>,
    /// Stretches that are not learnt from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) train_detail: Vec<Detail>,
}

/// A stretch of a turn, in characters, the last one included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Detail {
    pub(crate) begin_offset: usize,
    pub(crate) end_offset: usize,
    pub(crate) train: bool,
}

pub(crate) fn user(text: &str) -> Turn<'_> {
    Turn { role: "user".into(), content: text.into(), train_detail: Vec::new() }
}

pub(crate) fn assistant(text: &str) -> Turn<'_> {
    Turn { role: "assistant".into(), content: text.into(), train_detail: Vec::new() }
}

/// The texts of turns that must have these roles.
pub(crate) fn texts(turns: Vec<Turn<'static>>, roles: &[&str]) -> serde_json::Result<Vec<Cow<'static, str>>> {
    if turns.iter().map(|turn| &*turn.role).ne(roles.iter().copied()) {
        let told: Vec<&str> = turns.iter().map(|turn| &*turn.role).collect();
        let message = format!("expected the turns {roles:?}, found {told:?}");
        return Err(serde::de::Error::custom(message));
    }
    Ok(turns.into_iter().map(|turn| turn.content).collect())
}

/// The content of a prompt and replies.
pub(crate) fn content(prompt: Cow<'static, str>, texts: Vec<Cow<'static, str>>) -> Content<'static> {
    Content { prompt, texts, ..Content::default() }
}

/// The first text of several.
pub(crate) fn first<'a>(texts: &'a [Cow<'_, str>]) -> &'a str {
    texts.first().map_or("", |text| text)
}

/// The second text of several.
pub(crate) fn second<'a>(texts: &'a [Cow<'_, str>]) -> &'a str {
    texts.get(1).map_or("", |text| text)
}
