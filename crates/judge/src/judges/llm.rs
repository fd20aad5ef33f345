//! A model reads the numbered steps and names the first one that asserts the answer.

mod prompt;

use std::path::PathBuf;

use llm::{CallError, ChatReply, ChatRequest, Endpoint, Message, Sampling};
use plugin::{Component, Fault, Faults};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tables::Judgment;

use crate::verdict::{self, Verdict};
use crate::{Item, Judge, Next, absent, failed, found};
use prompt::Prompts;

/// Shows a model the problem, the answer and the steps, and asks for one index.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct Llm {
    /// Where to ask.
    #[serde(flatten)]
    endpoint: Endpoint,
    /// How the verdict is drawn; the temperature is 0 unless set.
    #[serde(flatten)]
    sampling: Sampling,
    /// A file with another question, as a minijinja template over `problem`, `choices`, `letters`, `gold`
    /// and `steps`; it must ask for one index from 0, or -1, in `\boxed{}`.
    #[serde(default)]
    prompt_file: Option<PathBuf>,
    /// How often to ask again when a reply names no step that exists.
    #[serde(default = "once")]
    reasks: u32,
    /// Traces with more characters than this are not sent; their judgment fails and says so.
    #[serde(default = "generous")]
    max_characters: usize,
}

fn once() -> u32 {
    1
}

/// Roughly 100,000 tokens.
fn generous() -> usize {
    400_000
}

impl Component for Llm {
    const KIND: &'static str = "llm";
    const ABOUT: &'static str = "asks a model for the first step that asserts the answer";
    const EXECUTION_KEYS: &'static [&'static str] = llm::execution_keys!("prompt_file");
    type Built = dyn Judge;

    fn build(self) -> Result<Box<dyn Judge>, Faults> {
        if self.endpoint.model.is_empty() {
            return Err(Fault::new("model", "must name the model that judges").into());
        }
        let prompts = Prompts::load(self.prompt_file.as_deref())
            .map_err(|problem| Fault::new("prompt_file", problem))?;
        let temperature = self.sampling.temperature.or(Some(0.0));
        let sampling = Sampling { temperature, ..self.sampling };
        let Self { endpoint, reasks, max_characters, .. } = self;
        Ok(Box::new(LlmJudge { endpoint, sampling, prompts, reasks, max_characters }))
    }

    fn ingredients(&self) -> Vec<(String, String)> {
        prompt::texts(self.prompt_file.as_deref())
    }
}

struct LlmJudge {
    endpoint: Endpoint,
    sampling: Sampling,
    prompts: Prompts,
    reasks: u32,
    max_characters: usize,
}

impl LlmJudge {
    fn ask(&self, messages: Vec<Message>) -> Next {
        Next::Ask(vec![ChatRequest { messages, sampling: self.sampling.clone(), sample: 0 }])
    }

    fn ask_again(&self, item: &Item<'_>, said: &str, reason: &str) -> Result<Next, String> {
        let question = Message::user(self.prompts.question(item)?);
        let again = Message::user(self.prompts.again(reason, item.steps.len())?);
        // Some servers refuse a turn without any text.
        let said = if said.trim().is_empty() { "(no reply)" } else { said };
        Ok(self.ask(vec![question, Message::assistant(said), again]))
    }

    fn conclude(&self, item: &Item<'_>, round: usize, reply: &ChatReply) -> Next {
        let raw = reply.content.clone();
        let reason = match verdict::read(&raw, item.steps.len()) {
            Ok(Verdict::Step(step)) => return done(found(step), raw),
            Ok(Verdict::Absent) => return done(absent(), raw),
            Err(_) if reply.is_empty() => "the reply is empty".to_owned(),
            Err(reason) if reply.finish == tables::Finish::Length => {
                format!("{reason}; the token limit cut the reply")
            }
            Err(reason) => reason,
        };
        if round >= self.reasks as usize {
            return done(failed(reason), raw);
        }
        self.ask_again(item, &raw, &reason).unwrap_or_else(|problem| done(failed(problem), raw))
    }
}

fn done(judgment: Judgment, raw: String) -> Next {
    Next::Done(Judgment { raw: Some(raw), ..judgment })
}

impl Judge for LlmJudge {
    fn name(&self) -> String {
        format!("llm:{}", self.endpoint.model)
    }

    fn begin(&self, item: &Item<'_>) -> Next {
        let characters: usize = item.step_texts().map(|step| step.chars().count()).sum();
        if characters > self.max_characters {
            return Next::Done(failed(format!(
                "the steps hold {characters} characters, more than `max_characters` = {}",
                self.max_characters
            )));
        }
        match self.prompts.question(item) {
            Ok(question) => self.ask(vec![Message::user(question)]),
            Err(problem) => Next::Done(failed(problem)),
        }
    }

    fn resume(&self, item: &Item<'_>, round: usize, replies: &[Result<ChatReply, CallError>]) -> Next {
        match replies {
            [Ok(reply)] => self.conclude(item, round, reply),
            [Err(error)] => Next::Done(failed(error.reason())),
            _ => Next::Done(failed("expected one reply to one question")),
        }
    }

    fn endpoint(&self) -> Option<&Endpoint> {
        Some(&self.endpoint)
    }
}

#[cfg(test)]
mod tests;
