//! A model says where steps begin; the text itself stays as it is.

mod align;
mod conversation;
mod pieces;
mod question;
mod reply;

use std::ops::Range;
use std::path::PathBuf;

use chat::{Dialogue, Endpoint, Sampling};
use plugin::{Component, ConfigErrors, Content};
use prompt::{AskedModel, Prompts};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::SPLITTERS;
use crate::{Cut, Splitter};
use conversation::Conversation;

/// Shows a model the text in numbered pieces (sentences and lines) and asks which of them begin a step. Long texts are
/// shown in windows. Where a reply cannot be used, that window is cut by another splitter, and the split says so.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Llm {
    /// Whom to ask; the temperature is 0 unless set.
    #[serde(flatten)]
    model: AskedModel,
    /// A file with another question, as a minijinja template over `pieces` (each with `index` and `text`), `first`,
    /// `begin` and `last`; it must ask for a line with the number of each piece that begins a step.
    #[serde(default)]
    prompt_file: Option<PathBuf>,
    /// How often to ask again when a reply cannot be used.
    #[serde(default = "once")]
    reasks: u32,
    /// Tokens of text that one question shows, counted as three bytes each.
    #[serde(default = "some_pages")]
    #[schemars(range(min = 64))]
    window_tokens: usize,
    /// Pieces that a window shows once more from the one before.
    #[serde(default = "three")]
    context_pieces: usize,
    /// What cuts a window whose reply cannot be used.
    #[serde(default)]
    fallback: Fallback,
}

/// A splitter that needs no model.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Fallback {
    /// At blank lines.
    #[default]
    Separator,
    /// At the ends of sentences.
    Sentence,
}

impl Fallback {
    fn kind(self) -> &'static str {
        match self {
            Self::Separator => "separator",
            Self::Sentence => "sentence",
        }
    }
}

fn once() -> u32 {
    1
}

fn some_pages() -> usize {
    6_000
}

fn three() -> usize {
    3
}

impl Component for Llm {
    const KIND: &'static str = "llm";
    const ABOUT: &'static str = "asks a model which sentences begin a step";
    const EXECUTION_KEYS: &'static [&'static str] = chat::execution_keys!("prompt_file");
    type Built = dyn Splitter;

    fn build(self, content: &mut Content) -> Result<Box<dyn Splitter>, ConfigErrors> {
        let (endpoint, sampling) = self.model.drawn_at(0.0, "splits")?;
        let prompts = question::load(self.prompt_file.as_deref(), content)?;
        let pure = |kind: &str| SPLITTERS.build(&json!({"kind": kind}), kind).map(|splitter| splitter.built);
        let (sentences, fallback) = (pure("sentence")?, pure(self.fallback.kind())?);
        Ok(Box::new(LlmSplitter {
            endpoint,
            sampling,
            prompts,
            reasks: self.reasks,
            window_tokens: self.window_tokens,
            context_pieces: self.context_pieces,
            sentences,
            fallback,
            fallback_kind: self.fallback.kind(),
        }))
    }
}

struct LlmSplitter {
    endpoint: Endpoint,
    sampling: Sampling,
    prompts: Prompts,
    reasks: u32,
    window_tokens: usize,
    context_pieces: usize,
    /// Makes the pieces.
    sentences: Box<dyn Splitter>,
    fallback: Box<dyn Splitter>,
    fallback_kind: &'static str,
}

impl Splitter for LlmSplitter {
    /// Without a model's word.
    fn spans(&self, text: &str) -> Vec<Range<usize>> {
        self.fallback.spans(text)
    }

    fn open<'a>(&'a self, text: &'a str) -> Box<dyn Dialogue<Cut> + 'a> {
        Box::new(Conversation::new(self, text))
    }

    fn endpoints(&self) -> Vec<&Endpoint> {
        vec![&self.endpoint]
    }
}

#[cfg(test)]
mod tests;
