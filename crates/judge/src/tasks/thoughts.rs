//! Thoughts: the thinking cut where a marker announces another approach; which of these are genuine, and how promising.

use std::sync::OnceLock;

use answer::switches::{self, Matcher};
use chat::Dialogue;
use plugin::{Component, ConfigError, ConfigErrors, Content, Registry, entry};
use prompt::{Run, context, fitted, runs, tokens};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tables::{JudgeState, Judgment, Step, Thought};

use super::TaskEntry;
use crate::Item;
use crate::task::disabled::Disabled;
use crate::task::llm::Llm;
use crate::task::llm_task::{Labels, LlmTask, Plan, Query};
use crate::task::recorded::Recorded;
use crate::task::{Columns, Findings, Task};

mod reply;

use reply::Said;

pub(crate) const COLUMNS: Columns =
    Columns { task: "thoughts", take: |from, to| to.thoughts = from.thoughts.take() };

pub(super) const ENTRY: TaskEntry = TaskEntry {
    name: COLUMNS.task,
    about: "thoughts between changes of approach, by rule unless said otherwise",
    default: Some("rule"),
    kinds: &KINDS,
};

static KINDS: Registry<dyn Task> = Registry::new(
    "judge of thoughts",
    &[entry::<Llm<Thoughts>>(), entry::<Disabled>(), entry::<Recorded<Thoughts>>(), entry::<ByRule>()],
);

/// More thoughts than this are not asked about at once: a model loses count.
const MOST: usize = 60;

/// Where thoughts begin. The markers are those that `[score]` counts as thought switches.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
struct Markers {
    /// Lists of markers to cut at, see `thinkmeter list cues`: one a language, and some for families of models.
    sets: Vec<String>,
    /// Further markers.
    add: Vec<String>,
    /// Markers of these lists that do not count.
    remove: Vec<String>,
    #[serde(skip)]
    matcher: OnceLock<Result<Matcher, String>>,
}

impl Default for Markers {
    fn default() -> Self {
        let sets = vec!["english".to_owned(), "chinese".to_owned()];
        Self { sets, add: vec![], remove: vec![], matcher: OnceLock::new() }
    }
}

impl Markers {
    fn matcher(&self) -> Result<&Matcher, String> {
        let built = || Matcher::new(&switches::markers(&self.sets, &self.add, &self.remove));
        self.matcher.get_or_init(built).as_ref().map_err(Clone::clone)
    }

    fn faults(&self) -> Vec<ConfigError> {
        let known: Vec<&str> = switches::SETS.iter().map(|(name, _)| *name).collect();
        let strange = self.sets.iter().enumerate().filter(|(_, set)| !known.contains(&set.as_str()));
        let mut faults: Vec<ConfigError> = strange
            .map(|(at, set)| ConfigError::unknown(format!("sets[{at}]"), "marker list", set, &known))
            .collect();
        faults.extend(self.matcher().err().map(|why| ConfigError::new("add", why)));
        faults
    }

    /// Notes the lists that are in use.
    fn note(&self, content: &mut Content) {
        for (name, text) in switches::SETS.iter().filter(|(name, _)| self.sets.iter().any(|set| set == name))
        {
            content.note(format!("switches/{name}.txt"), *text);
        }
    }

    /// The thoughts of an item: the first begins where the thinking does, each other one with its marker.
    fn cut(&self, item: &Item<'_>, so_far: &Judgment) -> Result<Vec<Thought>, String> {
        let text = item.generation.thought();
        if text.trim().is_empty() {
            return Ok(vec![]);
        }
        let opening = text.len() - text.trim_start().len();
        let mut thoughts = vec![Thought::default()];
        // A marker at the very start is no change of anything.
        for span in self.matcher()?.find(text).into_iter().filter(|span| span.start > opening) {
            let start = u32::try_from(span.start).map_err(|_| "the thinking is too long".to_owned())?;
            let (step, marker) = (step_at(item.steps, start), Some(text[span].to_owned()));
            thoughts.push(Thought { start, step, marker, ..Thought::default() });
        }
        Ok(arrived(thoughts, item.steps, so_far))
    }
}

/// The step in which a byte stands, or the one before the separator in which it does.
fn step_at(steps: &[Step], at: u32) -> u32 {
    let behind = steps.partition_point(|step| step.start <= at);
    u32::try_from(behind.saturating_sub(1)).unwrap_or(u32::MAX)
}

/// Says which thoughts reach the right answer: the one in which the first correct step ends, and later ones in which
/// another correct solution does. Nothing is said where the judge could not tell.
fn arrived(mut thoughts: Vec<Thought>, steps: &[Step], judgment: &Judgment) -> Vec<Thought> {
    let first = judgment.step.and_then(|step| steps.get(step as usize)).map(last_byte);
    let arrivals: Vec<u32> = match (judgment.state, first) {
        (JudgeState::Absent, _) => vec![],
        (JudgeState::Found, Some(first)) => {
            let right = judgment.solutions.iter().flatten().filter(|solution| solution.correct == Some(true));
            let later = right.filter_map(|solution| steps.get(solution.end as usize)).map(last_byte);
            std::iter::once(first).chain(later.filter(|at| *at > first)).collect()
        }
        _ => return thoughts,
    };
    let starts: Vec<u32> = thoughts.iter().map(|thought| thought.start).collect();
    thoughts.iter_mut().for_each(|thought| thought.correct = Some(false));
    for at in arrivals {
        let thought = starts.partition_point(|start| *start <= at).saturating_sub(1);
        thoughts[thought].correct = Some(true);
    }
    thoughts
}

