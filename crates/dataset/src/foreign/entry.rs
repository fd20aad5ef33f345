//! What a row of a foreign format says, in our words.

use std::borrow::Cow;

use chat::Ending;
use chat::shape::Shown;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tables::Reply;

use crate::fate;

/// What a row says.
#[derive(Clone, Debug, Default)]
pub(crate) struct ForeignRow {
    /// The problem; `None` where a file of the same run tells it.
    pub(crate) question: Option<Question>,
    /// The replies to it.
    pub(crate) replies: Vec<Answer>,
    /// What is equal in rows of different files that describe the same reply.
    pub(crate) join: Option<String>,
    /// What must not come twice in a file: a second row is left out for this reason.
    pub(crate) once: Option<(String, &'static str)>,
    /// Something that a person should know about rows like this.
    pub(crate) note: Option<&'static str>,
}

/// A problem, as far as a row tells.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Question {
    /// The source's own id, if it is one wherever the problem stands.
    pub(crate) id: Option<String>,
    pub(crate) text: String,
    pub(crate) gold: Vec<String>,
    pub(crate) choices: Vec<String>,
    pub(crate) solution: Option<String>,
    pub(crate) subset: Option<String>,
    pub(crate) dataset: Option<String>,
}

/// A reply and what its source says about it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answer {
    pub(crate) model: Option<String>,
    pub(crate) sample: Option<u32>,
    /// `problem_id`, `model`, `sample` and `extra` are filled in later.
    pub(crate) reply: Reply,
    /// The source has a text for the reply, be it an empty one.
    pub(crate) said: bool,
    /// The source's grade: kept beside, never taken for ours.
    pub(crate) grade: Option<Value>,
    pub(crate) labels: Labels,
    /// Whatever else the row says.
    pub(crate) extra: Map<String, Value>,
}

/// What people or judges said of a reply, in the words of `labels.jsonl`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Labels {
    /// Reasoning verbosity, 0 to 9.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) verbosity: Option<u32>,
    /// Cognitive difficulty, 0 to 9.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) difficulty: Option<u32>,
    /// Every step of the reasoning is valid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reasoning_valid: Option<bool>,
    /// The final answer is valid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) solution_valid: Option<bool>,
}

impl Labels {
    /// Nobody said anything.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Answer {
    /// A reply of this text, thinking included where the text has it.
    pub(crate) fn text(content: impl Into<String>) -> Self {
        Self::turn(Shown::text(content))
    }

    /// The same of a text that may not be there; [`Answer::settle`] says that it is no reply.
    pub(crate) fn of(content: Option<impl Into<String>>) -> Self {
        content.map(Self::text).unwrap_or_default()
    }

    /// A turn of a conversation.
    pub(crate) fn turn(turn: Shown) -> Self {
        let Shown { text, thinking, field } = turn;
        let said = text.is_some();
        let reply = Reply {
            content: text.unwrap_or_default(),
            reasoning: thinking,
            reasoning_field: field,
            ..Reply::default()
        };
        Self { reply, said, ..Self::default() }
    }

    /// The same with its thinking, which stood in a field of its own.
    pub(crate) fn with_reasoning(mut self, reasoning: Option<String>, field: &str) -> Self {
        if reasoning.is_some() {
            self.reply.reasoning = reasoning;
            self.reply.reasoning_field = Some(field.to_owned());
        }
        self
    }

    /// The same with the end that a cell tells.
    pub(crate) fn ended(&mut self, ending: Ending) {
        (self.reply.finish, self.reply.finish_word) = (ending.finish, ending.word);
    }

    /// An empty reply is one, unless nothing says that it came.
    pub(crate) fn settle(&mut self) {
        fate::settle(&mut self.reply, self.said);
    }
}

/// Why a row is left out; equal reasons are counted together, so they name no row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Skipped(pub(crate) Cow<'static, str>);

impl Skipped {
    /// A row without a column, or with something else in it.
    pub(crate) fn lacks(what: &str) -> Self {
        Self(format!("the row has no {what}").into())
    }
}

impl From<&'static str> for Skipped {
    fn from(reason: &'static str) -> Self {
        Self(Cow::Borrowed(reason))
    }
}
