//! Rounds of solution: where each ends, which answer it reaches, whether that is right, whether it was derived.

mod reply;

use answer::{Policy, compare};
use chat::Dialogue;
use plugin::{Component, ConfigErrors, Content, Registry, entry};
use prompt::{Run, context, fitted, runs, tokens};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tables::{Judgment, Solution};

use super::TaskEntry;
use crate::Item;
use crate::judges::rule::Rule;
use crate::task::disabled::Disabled;
use crate::task::llm::Llm;
use crate::task::llm_task::{Labels, LlmTask, Plan, Query};
use crate::task::recorded::Recorded;
use crate::task::{Columns, Findings, Task};

pub(crate) const COLUMNS: Columns =
    Columns { task: "solutions", take: |from, to| to.solutions = from.solutions.take() };

pub(super) const ENTRY: TaskEntry = TaskEntry {
    name: COLUMNS.task,
    about: "rounds of solution with their answers, by rule unless said otherwise",
    default: Some("rule"),
    kinds: &KINDS,
};

static KINDS: Registry<dyn Task> = Registry::new(
    "judge of solutions",
    &[entry::<Llm<Solutions>>(), entry::<Disabled>(), entry::<Recorded<Solutions>>(), entry::<ByRule>()],
);

/// Steps of the window before that a window shows once more.
const CONTEXT: usize = 2;

/// A round ends with a step that asserts the known or the model's own answer, or claims some other one. Rounds that the
/// judge of the first step has told stay as they are; what they lack of answers is filled in.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
struct ByRule {
    /// The keys of the judge `rule`.
    #[serde(flatten)]
    rule: Rule,
}

impl Component for ByRule {
    const KIND: &'static str = "rule";
    const ABOUT: &'static str = "takes the rounds that the judge `rule` sees, without a model";
    const VERSION: u32 = Rule::VERSION;
    type Built = dyn Task;

    fn build(self, content: &mut Content) -> Result<Box<dyn Task>, ConfigErrors> {
        self.rule.clone().build(content)?;
        Ok(Box::new(self))
    }
}

impl Task for ByRule {
    fn task(&self) -> &'static str {
        COLUMNS.task
    }

    fn judge(&self) -> String {
        Self::KIND.to_owned()
    }

    fn open<'a>(&'a self, item: &'a Item<'a>, so_far: &Judgment) -> Box<dyn Dialogue<Findings> + 'a> {
        let solutions = match &so_far.solutions {
            Some(told) => Ok(answered(&self.rule, item, told.clone())),
            None => self.rule.solutions(item),
        };
        Box::new(chat::done(match solutions {
            Ok(solutions) => Findings::done(COLUMNS, Self::KIND, columns(solutions)),
            Err(spent) => Findings::failed(COLUMNS, Self::KIND, spent.to_string()),
        }))
    }
}

fn columns(solutions: Vec<Solution>) -> Box<Judgment> {
    Box::new(Judgment { solutions: Some(solutions), ..Judgment::default() })
}

/// The rules' word where nobody said which answer a round reaches; what they cannot read stays unknown.
fn answered(rule: &Rule, item: &Item<'_>, mut solutions: Vec<Solution>) -> Vec<Solution> {
    if solutions.iter().all(|solution| solution.answer.is_some()) {
        return solutions;
    }
    let ends: Vec<u32> = solutions.iter().map(|solution| solution.end).collect();
    let ruled = rule.solutions_at(item, &ends).into_iter().flatten();
    for (solution, ruled) in solutions.iter_mut().zip(ruled) {
        if solution.answer.is_none() {
            solution.answer = ruled.answer;
            solution.correct = solution.correct.or(ruled.correct);
        }
    }
    solutions
}

/// The keys of a model that finds the rounds.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
struct Solutions {
    /// What counts as the same answer.
    policy: Policy,
}

impl LlmTask for Solutions {
    const COLUMNS: Columns = COLUMNS;
    const ABOUT: &'static str =
        "asks a model for the rounds, their answers, and which only repeat a conclusion";
    const QUESTION: &'static str = include_str!("../../prompts/solutions/question.txt");
    const AGAIN: &'static str = include_str!("../../prompts/solutions/again.txt");
    type Answer = Vec<Solution>;

    fn plan<'a>(&'a self, item: &'a Item<'a>, _: &Judgment, room: usize) -> Plan<'a, Vec<Solution>> {
        let sizes: Vec<usize> =
            item.steps.iter().zip(item.step_texts()).map(|(step, text)| tokens(text, step.tokens)).collect();
        let queries = runs(&sizes, room, usize::MAX, CONTEXT).into_iter();
        let queries = queries.map(|run| query(item, &sizes, run, room)).collect();
        Plan::Ask(queries, Box::new(move |told| columns(self.merged(item, told.concat())).into()))
    }

    fn labels(&self, item: &Item<'_>, _: &Judgment, line: &Map<String, Value>) -> Labels {
        let value = line.get(COLUMNS.task)?;
        let told = match value.as_array() {
            Some(items) => reply::solutions(items, &(0..item.steps.len())),
            None => Err(format!("`solutions` is {value}; expected a list")),
        };
        Some(told.map(|told| columns(self.completed(item, told))))
    }
}

fn query<'a>(item: &'a Item<'a>, sizes: &[usize], run: Run, room: usize) -> Query<'a, Vec<Solution>> {
    let step = |index: usize| {
        let text = fitted(item.step_text(index), sizes[index], room);
        context! { index, text }
    };
    let Run { shown, asked } = run;
    let before: Vec<prompt::Value> = (shown.start..asked.start).map(step).collect();
    let steps: Vec<prompt::Value> = asked.clone().map(step).collect();
    let (total, first, last) = (item.steps.len(), asked.start, asked.end.saturating_sub(1));
    let values = context! { total, first, last, context => before, steps };
    Query { values, read: Box::new(move |words, _| reply::parse(words, &asked)) }
}

impl Solutions {
    /// What a model told: tails that only repeat a conclusion belong to the round before.
    fn merged(&self, item: &Item<'_>, told: Vec<Solution>) -> Vec<Solution> {
        let mut rounds: Vec<Solution> = Vec::new();
        for solution in self.completed(item, told) {
            match rounds.last_mut() {
                Some(before) if solution.complete == Some(false) && self.same(before, &solution) => {
                    before.end = solution.end;
                }
                _ => rounds.push(solution),
            }
        }
        rounds
    }

    /// With answers by rule where none were told, and compared with the known one.
    fn completed(&self, item: &Item<'_>, told: Vec<Solution>) -> Vec<Solution> {
        let mut solutions = answered(&Rule::with(self.policy.clone()), item, told);
        for solution in &mut solutions {
            solution.correct = solution.correct.or_else(|| {
                item.is_known(solution.answer.as_deref()?, &self.policy, &answer::Work::unbounded())
            });
        }
        solutions
    }

    /// A tail without an answer, or with the one of the round before. A conclusion that says something else stays.
    fn same(&self, before: &Solution, tail: &Solution) -> bool {
        match (&before.answer, &tail.answer) {
            (Some(one), Some(other)) => one == other || compare(one, other, &self.policy).is_equal(),
            _ => true,
        }
    }
}

#[cfg(test)]
mod labelled;
#[cfg(test)]
mod tests;
