//! Asks a model behind an OpenAI-compatible server.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt, pin_mut};
use llm::{
    AsideCheck, Asked, CallError, ChatReply, ChatRequest, Desk, Endpoint, Message, Question, Sampling,
    Stopped,
};
use plugin::{Component, Content, Faults};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stage::{Interrupted, Tick};
use tables::{Finish, Problem, Provenance, Reply, TableError, TableReader, TableWriter};

use super::{Generator, Source, Task};
use crate::GenerateError;
use crate::messages::{Messages, Parts};

/// Asks each problem `samples` times.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct OpenAi {
    /// Where to ask.
    #[serde(flatten)]
    endpoint: Endpoint,
    /// How replies are drawn.
    #[serde(flatten)]
    sampling: Sampling,
    /// Replies to each problem.
    #[serde(default = "one")]
    #[schemars(range(min = 1))]
    samples: u32,
    /// A system message in front of the conversation; a template as `prompt` is.
    #[serde(default)]
    system: Option<String>,
    /// A file that holds the system message.
    #[serde(default)]
    system_file: Option<PathBuf>,
    /// The question, as a minijinja template over `problem`, `choices`, `letters`, `id`, `dataset`, `subset` and
    /// `extra` (the other columns of the source); the default asks for steps and a boxed answer.
    #[serde(default)]
    prompt: Option<String>,
    /// A file that holds the question's template.
    #[serde(default)]
    prompt_file: Option<PathBuf>,
    /// Worked examples in front of the question: rows of `problem` and `solution` or `answer`, which are asked
    /// like every other problem, or chat `messages`, which stay as they are. An example that is the very problem
    /// that is asked is passed over.
    #[serde(default)]
    few_shot_file: Option<PathBuf>,
    /// How many of the file's examples are shown; all of them unless set.
    #[serde(default)]
    few_shot: Option<u32>,
}

fn one() -> u32 {
    1
}

impl Component for OpenAi {
    const KIND: &'static str = "openai";
    const ABOUT: &'static str = "asks a model behind an OpenAI-compatible server";
    /// What the files and templates hold is in the content.
    const EXECUTION_KEYS: &'static [&'static str] =
        llm::execution_keys!("few_shot_file", "prompt", "prompt_file", "system", "system_file");
    type Built = dyn Generator;

    fn build(self, content: &mut Content) -> Result<Box<dyn Generator>, Faults> {
        let prompt = Messages::new(self.parts(), content)?;
        let Self { endpoint, sampling, samples, .. } = self;
        Ok(Box::new(Asker { endpoint, sampling, samples, prompt }))
    }
}

impl OpenAi {
    fn parts(&self) -> Parts<'_> {
        Parts {
            system: self.system.as_deref(),
            system_file: self.system_file.as_deref(),
            prompt: self.prompt.as_deref(),
            prompt_file: self.prompt_file.as_deref(),
            few_shot: self.few_shot,
            few_shot_file: self.few_shot_file.as_deref(),
        }
    }
}

struct Asker {
    endpoint: Endpoint,
    sampling: Sampling,
    samples: u32,
    prompt: Messages,
}

impl Generator for Asker {
    fn replies<'a>(&'a self, task: &'a Task<'a>) -> BoxFuture<'a, Result<Source, GenerateError>> {
        self.fetch(task).boxed()
    }

    fn samples(&self) -> Option<u32> {
        Some(self.samples)
    }

    fn endpoint(&self) -> Option<&Endpoint> {
        Some(&self.endpoint)
    }
}

/// A question that is still to be asked.
struct Asks {
    problem_id: String,
    messages: Arc<Vec<Message>>,
    sample: u32,
}

impl Asker {
    /// Asks everything and keeps the raw replies beside the table to come: how thinking is marked may only
    /// show in the last reply.
    async fn fetch(&self, task: &Task<'_>) -> Result<Source, GenerateError> {
        let desk = Desk::new([&self.endpoint], task.exec, task.observer)
            .map_err(|source| GenerateError::Client { model: task.model.to_owned(), source })?;
        let aside = AsideCheck::new(task.exec);
        let problems = TableReader::<Problem>::open(&task.io.problems)?;
        let total = problems.len() * u64::from(self.samples);
        task.observer.total(total);
        let scratch = beside(&task.io.out);
        let mut writer = TableWriter::<Reply>::create(&scratch, &Provenance::default())?;
        let passed = AtomicU64::new(0);
        let mut done = 0;
        {
            let questions = problems.flat_map(|problem| self.questions(problem, task.model, &passed));
            let ask = |question| self.ask(question, &desk, task);
            let replies = desk.in_order(questions, ask, texts);
            pin_mut!(replies);
            while let Some(reply) = replies.next().await {
                let reply = reply?;
                done += u64::from(reply.finish != Finish::Error);
                writer.push(reply)?;
            }
        }
        match desk.finish() {
            Ok(()) => {}
            Err(Stopped::Dead(source)) => return Err(out_of_reach(task.model, source, done, total)),
            Err(Stopped::Interrupted) => return Err(Interrupted { done }.into()),
        }
        aside.done(task.exec)?;
        tell_passed(task, passed.into_inner());
        writer.finish()?;
        Ok(Source { path: scratch, model: task.model.to_owned(), samples: None, scratch: true })
    }

