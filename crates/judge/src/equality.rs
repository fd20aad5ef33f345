//! Whether the final answer is the right one, asked of a model where the answer engine cannot tell.

use std::path::{Path, PathBuf};

use answer::{Policy, Verdict};
use chat::{ChatRequest, Dialogue, Endpoint, Message, Next, Question, Replies, Sampling, shifted, then};
use plugin::{Component, Configured, Content, Fault, Faults, Registry, Value, entry};
use prompt::{Prompt, Text, context};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tables::{Judgment, Problem, TaskNote};

use crate::{Item, Judge};

/// The key of a judge's table that switches it on.
pub(crate) const KEY: &str = "equality";
const PROMPT: &str = include_str!("../prompts/equality/equal.txt");

static KINDS: Registry<Equality> = Registry::new("equality judge", &[entry::<Config>()]);

/// Where and how to ask.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
struct Config {
    /// Where to ask.
    #[serde(flatten)]
    endpoint: Endpoint,
    /// How the reply is drawn; the temperature is 0 unless set.
    #[serde(flatten)]
    sampling: Sampling,
    /// A file with another question, as a minijinja template over `problem`, `choices`, `letters`, `gold` and
    /// `given`; it must ask for yes or no in `\boxed{}`.
    #[serde(default)]
    prompt_file: Option<PathBuf>,
}

impl Component for Config {
    const KIND: &'static str = "llm";
    const ABOUT: &'static str = "asks a model whether two answers are the same";
    const EXECUTION_KEYS: &'static [&'static str] = chat::execution_keys!("prompt_file");
    type Built = Equality;

    fn build(self, content: &mut Content) -> Result<Box<Equality>, Faults> {
        if self.endpoint.model.is_empty() {
            return Err(Fault::new("model", "must name the model that judges").into());
        }
        let prompt = load(self.prompt_file.as_deref(), content)?;
        let sampling = Sampling { temperature: self.sampling.temperature.or(Some(0.0)), ..self.sampling };
        Ok(Box::new(Equality { endpoint: self.endpoint, sampling, prompt }))
    }
}

/// The built-in question, or the one in `file`.
fn load(file: Option<&Path>, content: &mut Content) -> Result<Prompt, Fault> {
    let prompt = Prompt::new("equal.txt", Text::file_or(file, PROMPT)?, content)?;
    let example = Problem { gold: vec!["5".into()], choices: vec!["5".into()], ..Problem::default() };
    prompt.try_out(&values(&example, "5"))?;
    Ok(prompt)
}

fn values(problem: &Problem, given: &str) -> prompt::Value {
    let gold = &problem.gold;
    context! { given, gold, ..prompt::about(problem) }
}

/// The same judge; where its table says so, it asks about answers that the answer engine cannot compare.
/// `equality = true` asks the judge's own model.
pub(crate) fn added(
    judge: Configured<dyn Judge>,
    equality: Option<&Value>,
    path: &str,
) -> Result<Configured<dyn Judge>, Faults> {
    let path = format!("{path}.{KEY}");
    let mut table = match equality {
        None | Some(Value::Bool(false)) => return Ok(judge),
        Some(Value::Bool(true)) => own_endpoint(judge.built.as_ref(), &path)?,
        Some(table @ Value::Object(_)) => table.clone(),
        Some(_) => return Err(Fault::new(path, "expected true, false or a table").into()),
    };
    if let Some(keys) = table.as_object_mut() {
        keys.insert("kind".to_owned(), json!(Config::KIND));
    }
    let equality = KINDS.build(&table, &path)?;
    let mut identity = judge.identity;
    if let Some(keys) = identity.as_object_mut() {
        keys.insert(KEY.to_owned(), equality.identity);
    }
    let built = Box::new(Both { judge: judge.built, equality: *equality.built });
    Ok(Configured { built, kind: judge.kind, identity })
}

/// The first endpoint of the judge itself, as a table.
fn own_endpoint(judge: &dyn Judge, path: &str) -> Result<Value, Faults> {
    let Some(endpoint) = judge.endpoints().first().copied().cloned() else {
        let fault = Fault::new(path, "this judge asks no model");
        return Err(fault.hint("write a table with a `model` and a `base_url`").into());
    };
    let mut table = serde_json::to_value(endpoint).unwrap_or_default();
    if let Some(keys) = table.as_object_mut() {
        keys.retain(|_, value| !value.is_null());
    }
    Ok(table)
}

