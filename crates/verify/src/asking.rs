//! Asking a model in words: one question, again where its reply cannot be read, and about less where it does not fit.

use std::path::{Path, PathBuf};

use chat::{
    CallError, ChatReply, ChatRequest, Dialogue, Endpoint, Message, Next, Question, Replies, Sampling,
};
use plugin::{ConfigError, Content};
use prompt::{AskedModel, Prompts, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Unverified;

/// How a verifier asks in words; flatten it into its configuration.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Wording {
    /// A file with another question, as a minijinja template over the same values as the built-in one.
    #[serde(default)]
    prompt_file: Option<PathBuf>,
    /// How often to ask again when a reply cannot be read.
    #[serde(default = "once")]
    reasks: u32,
    /// Tokens of a reply that one question shows; the problem, the instructions and the verdict come on top. Longer ones lose
    /// their middle, or go into several questions where steps are asked about. Where a question still overflows, half as
    /// much is shown, and again.
    #[serde(default = "roomy")]
    #[schemars(range(min = 64))]
    window_tokens: usize,
}

/// Whom a verifier asks, and how; flatten it into its configuration.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Wordy {
    /// Whom to ask.
    #[serde(flatten)]
    model: AskedModel,
    /// How.
    #[serde(flatten)]
    wording: Wording,
}

fn once() -> u32 {
    1
}

fn roomy() -> usize {
    20_000
}

/// Whoever takes less than this has no room for a reply.
const LEAST_ROOM: usize = 64;

/// The request to say it again.
const AGAIN: &str = include_str!("../prompts/again.txt");

/// Somebody to ask, with the question.
pub(crate) struct Asker {
    /// Nobody of its own asks the model that wrote the reply.
    pub(crate) endpoint: Option<Endpoint>,
    pub(crate) sampling: Sampling,
    pub(crate) room: usize,
    prompts: Prompts,
    reasks: u32,
}

impl Wordy {
    /// # Errors
    /// No model is named, or the question cannot be shown of `example`.
    pub(crate) fn build(
        self,
        temperature: f64,
        question: &str,
        example: &Value,
        content: &mut Content,
    ) -> Result<Asker, ConfigError> {
        let (endpoint, sampling) = self.model.drawn_at(temperature, "verifies")?;
        self.wording.build(Some(endpoint), sampling, question, example, content)
    }
}

impl Wording {
    pub(crate) fn build(
        self,
        endpoint: Option<Endpoint>,
        sampling: Sampling,
        question: &str,
        example: &Value,
        content: &mut Content,
    ) -> Result<Asker, ConfigError> {
        let file: Option<&Path> = self.prompt_file.as_deref();
        let prompts = Prompts::load(("question.txt", question), AGAIN, file, content)?;
        prompts.try_out(example)?;
        Ok(Asker { endpoint, sampling, prompts, reasks: self.reasks, room: self.window_tokens })
    }
}

impl Asker {
    /// Its name behind the kind of a verifier.
    pub(crate) fn named(&self, kind: &str) -> String {
        match &self.endpoint {
            Some(endpoint) => format!("{kind}:{}", endpoint.model),
            None => kind.to_owned(),
        }
    }

    /// The most calls for so many questions.
    pub(crate) fn tries(&self, questions: u64) -> u64 {
        questions * (1 + u64::from(self.reasks))
    }

    /// A question whose values depend on how much of the reply there is room for, in tokens.
    pub(crate) fn ask<'a, T: Send + 'a>(
        &'a self,
        show: impl Fn(usize) -> Value + Send + 'a,
        read: impl Fn(&ChatReply) -> Result<T, String> + Send + 'a,
    ) -> Asking<'a, T> {
        let (show, read) = (Box::new(show), Box::new(read));
        Asking { asker: self, show, read, sample: 0, logprobs: None, room: self.room, tries: 0, said: None }
    }
}

/// Reads a reply, or says why that is impossible.
type Read<'a, T> = Box<dyn Fn(&ChatReply) -> Result<T, String> + Send + 'a>;

/// A conversation that ends in what was read, and the words.
pub(crate) struct Asking<'a, T> {
    asker: &'a Asker,
    show: Box<dyn Fn(usize) -> Value + Send + 'a>,
    read: Read<'a, T>,
    sample: u32,
    logprobs: Option<u8>,
    room: usize,
    tries: u32,
    /// What was said and could not be read, and why.
    said: Option<(String, String)>,
}

/// What one question comes to.
pub(crate) type Answered<T> = Result<(T, String), Unverified>;

impl<T> Asking<'_, T> {
    /// As one of several votes.
    pub(crate) fn sample(self, sample: u32) -> Self {
        Self { sample, ..self }
    }

    /// With how likely its tokens are.
    pub(crate) fn logprobs(self, logprobs: Option<u8>) -> Self {
        Self { logprobs, ..self }
    }

    fn question(&mut self) -> Result<Question, String> {
        self.tries += 1;
        let values = (self.show)(self.room);
        let messages: Vec<Message> = match &self.said {
            None => self.asker.prompts.ask(&values)?,
            Some((said, reason)) => self.asker.prompts.ask_again(&values, said, reason)?,
        };
        let request = ChatRequest::new(messages, self.asker.sampling.clone(), self.sample);
        Ok(Question::new(ChatRequest { logprobs: self.logprobs, ..request }))
    }

    fn go_on(&mut self) -> Next<Answered<T>> {
        match self.question() {
            Ok(question) => Next::Ask(vec![question]),
            Err(reason) => Next::Done(Err(Unverified::new(reason, None))),
        }
    }

    /// Half the room, or so little that it makes a difference; false where nothing is gained by it.
    fn with_less_room(&mut self) -> bool {
        let before = (self.show)(self.room).to_string();
        let halves = std::iter::successors(Some(self.room / 2), |room| Some(room / 2));
        let mut halves = halves.take_while(|room| *room >= LEAST_ROOM);
        let Some(room) = halves.find(|room| (self.show)(*room).to_string() != before) else { return false };
        (self.room, self.said, self.tries) = (room, None, 0);
        true
    }
}

impl<T: Send> Dialogue<Answered<T>> for Asking<'_, T> {
    fn next(&mut self, replies: &Replies) -> Next<Answered<T>> {
        let reply = match replies.first() {
            None => return self.go_on(),
            Some(Err(CallError::ContextTooLong { .. })) if self.with_less_room() => return self.go_on(),
            Some(Err(error)) => return Next::Done(Err(Unverified::new(error.reason(), None))),
            Some(Ok(reply)) => reply,
        };
        let raw = reply.content.clone();
        match (self.read)(reply) {
            Ok(read) => Next::Done(Ok((read, raw))),
            Err(reason) => {
                let reason = prompt::unreadable(reason, reply);
                if self.tries > self.asker.reasks {
                    return Next::Done(Err(Unverified::new(reason, Some(raw))));
                }
                self.said = Some((raw, reason));
                self.go_on()
            }
        }
    }
}