    /// The questions about a problem, or the one error that keeps them from being asked.
    fn questions(
        &self,
        problem: Result<Problem, TableError>,
        model: &str,
        passed: &AtomicU64,
    ) -> Vec<Result<Asks, GenerateError>> {
        let (problem_id, messages) =
            match problem.map_err(Into::into).and_then(|problem| self.messages(problem, model, passed)) {
                Ok((problem_id, messages)) => (problem_id, Arc::new(messages)),
                Err(error) => return vec![Err(error)],
            };
        let question =
            |sample| Ok(Asks { problem_id: problem_id.clone(), messages: Arc::clone(&messages), sample });
        (0..self.samples).map(question).collect()
    }

    fn messages(
        &self,
        problem: Problem,
        model: &str,
        passed: &AtomicU64,
    ) -> Result<(String, Vec<Message>), GenerateError> {
        let (messages, passed_over) = self.prompt.about(&problem).map_err(|reason| {
            GenerateError::Prompt { model: model.to_owned(), problem_id: problem.id.clone(), reason }
        })?;
        passed.fetch_add(u64::from(passed_over), Ordering::Relaxed);
        Ok((problem.id, messages))
    }

    /// The reply to one question; `None` if there was no time left for it.
    async fn ask(
        &self,
        question: Result<Asks, GenerateError>,
        desk: &Desk<'_>,
        task: &Task<'_>,
    ) -> Result<Option<Reply>, GenerateError> {
        let Asks { problem_id, messages, sample } = question?;
        let request = ChatRequest { messages: messages.to_vec(), sampling: self.sampling.clone(), sample };
        let Asked::Answered(answer) = desk.ask(&Question::new(request)).await else { return Ok(None) };
        task.observer.advance(tick(&answer));
        Ok(Some(row(answer, problem_id, sample, task.model)))
    }
}

/// Bytes of a reply's texts.
fn texts(reply: &Reply) -> usize {
    reply.content.capacity() + reply.reasoning.as_ref().map_or(0, String::capacity)
}

/// Money that is spent is no fault of the server's.
fn out_of_reach(model: &str, source: CallError, done: u64, total: u64) -> GenerateError {
    let model = model.to_owned();
    match source {
        CallError::OverBudget { .. } => {
            GenerateError::OverBudget { model, done, total, source: Box::new(source) }
        }
        source => GenerateError::Endpoint { model, source },
    }
}

fn tell_passed(task: &Task<'_>, passed: u64) {
    if passed > 0 {
        task.observer.note(&format!(
            "{passed} problems stand among the worked examples themselves; each was asked without that example"
        ));
    }
}

fn tick(answer: &Result<ChatReply, CallError>) -> Tick {
    let reply = answer.as_ref().ok();
    Tick {
        rows: 1,
        failed: u64::from(reply.is_none()),
        tokens: reply.and_then(|reply| reply.completion_tokens).unwrap_or_default(),
        cached: u64::from(reply.is_some_and(|reply| reply.cached)),
    }
}

fn row(answer: Result<ChatReply, CallError>, problem_id: String, sample: u32, model: &str) -> Reply {
    let reply = Reply { problem_id, sample, model: model.to_owned(), ..Reply::default() };
    match answer {
        Err(error) => Reply { finish: Finish::Error, error: Some(error.reason()), ..reply },
        Ok(answer) => Reply {
            content: answer.content,
            reasoning: answer.reasoning,
            reasoning_field: answer.reasoning_field,
            finish: answer.finish,
            prompt_tokens: answer.prompt_tokens,
            cached_prompt_tokens: answer.cached_prompt_tokens,
            completion_tokens: answer.completion_tokens,
            reasoning_tokens: answer.reasoning_tokens,
            seconds: Some(answer.seconds).filter(|seconds| *seconds > 0.0),
            first_token_seconds: answer.first_token_seconds,
            ..reply
        },
    }
}

/// Where raw replies stay until thinking and answer are told apart.
fn beside(out: &Path) -> PathBuf {
    let name = out.file_name().unwrap_or_default().to_string_lossy();
    out.with_file_name(format!(".{name}.replies"))
}