/// Compares two answers by a model's word.
struct Equality {
    endpoint: Endpoint,
    sampling: Sampling,
    prompt: Prompt,
}

/// A judge, and who is asked about the final answer behind it.
struct Both {
    judge: Box<dyn Judge>,
    equality: Equality,
}

impl Judge for Both {
    fn name(&self) -> String {
        self.judge.name()
    }

    fn open<'a>(&'a self, item: &'a Item<'a>) -> Box<dyn Dialogue<Judgment> + 'a> {
        let asks = self.judge.endpoints().len();
        let compare = move |judgment| {
            shifted(Compare { equality: &self.equality, item, judgment: Some(judgment) }, asks)
        };
        Box::new(then(self.judge.open(item), compare))
    }

    fn endpoints(&self) -> Vec<&Endpoint> {
        let mut endpoints = self.judge.endpoints();
        endpoints.push(&self.equality.endpoint);
        endpoints
    }

    fn sent_on(&self, judgment: &Judgment) -> Option<bool> {
        self.judge.sent_on(judgment)
    }

    fn needs_gold(&self) -> bool {
        self.judge.needs_gold()
    }
}

/// One question, if there is one; the judgment with its answer.
struct Compare<'a> {
    equality: &'a Equality,
    item: &'a Item<'a>,
    judgment: Option<Judgment>,
}

impl Compare<'_> {
    fn ask(&self) -> Option<Result<Question, String>> {
        let grade = self.item.grade(&Policy::default());
        let given = grade.extracted.filter(|_| grade.verdict == Verdict::Undecided)?;
        let Equality { prompt, sampling, .. } = self.equality;
        let asked = prompt.render(&values(self.item.problem, &given.raw)).map(|text| {
            Question::new(ChatRequest {
                messages: vec![Message::user(text)],
                sampling: sampling.clone(),
                sample: 0,
            })
        });
        Some(asked)
    }

    fn done(&mut self) -> Next<Judgment> {
        Next::Done(self.judgment.take().unwrap_or_default())
    }

    /// The judgment with the model's word, or with the reason why there is none.
    fn told(&mut self, word: Result<bool, String>, raw: Option<String>) -> Next<Judgment> {
        let judge = format!("llm:{}", self.equality.endpoint.model);
        let state = if word.is_ok() { "done" } else { "failed" };
        let (answer_equal, reason) = match word {
            Ok(equal) => (Some(equal), None),
            Err(reason) => (None, Some(reason)),
        };
        let note = TaskNote { task: KEY.to_owned(), judge, state: state.to_owned(), reason, raw };
        if let Some(judgment) = &mut self.judgment {
            judgment.answer_equal = answer_equal;
            judgment.tasks.push(note);
        }
        self.done()
    }
}

impl Dialogue<Judgment> for Compare<'_> {
    fn next(&mut self, replies: &Replies) -> Next<Judgment> {
        match replies {
            [] => match self.ask() {
                None => self.done(),
                Some(Ok(question)) => Next::Ask(vec![question]),
                Some(Err(problem)) => self.told(Err(problem), None),
            },
            [Ok(reply), ..] => self.told(read(&reply.content), Some(reply.content.clone())),
            [Err(error), ..] => self.told(Err(error.reason()), None),
        }
    }
}

/// Reads yes or no out of a box, or a reply that is nothing else.
fn read(reply: &str) -> Result<bool, String> {
    let words = chat::said::after_thinking(reply)?;
    let boxes = chat::said::boxes(words)?;
    let boxes: Vec<&str> = boxes.into_iter().filter(|inside| !inside.trim().is_empty()).collect();
    let said: Vec<&str> = if boxes.is_empty() { vec![words] } else { boxes };
    let said = said.into_iter().map(yes_or_no).collect::<Option<Vec<bool>>>();
    match said.as_deref() {
        Some([first, rest @ ..]) if rest.iter().all(|other| other == first) => Ok(*first),
        Some([_, ..]) => Err("the boxes disagree".to_owned()),
        _ => Err("the reply is neither yes nor no".to_owned()),
    }
}

fn yes_or_no(text: &str) -> Option<bool> {
    let word = text.trim().trim_start_matches("\\text").trim_matches(['{', '}', '*', '.', ' ', '\n', '"']);
    match word.to_ascii_lowercase().as_str() {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
