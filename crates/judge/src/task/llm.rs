//! A task that a model does: the same conversation for every [`Form`].

use std::path::{Path, PathBuf};

use chat::{
    CallError, ChatReply, ChatRequest, Dialogue, Endpoint, Message, Next, Question, Replies, Sampling,
};
use plugin::{Component, Content, Fault, Faults};
use prompt::{Prompts, Value, context};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tables::{Generation, Judgment, Problem, Solution, Step};

use super::form::{Form, Outcome, Page, Plan, Read};
use super::{Findings, Task, note, reading, state};
use crate::Item;

/// Asks a model.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(bound = "")]
#[schemars(bound = "F: JsonSchema")]
pub(crate) struct Llm<F: Form> {
    /// Where to ask.
    #[serde(flatten)]
    endpoint: Endpoint,
    /// How replies are drawn; the temperature is 0 unless set.
    #[serde(flatten)]
    sampling: Sampling,
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
    form: F,
}

fn once() -> u32 {
    1
}

fn roomy() -> usize {
    20_000
}

/// Whoever takes less than this has no room for a trace.
const LEAST_ROOM: usize = 64;

impl<F: Form> Component for Llm<F> {
    const KIND: &'static str = "llm";
    const ABOUT: &'static str = F::ABOUT;
    const VERSION: u32 = F::VERSION;
    const EXECUTION_KEYS: &'static [&'static str] = chat::execution_keys!("prompt_file");
    type Built = dyn Task;

    fn build(self, content: &mut Content) -> Result<Box<dyn Task>, Faults> {
        if self.endpoint.model.is_empty() {
            return Err(Fault::new("model", "must name the model that judges").into());
        }
        let faults = self.form.faults();
        if !faults.is_empty() {
            return Err(Faults(faults));
        }
        let Self { endpoint, sampling, prompt_file, reasks, window_tokens, form } = self;
        form.note(content);
        let prompts = load(&form, prompt_file.as_deref(), content)?;
        let temperature = sampling.temperature.or(Some(0.0));
        let sampling = Sampling { temperature, ..sampling };
        Ok(Box::new(LlmTask { endpoint, sampling, prompts, reasks, room: window_tokens, form }))
    }
}

/// The built-in question, or the one in `file`.
fn load<F: Form>(form: &F, file: Option<&Path>, content: &mut Content) -> Result<Prompts, Fault> {
    let prompts = Prompts::load(("question.txt", F::QUESTION), F::AGAIN, file, content)?;
    let problem = Problem { gold: vec!["5".into()], choices: vec!["5".into()], ..Problem::default() };
    let generation = Generation {
        reasoning: "5. Alternatively, 5.".into(),
        answer_text: "5".into(),
        ..Generation::default()
    };
    let steps = [Step { start: 0, end: 2, tokens: 1 }, Step { start: 3, end: 20, tokens: 1 }];
    let solutions = Some(vec![Solution::ending_at(0), Solution::ending_at(1)]);
    let so_far = Judgment { solutions, ..Judgment::default() };
    let item = Item { problem: &problem, generation: &generation, steps: &steps };
    if let Plan::Ask(pages, _) = form.plan(&item, &so_far, roomy()) {
        pages.iter().try_for_each(|page| prompts.try_out(&shown(&item, &page.values)))?;
    }
    Ok(prompts)
}

/// What a page shows, and the problem.
fn shown(item: &Item<'_>, page: &Value) -> Value {
    context! { ..page.clone(), ..item.values() }
}

struct LlmTask<F> {
    endpoint: Endpoint,
    sampling: Sampling,
    prompts: Prompts,
    reasks: u32,
    /// Tokens of a trace in one question.
    room: usize,
    form: F,
}

impl<F: Form> Task for LlmTask<F> {
    fn task(&self) -> &'static str {
        F::TASK
    }

    fn judge(&self) -> String {
        format!("llm:{}", self.endpoint.model)
    }

    fn after(&self) -> &'static [&'static str] {
        F::AFTER
    }

    fn open<'a>(&'a self, item: &'a Item<'a>, so_far: &Judgment) -> Box<dyn Dialogue<Findings> + 'a> {
        let judge = self.judge();
        match self.form.plan(item, so_far, self.room) {
            Plan::Known(columns) => Box::new(chat::done(Findings::done(F::TASK, &judge, columns))),
            Plan::Skip(reason) => Box::new(chat::done(Findings::skipped(F::TASK, &judge, reason))),
            Plan::Fail(reason) => Box::new(chat::done(Findings::failed(F::TASK, &judge, reason))),
            Plan::Ask(pages, merge) => {
                let talks = talks(self, item, pages);
                let so_far = so_far.clone();
                Box::new(Talks { task: self, item, so_far, room: self.room, talks, merge: Some(merge) })
            }
        }
    }

    fn endpoints(&self) -> Vec<&Endpoint> {
        vec![&self.endpoint]
    }
}

/// The conversation about one page.
struct Talk<'a, F: Form> {
    task: &'a LlmTask<F>,
    values: Value,
    read: Read<'a, F::Answer>,
    asked: u32,
    end: End<F::Answer>,
}

