//! A model that goes on with a reply from the end of one of its steps.

use std::path::PathBuf;

use chat::{
    CallError, ChatReply, ChatRequest, Continuation, Endpoint, Message, Place, Question, Sampling, Usage,
};
use plugin::{ConfigError, Content};
use prompt::{AskedModel, Prompt, Text, about};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tables::{Generation, Problem, TaskNote};

use crate::Item;

/// Which model goes on with replies, and behind which question.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct CompleterConfig {
    /// Whom to ask.
    #[serde(flatten)]
    model: AskedModel,
    /// A file with the question behind which the reply stands, a minijinja template over `problem`, `choices` and `letters`;
    /// else the one that models are asked by unless a pipeline says otherwise.
    #[serde(default)]
    prompt_file: Option<PathBuf>,
    /// A system message in front of it.
    #[serde(default)]
    system: Option<String>,
    /// Opens the thinking of replies that hold it between tags.
    #[serde(default = "open")]
    think_open: String,
    /// Closes it.
    #[serde(default = "close")]
    think_close: String,
}

fn open() -> String {
    "<think>".to_owned()
}

fn close() -> String {
    "</think>".to_owned()
}

/// Goes on with replies.
pub(crate) struct Completer {
    pub(crate) endpoint: Endpoint,
    sampling: Sampling,
    prompt: Prompt,
    system: Option<String>,
    tags: (String, String),
}

impl CompleterConfig {
    /// Its replies are drawn at `temperature` and have `most` tokens unless the table says otherwise.
    ///
    /// # Errors
    /// No model is named, or the question cannot be shown.
    pub(crate) fn build(
        self,
        temperature: f64,
        most: u64,
        content: &mut Content,
    ) -> Result<Completer, ConfigError> {
        let (endpoint, sampling) = self.model.drawn_at(temperature, "goes on with replies")?;
        let max_tokens = sampling.max_tokens.or(Some(most));
        let question = Text::file_or(self.prompt_file.as_deref(), prompt::FINAL_ANSWER_IN_BOX)?;
        let prompt = Prompt::new("final_answer_in_box.txt", question, content)?;
        let example = Problem { problem: "?".into(), choices: vec!["5".into()], ..Problem::default() };
        prompt.try_out(&about(&example))?;
        let (tags, system) = ((self.think_open, self.think_close), self.system);
        Ok(Completer { endpoint, sampling: Sampling { max_tokens, ..sampling }, prompt, system, tags })
    }
}

impl Completer {
    /// Who it is, as notes name it.
    pub(crate) fn name(&self) -> String {
        format!("llm:{}", self.endpoint.model)
    }

    /// Where the thinking of such a reply stands.
    ///
    /// # Errors
    /// Nobody can go on with it, and why.
    pub(crate) fn place(&self, generation: &Generation) -> Result<Place, String> {
        let (open, close) = self.tags.clone();
        match generation.reasoning_source.as_str() {
            Generation::HIDDEN => Err("its thinking is hidden, so nobody can go on with it".to_owned()),
            Generation::NO_REASONING => Ok(Place::Text),
            "open_tag_in_prompt" => Ok(Place::Between { open: String::new(), close }),
            field if field.starts_with("field:") => Ok(Place::Field),
            _ => Ok(Place::Between { open, close }),
        }
    }

    /// A reply that can be gone on with.
    ///
    /// # Errors
    /// It cannot, and why.
    pub(crate) fn open<'a>(&'a self, item: &'a Item<'a>) -> Result<Begun<'a>, String> {
        let place = self.place(item.generation)?;
        let question = self.prompt.render(&about(item.problem))?;
        let system = self.system.iter().map(Message::system);
        let messages = system.chain([Message::user(question)]).collect();
        Ok(Begun { completer: self, item, place, messages })
    }
}

/// A reply, and how to go on with it.
pub(crate) struct Begun<'a> {
    completer: &'a Completer,
    pub(crate) item: &'a Item<'a>,
    pub(crate) place: Place,
    messages: Vec<Message>,
}

impl Begun<'_> {
    /// The thinking through the end of a step and the separator behind it: without that no model begins another step.
    pub(crate) fn through(&self, step: u32) -> &str {
        let thought = self.item.generation.thought();
        let next = self.item.steps.get(step as usize + 1);
        next.and_then(|next| thought.get(..next.start as usize)).unwrap_or(thought)
    }

    /// Asks for what comes behind a beginning.
    pub(crate) fn question(&self, continues: Continuation, sample: u32) -> Question {
        let request = ChatRequest::new(self.messages.clone(), self.completer.sampling.clone(), sample);
        Question::new(ChatRequest { continues: Some(continues), ..request })
    }
}

/// Replies so far: what they took, and the first call that failed.
#[derive(Default)]
pub(crate) struct Heard {
    usage: Usage,
}

impl Heard {
    /// Takes the replies to a round of questions.
    ///
    /// # Errors
    /// One of the calls failed, and why.
    pub(crate) fn take<'r>(
        &mut self,
        replies: &'r [Result<ChatReply, CallError>],
    ) -> Result<Vec<&'r ChatReply>, String> {
        self.usage.add(replies);
        replies.iter().map(|reply| reply.as_ref().map_err(CallError::reason)).collect()
    }

    /// Completion tokens so far.
    pub(crate) fn tokens(&self) -> Option<u64> {
        self.usage.completion_tokens.total()
    }

    /// Prompt tokens so far.
    pub(crate) fn prompt_tokens(&self) -> Option<u64> {
        self.usage.prompt_tokens.total()
    }

    /// Calls so far.
    pub(crate) fn calls(&self) -> u32 {
        self.usage.calls
    }

    /// A note with what it took.
    pub(crate) fn onto(&self, note: TaskNote) -> TaskNote {
        let (prompt_tokens, completion_tokens) = (self.prompt_tokens(), self.tokens());
        TaskNote { calls: Some(self.calls()), prompt_tokens, completion_tokens, ..note }
    }
}

/// Tells each of these questions how many more probably follow, and how many may: shares of both numbers.
pub(crate) fn foretell(questions: &mut [Question], follow: usize, may_follow: usize) {
    chat::foretell(questions, may_follow as u64, Some(0));
    let count = questions.len();
    for (at, question) in questions.iter_mut().enumerate() {
        question.request.followed_by = chat::share(follow as u64, at, count);
    }
}
