//! A task that a model does: the same conversation for every [`LlmTask`].

use std::path::{Path, PathBuf};

use chat::{
    CallError, ChatReply, ChatRequest, Dialogue, Endpoint, Message, Next, Question, Replies, Sampling,
};
use plugin::{Component, ConfigError, ConfigErrors, Content};
use prompt::{AskedModel, Prompts, Value, context};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tables::{Generation, Grade, Judgment, Problem, Solution, Step};

use super::llm_task::{LlmTask, Outcome, Plan, Query, Read};
use super::{Columns, Findings, Task, note, reading, state};
use crate::Item;

/// Asks a model.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(bound = "")]
#[schemars(bound = "T: JsonSchema")]
pub(crate) struct Llm<T: LlmTask> {
    /// Whom to ask; the temperature is 0 unless set.
    #[serde(flatten)]
    model: AskedModel,
    /// A file with another question, as a minijinja template over the same values as the built-in one.
    #[serde(default)]
    prompt_file: Option<PathBuf>,
    /// How often to ask again when a reply cannot be read.
    #[serde(default = "once")]
    reasks: u32,
    /// Tokens of a trace that one question shows; the problem, the instructions and the reply come on top. What is
    /// longer goes into several questions (`solutions`, `thoughts`), loses its middle (`strategies`, `verbosity`,
    /// `difficulty`), or fails (`validity`, `ratings`). The default suits a context of 32,768; where a question still
    /// overflows, the trace is shown in half as much, and again.
    #[serde(default = "roomy")]
    #[schemars(range(min = 64))]
    window_tokens: usize,
    /// The task's own keys.
    #[serde(flatten)]
    task: T,
}

fn once() -> u32 {
    1
}

fn roomy() -> usize {
    20_000
}

/// Whoever takes less than this has no room for a trace.
const LEAST_ROOM: usize = 64;

impl<T: LlmTask> Component for Llm<T> {
    const KIND: &'static str = "llm";
    const ABOUT: &'static str = T::ABOUT;
    const VERSION: u32 = T::VERSION;
    const EXECUTION_KEYS: &'static [&'static str] = chat::execution_keys!("prompt_file");
    type Built = dyn Task;

    fn build(self, content: &mut Content) -> Result<Box<dyn Task>, ConfigErrors> {
        let (endpoint, sampling) = self.model.drawn_at(0.0, "judges")?;
        let faults = self.task.faults();
        if !faults.is_empty() {
            return Err(ConfigErrors(faults));
        }
        let Self { prompt_file, reasks, window_tokens, task, .. } = self;
        task.note(content);
        let prompts = load(&task, prompt_file.as_deref(), content)?;
        Ok(Box::new(AsksModel { endpoint, sampling, prompts, reasks, room: window_tokens, task }))
    }
}

/// The built-in question, or the one in `file`.
fn load<T: LlmTask>(task: &T, file: Option<&Path>, content: &mut Content) -> Result<Prompts, ConfigError> {
    let prompts = Prompts::load(("question.txt", T::QUESTION), T::AGAIN, file, content)?;
    let problem = Problem { gold: vec!["5".into()], choices: vec!["5".into()], ..Problem::default() };
    let generation = Generation {
        reasoning: "5. Alternatively, 5.".into(),
        answer_text: "5".into(),
        ..Generation::default()
    };
    let steps = [Step { start: 0, end: 2, tokens: 1 }, Step { start: 3, end: 20, tokens: 1 }];
    let solutions = Some(vec![Solution::ending_at(0), Solution::ending_at(1)]);
    let so_far = Judgment { solutions, ..Judgment::default() };
    let grade = Grade::default();
    let item = Item { problem: &problem, generation: &generation, grade: &grade, steps: &steps };
    if let Plan::Ask(queries, _) = task.plan(&item, &so_far, roomy()) {
        queries.iter().try_for_each(|query| prompts.try_out(&shown(&item, &query.values)))?;
    }
    Ok(prompts)
}

