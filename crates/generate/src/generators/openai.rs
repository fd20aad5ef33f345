//! Asks a model behind an OpenAI-compatible server.

use std::path::PathBuf;
use std::sync::Arc;

use chat::{
    CallError, ChatReply, ChatRequest, Dialogue, Endpoint, Message, Next, Question, Replies, Sampling,
};
use plugin::{Component, ConfigErrors, Content};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tables::{Finish, Problem, Reply};

use super::{Conversation, Generator, Opened};
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
        chat::execution_keys!("few_shot_file", "prompt", "prompt_file", "system", "system_file");
    type Built = dyn Generator;

    fn build(self, content: &mut Content) -> Result<Box<dyn Generator>, ConfigErrors> {
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
    fn open<'a>(&'a self, problem: &Problem) -> Result<Opened<'a>, String> {
        if problem.problem.trim().is_empty() {
            return Err("it has no text, so nobody can be asked about it".to_owned());
        }
        let (messages, example_left_out) = self.prompt.about(problem)?;
        let messages = Arc::new(messages);
        let ask = |sample| {
            let messages = Arc::clone(&messages);
            Box::new(OneReply { messages, sampling: &self.sampling, sample }) as Conversation<'a>
        };
        Ok(Opened { conversations: (0..self.samples).map(ask).collect(), example_left_out })
    }

    fn samples(&self) -> Option<u32> {
        Some(self.samples)
    }

    fn endpoint(&self) -> Option<&Endpoint> {
        Some(&self.endpoint)
    }
}

/// One question, one reply.
struct OneReply<'a> {
    messages: Arc<Vec<Message>>,
    sampling: &'a Sampling,
    sample: u32,
}

impl Dialogue<Vec<Reply>> for OneReply<'_> {
    fn next(&mut self, replies: &Replies) -> Next<Vec<Reply>> {
        if let [answer, ..] = replies {
            return Next::Done(vec![row(answer.clone(), self.sample)]);
        }
        let (messages, sampling) = (self.messages.to_vec(), self.sampling.clone());
        Next::Ask(vec![Question::new(ChatRequest { messages, sampling, sample: self.sample })])
    }
}

fn row(answer: Result<ChatReply, CallError>, sample: u32) -> Reply {
    let reply = Reply { sample, ..Reply::default() };
    match answer {
        Err(error) => Reply { finish: Finish::Error, error: Some(error.reason()), ..reply },
        Ok(answer) => Reply {
            content: answer.content,
            reasoning: answer.reasoning,
            reasoning_field: answer.reasoning_field,
            finish: answer.finish,
            finish_word: answer.finish_word,
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
