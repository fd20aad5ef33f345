//! What is particular to a task that a model does: what it shows, how a reply is read, what follows from the replies.

use plugin::{ConfigError, Content};
use prompt::Value;
use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value as Json};
use tables::Judgment;

use super::Columns;
use crate::Item;

/// A task for a model. The implementing struct holds the keys that the task has beside those of every judge that asks.
pub(crate) trait LlmTask:
    Clone + Send + Sync + Serialize + DeserializeOwned + JsonSchema + 'static
{
    /// The task's name, and its columns of a judgment.
    const COLUMNS: Columns;
    /// What the model does, for `thinkmeter list`.
    const ABOUT: &'static str;
    /// Raised whenever the same replies give other columns.
    const VERSION: u32 = 1;
    /// The question, a minijinja template over the problem and what [`Query::values`] holds.
    const QUESTION: &'static str;
    /// The request to say it again, over the same and `reason`.
    const AGAIN: &'static str;
    /// Tasks whose columns it reads.
    const AFTER: &'static [&'static str] = &[];
    /// What one reply says.
    type Answer: Send;

    /// Keys that make no sense; a fault's path is relative to the task's table.
    fn faults(&self) -> Vec<ConfigError> {
        vec![]
    }

    /// Notes texts beside the configuration and the prompts that the result depends on.
    fn note(&self, _: &mut Content) {}

    /// What is to be asked about an item; a query shows at most about `room` tokens of it.
    fn plan<'a>(&'a self, item: &'a Item<'a>, so_far: &Judgment, room: usize) -> Plan<'a, Self::Answer>;

    /// The columns of a line of labels; nothing if it holds none of this task's.
    fn labels(&self, item: &Item<'_>, so_far: &Judgment, line: &Map<String, Json>) -> Labels;
}

/// What a line of labels says about a task.
pub(crate) type Labels = Option<Result<Box<Judgment>, String>>;

/// How a task goes about an item.
pub(crate) enum Plan<'a, T> {
    /// These queries are shown, all at once, and this follows from the replies, in the same order.
    Ask(Vec<Query<'a, T>>, Box<dyn FnOnce(Vec<T>) -> Outcome + Send + 'a>),
    /// The answer is known without asking.
    Known(Box<Judgment>),
    /// There is nothing to do.
    Skip(String),
    /// It cannot be done.
    Fail(String),
}

/// What was found, and how each task that it belongs to ended.
pub(crate) struct Outcome {
    /// A judgment of nothing but these columns.
    pub(crate) found: Box<Judgment>,
    /// A task's columns and what went wrong with it; empty if it is the one task that asked, and all went well.
    pub(crate) ends: Vec<(Columns, Option<String>)>,
}

impl From<Box<Judgment>> for Outcome {
    fn from(found: Box<Judgment>) -> Self {
        Self { found, ends: vec![] }
    }
}

/// Reads a reply; the second argument says that there will not be another one.
pub(crate) type Read<'a, T> = Box<dyn Fn(&str, bool) -> Result<T, String> + Send + 'a>;

/// One question.
pub(crate) struct Query<'a, T> {
    /// What its template shows.
    pub(crate) values: Value,
    /// How its reply is read.
    pub(crate) read: Read<'a, T>,
}