/// What a query shows, and the problem.
fn shown(item: &Item<'_>, query: &Value) -> Value {
    context! { ..query.clone(), ..item.values() }
}

struct AsksModel<T> {
    endpoint: Endpoint,
    sampling: Sampling,
    prompts: Prompts,
    reasks: u32,
    /// Tokens of a trace in one question.
    room: usize,
    task: T,
}

impl<T: LlmTask> Task for AsksModel<T> {
    fn task(&self) -> &'static str {
        T::COLUMNS.task
    }

    fn judge(&self) -> String {
        format!("llm:{}", self.endpoint.model)
    }

    fn after(&self) -> &'static [&'static str] {
        T::AFTER
    }

    fn open<'a>(&'a self, item: &'a Item<'a>, so_far: &Judgment) -> Box<dyn Dialogue<Findings> + 'a> {
        let judge = self.judge();
        match self.task.plan(item, so_far, self.room) {
            Plan::Known(found) => Box::new(chat::done(Findings::done(T::COLUMNS, &judge, found))),
            Plan::Skip(reason) => Box::new(chat::done(Findings::skipped(T::COLUMNS, &judge, reason))),
            Plan::Fail(reason) => Box::new(chat::done(Findings::failed(T::COLUMNS, &judge, reason))),
            Plan::Ask(queries, merge) => {
                let parts = conversations(self, item, queries);
                let so_far = so_far.clone();
                Box::new(Conversations {
                    task: self,
                    item,
                    so_far,
                    room: self.room,
                    parts,
                    merge: Some(merge),
                })
            }
        }
    }

    fn endpoints(&self) -> Vec<&Endpoint> {
        vec![&self.endpoint]
    }
}

/// The conversation about one query.
struct Conversation<'a, T: LlmTask> {
    task: &'a AsksModel<T>,
    values: Value,
    read: Read<'a, T::Answer>,
    asked: u32,
    end: End<T::Answer>,
}

enum End<A> {
    /// This is asked next, or has been.
    Open(Vec<Message>),
    Read(A, String),
    Failed(String, Option<String>),
}

impl<'a, T: LlmTask> Conversation<'a, T> {
    fn new(task: &'a AsksModel<T>, item: &'a Item<'a>, query: Query<'a, T::Answer>) -> Self {
        let Query { values, read } = query;
        let values = shown(item, &values);
        let end = match task.prompts.ask(&values) {
            Ok(question) => End::Open(question),
            Err(problem) => End::Failed(problem, None),
        };
        Self { task, values, read, asked: 0, end }
    }

    fn question(&mut self) -> Option<Question> {
        let End::Open(messages) = &self.end else { return None };
        self.asked += 1;
        let (messages, sampling) = (messages.clone(), self.task.sampling.clone());
        Some(Question::new(ChatRequest::new(messages, sampling, 0)))
    }

    fn hear(&mut self, reply: &Result<ChatReply, CallError>) {
        let reply = match reply {
            Ok(reply) => reply,
            Err(error) => {
                self.end = End::Failed(error.reason(), None);
                return;
            }
        };
        let last = self.asked > self.task.reasks;
        let raw = reply.content.clone();
        self.end = match reading::words(&raw).and_then(|words| (self.read)(words, last)) {
            Ok(answer) => End::Read(answer, raw),
            Err(reason) if last => End::Failed(prompt::unreadable(reason, reply), Some(raw)),
            Err(reason) => self.again(&prompt::unreadable(reason, reply), raw),
        };
    }

    fn again(&self, reason: &str, said: String) -> End<T::Answer> {
        match self.task.prompts.ask_again(&self.values, &said, reason) {
            Ok(messages) => End::Open(messages),
            Err(problem) => End::Failed(problem, Some(said)),
        }
    }
}

/// What follows from the answers to all queries.
type Merge<'a, A> = Box<dyn FnOnce(Vec<A>) -> Outcome + Send + 'a>;