enum End<T> {
    /// This is asked next, or has been.
    Open(Vec<Message>),
    Read(T, String),
    Failed(String, Option<String>),
}

impl<'a, F: Form> Talk<'a, F> {
    fn new(task: &'a LlmTask<F>, item: &'a Item<'a>, page: Page<'a, F::Answer>) -> Self {
        let Page { values, read } = page;
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
        Some(Question::new(ChatRequest { messages, sampling, sample: 0 }))
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
            Err(reason) => {
                let reason = prompt::unreadable(reason, reply);
                let again = || self.task.prompts.ask_again(&self.values, &raw, &reason).ok();
                let again = if last { None } else { again() };
                again.map_or_else(|| End::Failed(reason, Some(raw)), End::Open)
            }
        };
    }
}

/// What follows from the answers to all pages.
type Merge<'a, T> = Box<dyn FnOnce(Vec<T>) -> Outcome + Send + 'a>;

fn talks<'a, F: Form>(
    task: &'a LlmTask<F>,
    item: &'a Item<'a>,
    pages: Vec<Page<'a, F::Answer>>,
) -> Vec<Talk<'a, F>> {
    pages.into_iter().map(|page| Talk::new(task, item, page)).collect()
}

/// The conversations about all pages of an item, side by side.
struct Talks<'a, F: Form> {
    task: &'a LlmTask<F>,
    item: &'a Item<'a>,
    so_far: Judgment,
    /// Tokens of the trace in one question: the task's own number, less where that overflows the context.
    room: usize,
    talks: Vec<Talk<'a, F>>,
    merge: Option<Merge<'a, F::Answer>>,
}

impl<F: Form> Dialogue<Findings> for Talks<'_, F> {
    fn next(&mut self, replies: &Replies) -> Next<Findings> {
        let overflows =
            |reply: &Result<ChatReply, CallError>| matches!(reply, Err(CallError::ContextTooLong { .. }));
        if replies.iter().any(overflows) && self.with_less_room() {
            return self.next(&[]);
        }
        let waiting = self.talks.iter_mut().filter(|talk| talk.asked > 0 && matches!(talk.end, End::Open(_)));
        waiting.zip(replies).for_each(|(talk, reply)| talk.hear(reply));
        let questions: Vec<Question> = self.talks.iter_mut().filter_map(Talk::question).collect();
        if questions.is_empty() { Next::Done(self.conclude()) } else { Next::Ask(questions) }
    }
}

impl<F: Form> Talks<'_, F> {
    /// Begins anew with half the room, or so little that it makes a difference; `false` if nothing can be gained.
    fn with_less_room(&mut self) -> bool {
        let mut room = self.room / 2;
        while room >= LEAST_ROOM {
            let Plan::Ask(pages, merge) = self.task.form.plan(self.item, &self.so_far, room) else {
                return false;
            };
            let talks = talks(self.task, self.item, pages);
            if talks.iter().map(|talk| &talk.values).ne(self.talks.iter().map(|talk| &talk.values)) {
                (self.room, self.talks, self.merge) = (room, talks, Some(merge));
                return true;
            }
            room /= 2;
        }
        false
    }

    fn conclude(&mut self) -> Findings {
        let judge = self.task.judge();
        let pages = self.talks.len();
        let (mut answers, mut words) = (Vec::new(), Vec::new());
        for (index, talk) in std::mem::take(&mut self.talks).into_iter().enumerate() {
            match talk.end {
                End::Read(answer, raw) => {
                    answers.push(answer);
                    words.push(raw);
                }
                End::Failed(reason, raw) => return failed::<F>(&judge, placed(reason, index, pages), raw),
                End::Open(_) => {
                    return failed::<F>(&judge, "a question was left without a reply".into(), None);
                }
            }
        }
        let Some(merge) = self.merge.take() else { return Findings::default() };
        findings::<F>(&judge, merge(answers), Some(words.join("\n\n")))
    }
}

fn placed(reason: String, index: usize, pages: usize) -> String {
    if pages == 1 { reason } else { format!("part {} of {pages}: {reason}", index + 1) }
}

fn failed<F: Form>(judge: &str, reason: String, raw: Option<String>) -> Findings {
    let mut findings = Findings::failed(F::TASK, judge, reason);
    findings.notes.iter_mut().for_each(|note| note.raw.clone_from(&raw));
    findings
}

/// Columns with the notes that belong to them.
pub(super) fn findings<F: Form>(judge: &str, outcome: Outcome, raw: Option<String>) -> Findings {
    let Outcome { columns, mut ends } = outcome;
    if ends.is_empty() {
        ends.push((F::TASK, None));
    }
    let told = |(task, trouble): (&str, Option<String>)| {
        let state = if trouble.is_some() { state::FAILED } else { state::DONE };
        tables::TaskNote { raw: raw.clone(), ..note(task, judge, state, trouble) }
    };
    Findings { notes: ends.into_iter().map(told).collect(), columns }
}
