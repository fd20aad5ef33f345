//! A model reads the numbered steps and names the first one that asserts the answer.

mod question;
mod vote;
mod window;

use std::path::PathBuf;

use chat::{Dialogue, Endpoint, Sampling};
use plugin::{Component, ConfigErrors, Content};
use prompt::{AskedModel, Prompts};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tables::Judgment;

use crate::poll::Poll;
use crate::{Item, Judge};
use vote::Vote;

/// Temperature of several votes, unless one is set: at 0 they would be one and the same.
const VOTING_TEMPERATURE: f64 = 0.7;

/// Shows a model the problem, the answer and the steps, and asks for one index.
///
/// A trace of more than `window_tokens` is shown in windows, in their order, until the first one in which a step is
/// found: most traces have theirs in the first. Where the server says that its context overflows, the window is
/// halved.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct Llm {
    /// Whom to ask; the temperature is 0 unless set, and 0.7 for several votes.
    #[serde(flatten)]
    model: AskedModel,
    /// A file with another question, as a minijinja template over `problem`, `choices`, `letters`, `gold`,
    /// `steps` (each with `index` and `text`), `first` and `last` (what is shown) and `total`; it must ask for
    /// one index, or -1, in `\boxed{}`.
    #[serde(default)]
    prompt_file: Option<PathBuf>,
    /// How often to ask again when a reply names no step that exists.
    #[serde(default = "once")]
    reasks: u32,
    /// Tokens of steps that one question shows, as the splitter counted them; the problem, the instructions and
    /// the reply come on top. The default suits a context of 32,768.
    #[serde(default = "roomy")]
    #[schemars(range(min = 64))]
    window_tokens: usize,
    /// Steps that a window shows once more from the one before.
    #[serde(default = "two")]
    overlap_steps: usize,
    /// How often to ask for the whole verdict. The step that most votes name wins, of equals the earliest; votes
    /// that cannot be read do not count. Seeds are `seed`, `seed` + 1, …
    #[serde(default = "once")]
    #[schemars(range(min = 1))]
    votes: u32,
}

fn once() -> u32 {
    1
}

fn roomy() -> usize {
    20_000
}

fn two() -> usize {
    2
}

impl Component for Llm {
    const KIND: &'static str = "llm";
    const ABOUT: &'static str = "asks a model for the first step that asserts the answer";
    /// 2: long traces in windows.
    const VERSION: u32 = 2;
    const EXECUTION_KEYS: &'static [&'static str] = chat::execution_keys!("prompt_file");
    type Built = dyn Judge;

    fn build(self, content: &mut Content) -> Result<Box<dyn Judge>, ConfigErrors> {
        let Self { model, prompt_file, reasks, window_tokens, overlap_steps, votes } = self;
        let usual = if votes > 1 { VOTING_TEMPERATURE } else { 0.0 };
        let (endpoint, sampling) = model.drawn_at(usual, "judges")?;
        let prompts = question::load(prompt_file.as_deref(), content)?;
        Ok(Box::new(LlmJudge { endpoint, sampling, prompts, reasks, window_tokens, overlap_steps, votes }))
    }
}

struct LlmJudge {
    endpoint: Endpoint,
    sampling: Sampling,
    prompts: Prompts,
    reasks: u32,
    window_tokens: usize,
    overlap_steps: usize,
    votes: u32,
}

impl Judge for LlmJudge {
    fn name(&self) -> String {
        format!("llm:{}", self.endpoint.model)
    }

    fn open<'a>(&'a self, item: &'a Item<'a>) -> Box<dyn Dialogue<Judgment> + 'a> {
        let vote = |sample| Box::new(Vote::new(self, item, sample)) as Box<dyn Dialogue<Judgment> + 'a>;
        match self.votes {
            0 | 1 => vote(0),
            votes => Box::new(Poll::new((0..votes).map(|sample| (String::new(), vote(sample))).collect())),
        }
    }

    fn endpoints(&self) -> Vec<&Endpoint> {
        vec![&self.endpoint]
    }

    fn may_know(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests;