fn conversations<'a, T: LlmTask>(
    task: &'a AsksModel<T>,
    item: &'a Item<'a>,
    queries: Vec<Query<'a, T::Answer>>,
) -> Vec<Conversation<'a, T>> {
    queries.into_iter().map(|query| Conversation::new(task, item, query)).collect()
}

/// The conversations about all queries of an item, side by side.
struct Conversations<'a, T: LlmTask> {
    task: &'a AsksModel<T>,
    item: &'a Item<'a>,
    so_far: Judgment,
    /// Tokens of the trace in one question: the task's own number, less where that overflows the context.
    room: usize,
    parts: Vec<Conversation<'a, T>>,
    merge: Option<Merge<'a, T::Answer>>,
}

impl<T: LlmTask> Dialogue<Findings> for Conversations<'_, T> {
    fn next(&mut self, replies: &Replies) -> Next<Findings> {
        let overflows =
            |reply: &Result<ChatReply, CallError>| matches!(reply, Err(CallError::ContextTooLong { .. }));
        if replies.iter().any(overflows) && self.with_less_room() {
            return self.next(&[]);
        }
        let waiting = self.parts.iter_mut().filter(|part| part.asked > 0 && matches!(part.end, End::Open(_)));
        waiting.zip(replies).for_each(|(part, reply)| part.hear(reply));
        let questions: Vec<Question> = self.parts.iter_mut().filter_map(Conversation::question).collect();
        if questions.is_empty() { Next::Done(self.conclude()) } else { Next::Ask(questions) }
    }
}

impl<T: LlmTask> Conversations<'_, T> {
    /// Begins anew with half the room, or so little that it makes a difference; `false` if nothing can be gained.
    fn with_less_room(&mut self) -> bool {
        let mut room = self.room / 2;
        while room >= LEAST_ROOM {
            let Plan::Ask(queries, merge) = self.task.task.plan(self.item, &self.so_far, room) else {
                return false;
            };
            let parts = conversations(self.task, self.item, queries);
            if parts.iter().map(|part| &part.values).ne(self.parts.iter().map(|part| &part.values)) {
                (self.room, self.parts, self.merge) = (room, parts, Some(merge));
                return true;
            }
            room /= 2;
        }
        false
    }

    fn conclude(&mut self) -> Findings {
        let judge = self.task.judge();
        let queries = self.parts.len();
        let (mut answers, mut words) = (Vec::new(), Vec::new());
        for (index, part) in std::mem::take(&mut self.parts).into_iter().enumerate() {
            match part.end {
                End::Read(answer, raw) => {
                    answers.push(answer);
                    words.push(raw);
                }
                End::Failed(reason, raw) => return failed::<T>(&judge, placed(reason, index, queries), raw),
                End::Open(_) => {
                    return failed::<T>(&judge, "a question was left without a reply".into(), None);
                }
            }
        }
        let Some(merge) = self.merge.take() else { return Findings::default() };
        findings::<T>(&judge, merge(answers), Some(words.join("\n\n")))
    }
}

fn placed(reason: String, index: usize, queries: usize) -> String {
    if queries == 1 { reason } else { format!("part {} of {queries}: {reason}", index + 1) }
}

fn failed<T: LlmTask>(judge: &str, reason: String, raw: Option<String>) -> Findings {
    let mut findings = Findings::failed(T::COLUMNS, judge, reason);
    findings.ends.iter_mut().for_each(|(_, note)| note.raw.clone_from(&raw));
    findings
}

/// Columns with the notes that belong to them.
pub(super) fn findings<T: LlmTask>(judge: &str, outcome: Outcome, raw: Option<String>) -> Findings {
    let Outcome { found, mut ends } = outcome;
    if ends.is_empty() {
        ends.push((T::COLUMNS, None));
    }
    let noted = |(columns, trouble): (Columns, Option<String>)| {
        let state = if trouble.is_some() { state::FAILED } else { state::DONE };
        (columns, tables::TaskNote { raw: raw.clone(), ..note(columns.task, judge, state, trouble) })
    };
    Findings { ends: ends.into_iter().map(noted).collect(), found, tree: None }
}