fn last_byte(step: &Step) -> u32 {
    step.end.saturating_sub(1)
}

fn columns(thoughts: Vec<Thought>) -> Box<Judgment> {
    Box::new(Judgment { thoughts: Some(thoughts), ..Judgment::default() })
}

/// Cuts at the markers. Whether a marker is genuine a rule cannot tell, so it does not say.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
struct ByRule {
    /// Where to cut.
    #[serde(flatten)]
    markers: Markers,
}

impl Component for ByRule {
    const KIND: &'static str = "rule";
    const ABOUT: &'static str = "cuts the thinking at the markers of a switch, without a model";
    type Built = dyn Task;

    fn build(self, content: &mut Content) -> Result<Box<dyn Task>, ConfigErrors> {
        self.markers.note(content);
        let faults = self.markers.faults();
        if faults.is_empty() { Ok(Box::new(self)) } else { Err(ConfigErrors(faults)) }
    }
}

impl Task for ByRule {
    fn task(&self) -> &'static str {
        COLUMNS.task
    }

    fn judge(&self) -> String {
        Self::KIND.to_owned()
    }

    fn after(&self) -> &'static [&'static str] {
        Thoughts::AFTER
    }

    fn open<'a>(&'a self, item: &'a Item<'a>, so_far: &Judgment) -> Box<dyn Dialogue<Findings> + 'a> {
        let findings = match self.markers.cut(item, so_far) {
            Ok(thoughts) => Findings::done(COLUMNS, Self::KIND, columns(thoughts)),
            Err(reason) => Findings::failed(COLUMNS, Self::KIND, reason),
        };
        Box::new(chat::done(findings))
    }
}

/// A model that looks at the thoughts of the rule.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
struct Thoughts {
    /// Where to cut.
    #[serde(flatten)]
    markers: Markers,
}

impl LlmTask for Thoughts {
    const COLUMNS: Columns = COLUMNS;
    const ABOUT: &'static str = "asks a model which markers are genuine and how promising each thought is";
    const QUESTION: &'static str = include_str!("../../prompts/thoughts/question.txt");
    const AGAIN: &'static str = include_str!("../../prompts/thoughts/again.txt");
    const AFTER: &'static [&'static str] = &["solutions"];
    type Answer = Vec<Said>;

    fn faults(&self) -> Vec<ConfigError> {
        self.markers.faults()
    }

    fn note(&self, content: &mut Content) {
        self.markers.note(content);
    }

    fn plan<'a>(&'a self, item: &'a Item<'a>, so_far: &Judgment, room: usize) -> Plan<'a, Vec<Said>> {
        let thoughts = match self.markers.cut(item, so_far) {
            Ok(thoughts) if thoughts.is_empty() => return Plan::Skip("there is no thinking".to_owned()),
            Ok(thoughts) => thoughts,
            Err(reason) => return Plan::Fail(reason),
        };
        let texts = texts(item, &thoughts);
        let sizes: Vec<usize> = texts.iter().map(|text| tokens(text, 0)).collect();
        let queries =
            runs(&sizes, room, MOST, 1).into_iter().map(|run| query(&texts, &sizes, run, room)).collect();
        Plan::Ask(queries, Box::new(move |said| columns(completed(thoughts, said.concat())).into()))
    }

    fn labels(&self, item: &Item<'_>, so_far: &Judgment, line: &Map<String, Value>) -> Labels {
        let value = line.get(COLUMNS.task)?;
        let thoughts = reply::labels(value, item.generation.thought());
        Some(thoughts.map(|thoughts| {
            let known = thoughts.iter().any(|thought| thought.correct.is_some());
            let placed = thoughts
                .into_iter()
                .map(|thought| Thought { step: step_at(item.steps, thought.start), ..thought });
            let placed: Vec<Thought> = placed.collect();
            columns(if known { placed } else { arrived(placed, item.steps, so_far) })
        }))
    }
}

/// The text of each thought.
fn texts<'a>(item: &Item<'a>, thoughts: &[Thought]) -> Vec<&'a str> {
    let text = item.generation.thought();
    let ends = thoughts.iter().skip(1).map(|next| next.start as usize).chain([text.len()]);
    let spans = thoughts.iter().map(|thought| thought.start as usize).zip(ends);
    spans.map(|(start, end)| text.get(start..end).unwrap_or_default()).collect()
}

fn query<'a>(texts: &[&str], sizes: &[usize], run: Run, room: usize) -> Query<'a, Vec<Said>> {
    let thought = |index: usize| {
        let text = fitted(texts[index], sizes[index], room);
        context! { index, text }
    };
    let Run { shown, asked } = run;
    let before: Vec<prompt::Value> = (shown.start..asked.start).map(thought).collect();
    let thoughts: Vec<prompt::Value> = asked.clone().map(thought).collect();
    let (total, first, last) = (texts.len(), asked.start, asked.end.saturating_sub(1));
    let values = context! { total, first, last, context => before, thoughts };
    Query { values, read: Box::new(move |words, _| reply::parse(words, &asked)) }
}

/// Thoughts with what was said of them; the first is genuine by definition, for there was none to leave.
fn completed(mut thoughts: Vec<Thought>, said: Vec<Said>) -> Vec<Thought> {
    for (index, (thought, said)) in thoughts.iter_mut().zip(said).enumerate() {
        thought.genuine = Some(said.genuine || index == 0);
        thought.promise = Some(said.promise);
    }
    thoughts
}

#[cfg(test)]
mod tests;
