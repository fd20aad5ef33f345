//! Asks a model behind an OpenAI-compatible server.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt, stream};
use llm::{Asked, Asking, CallError, ChatReply, ChatRequest, Client, Endpoint, Message, Sampling, window};
use plugin::{Component, Fault, Faults};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tables::stage::{Interrupted, Tick};
use tables::{Finish, Problem, Provenance, Reply, TableError, TableReader, TableWriter};

use super::{Generator, Source, Task};
use crate::GenerateError;
use crate::prompt::{self, Prompt};

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
    /// A system message in front of the question.
    #[serde(default)]
    system: Option<String>,
    /// The question, as a minijinja template over `problem`, `choices`, `letters`, `id` and `subset`; the
    /// default asks for steps and a boxed answer.
    #[serde(default)]
    prompt: Option<String>,
    /// A file that holds the question's template.
    #[serde(default)]
    prompt_file: Option<PathBuf>,
}

fn one() -> u32 {
    1
}

impl Component for OpenAi {
    const KIND: &'static str = "openai";
    const ABOUT: &'static str = "asks a model behind an OpenAI-compatible server";
    const EXECUTION_KEYS: &'static [&'static str] = llm::execution_keys!("prompt", "prompt_file");
    type Built = dyn Generator;

    fn build(self) -> Result<Box<dyn Generator>, Faults> {
        if self.prompt.is_some() && self.prompt_file.is_some() {
            return Err(Fault::new("prompt_file", "give either `prompt` or `prompt_file`").into());
        }
        let key = if self.prompt_file.is_some() { "prompt_file" } else { "prompt" };
        let prompt = prompt::text(self.prompt.as_deref(), self.prompt_file.as_deref())
            .and_then(Prompt::new)
            .map_err(|problem| Fault::new(key, problem))?;
        let Self { endpoint, sampling, samples, system, .. } = self;
        Ok(Box::new(Asker { endpoint, sampling, samples, system, prompt }))
    }

    fn ingredients(&self) -> Vec<(String, String)> {
        let text = prompt::text(self.prompt.as_deref(), self.prompt_file.as_deref());
        vec![("prompt".to_owned(), text.unwrap_or_default())]
    }
}

struct Asker {
    endpoint: Endpoint,
    sampling: Sampling,
    samples: u32,
    system: Option<String>,
    prompt: Prompt,
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
struct Question {
    problem_id: String,
    messages: Arc<Vec<Message>>,
    sample: u32,
}

impl Asker {
    /// Asks everything and keeps the raw replies beside the table to come: how thinking is marked may only
    /// show in the last reply.
    async fn fetch(&self, task: &Task<'_>) -> Result<Source, GenerateError> {
        let client = Client::new(&self.endpoint, task.exec)
            .map_err(|source| GenerateError::Client { model: task.model.to_owned(), source })?;
        let asking = Asking::new(client, task.exec, task.observer);
        let problems = TableReader::<Problem>::open(&task.io.problems)?;
        task.observer.total(problems.len() * u64::from(self.samples));
        let scratch = beside(&task.io.out);
        let mut writer = TableWriter::<Reply>::create(&scratch, &Provenance::default())?;
        let stopped = AtomicBool::new(false);
        let questions = problems.flat_map(|problem| self.questions(problem, task.model)).take_while(|_| {
            let go_on = !asking.stopping();
            stopped.fetch_or(!go_on, Ordering::Relaxed);
            go_on
        });
        let mut replies = stream::iter(questions)
            .map(|question| self.ask(question, &asking, task))
            .buffered(window(task.exec));
        let mut done = 0;
        while let Some(reply) = replies.next().await {
            match reply? {
                Some(reply) => {
                    done += u64::from(reply.finish != Finish::Error);
                    writer.push(reply)?;
                }
                None => stopped.store(true, Ordering::Relaxed),
            }
        }
        drop(replies);
        if let Some(source) = asking.dead() {
            return Err(GenerateError::Endpoint { model: task.model.to_owned(), source });
        }
        if stopped.into_inner() {
            return Err(Interrupted { done }.into());
        }
        writer.finish()?;
        Ok(Source { path: scratch, model: task.model.to_owned(), samples: None, scratch: true })
    }

    /// The questions about a problem, or the one error that keeps them from being asked.
    fn questions(
        &self,
        problem: Result<Problem, TableError>,
        model: &str,
    ) -> Vec<Result<Question, GenerateError>> {
        let (problem_id, messages) =
            match problem.map_err(Into::into).and_then(|problem| self.messages(problem, model)) {
                Ok((problem_id, messages)) => (problem_id, Arc::new(messages)),
                Err(error) => return vec![Err(error)],
            };
        let question =
            |sample| Ok(Question { problem_id: problem_id.clone(), messages: Arc::clone(&messages), sample });
        (0..self.samples).map(question).collect()
    }

    fn messages(&self, problem: Problem, model: &str) -> Result<(String, Vec<Message>), GenerateError> {
        let question = self.prompt.render(&problem).map_err(|reason| GenerateError::Prompt {
            model: model.to_owned(),
            problem_id: problem.id.clone(),
            reason,
        })?;
        let system = self.system.iter().map(Message::system);
        Ok((problem.id, system.chain([Message::user(question)]).collect()))
    }

    /// The reply to one question; `None` if there was no time left for it.
    async fn ask(
        &self,
        question: Result<Question, GenerateError>,
        asking: &Asking<'_>,
        task: &Task<'_>,
    ) -> Result<Option<Reply>, GenerateError> {
        let Question { problem_id, messages, sample } = question?;
        let request = ChatRequest { messages: messages.to_vec(), sampling: self.sampling.clone(), sample };
        let Asked::Answered(answer) = asking.ask(&request).await else { return Ok(None) };
        task.observer.advance(tick(&answer));
        Ok(Some(row(answer, problem_id, sample, task.model)))
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
            completion_tokens: answer.completion_tokens,
            reasoning_tokens: answer.reasoning_tokens,
            seconds: Some(answer.seconds),
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
