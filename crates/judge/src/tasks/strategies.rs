//! Strategies: the solutions of a trace sorted by their method.

mod reply;

use std::collections::BTreeMap;

use plugin::{Registry, entry};
use prompt::{context, fitted, tokens};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tables::{Judgment, Solution};

use super::TaskEntry;
use crate::Item;
use crate::task::disabled::Disabled;
use crate::task::llm::Llm;
use crate::task::llm_task::{Labels, LlmTask, Plan, Query};
use crate::task::recorded::Recorded;
use crate::task::{Columns, Task};

pub(crate) const COLUMNS: Columns = Columns {
    task: "strategies",
    take: |from, to| {
        let mut strategies = from.solutions.iter().flatten().map(|solution| solution.strategy);
        for solution in to.solutions.iter_mut().flatten() {
            solution.strategy = strategies.next().flatten();
        }
    },
};

pub(super) const ENTRY: TaskEntry = TaskEntry {
    name: COLUMNS.task,
    about: "which solutions follow the same method",
    default: None,
    kinds: &KINDS,
};

static KINDS: Registry<dyn Task> = Registry::new(
    "judge of strategies",
    &[entry::<Llm<Strategies>>(), entry::<Disabled>(), entry::<Recorded<Strategies>>()],
);

/// A solution that is shown with fewer tokens than this says nothing about its method.
const LEAST: usize = 48;

/// Methods that no rule can compare.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
struct Strategies {}

impl LlmTask for Strategies {
    const COLUMNS: Columns = COLUMNS;
    const ABOUT: &'static str = "asks a model to sort the solutions by method";
    const QUESTION: &'static str = include_str!("../../prompts/strategies/question.txt");
    const AGAIN: &'static str = include_str!("../../prompts/strategies/again.txt");
    const AFTER: &'static [&'static str] = &["solutions"];
    type Answer = Vec<u32>;

    fn plan<'a>(&'a self, item: &'a Item<'a>, so_far: &Judgment, room: usize) -> Plan<'a, Vec<u32>> {
        let solutions = match so_far.solutions.as_deref() {
            None => return Plan::Skip("nobody looked for solutions".to_owned()),
            Some([]) => return Plan::Skip("there is no solution".to_owned()),
            Some([_]) => return Plan::Known(columns(vec![0])),
            Some(solutions) => solutions,
        };
        let shown = match shown(item, solutions, room) {
            Ok(shown) => shown,
            Err(reason) => return Plan::Fail(reason),
        };
        let total = solutions.len();
        let values = context! { solutions => shown, total };
        let read = move |words: &str, _| reply::parse(words, total).map(|groups| by_first_use(&groups));
        let query = Query { values, read: Box::new(read) };
        Plan::Ask(vec![query], Box::new(|told| columns(told.concat()).into()))
    }

    fn labels(&self, _: &Item<'_>, so_far: &Judgment, line: &Map<String, Value>) -> Labels {
        let groups = reply::labels(line)?;
        Some(groups.and_then(|groups| {
            let ours = so_far.solutions.as_deref().ok_or("nobody looked for solutions")?;
            groups.matching(ours).map(|groups| columns(by_first_use(&groups)))
        }))
    }
}

fn columns(strategies: Vec<u32>) -> Box<Judgment> {
    let solution = |strategy| Solution { strategy: Some(strategy), ..Solution::default() };
    let solutions = Some(strategies.into_iter().map(solution).collect());
    Box::new(Judgment { solutions, ..Judgment::default() })
}

/// Groups renumbered from 0 in the order in which the solutions first use them.
fn by_first_use(groups: &[u32]) -> Vec<u32> {
    let mut numbers: BTreeMap<u32, u32> = BTreeMap::new();
    let number = |group: &u32| {
        let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
        *numbers.entry(*group).or_insert(next)
    };
    groups.iter().map(number).collect()
}

/// The text of each solution, from behind the one before to its own end; the longest lose their middle where all
/// together take more than `room` tokens.
fn shown(item: &Item<'_>, solutions: &[Solution], room: usize) -> Result<Vec<String>, String> {
    let mut next = 0;
    let mut pieces = Vec::new();
    for solution in solutions {
        let steps = item.steps.get(next..=solution.end as usize).unwrap_or_default();
        let (Some(first), Some(last)) = (steps.first(), steps.last()) else {
            return Err(format!(
                "a solution ends in step {}, which does not exist behind the one before",
                solution.end
            ));
        };
        let text = item.generation.thought().get(first.start as usize..last.end as usize);
        let text = text.ok_or("the steps are not those of this thinking")?;
        pieces.push((text, tokens(text, steps.iter().map(|step| step.tokens).sum())));
        next = solution.end as usize + 1;
    }
    let most = cap(pieces.iter().map(|(_, size)| *size).collect(), room);
    if most < LEAST && pieces.iter().any(|(_, size)| *size > most) {
        let count = pieces.len();
        return Err(format!("{count} solutions do not fit into a question of `window_tokens` = {room}"));
    }
    Ok(pieces.into_iter().map(|(text, size)| fitted(text, size, most)).collect())
}

/// The largest size to which the pieces have to be cut so that all together they fit.
fn cap(mut sizes: Vec<usize>, room: usize) -> usize {
    sizes.sort_unstable();
    let mut left = room;
    for (index, size) in sizes.iter().enumerate() {
        let share = left / (sizes.len() - index);
        if *size > share {
            return share;
        }
        left -= size;
    }
    usize::MAX
}

#[cfg(test)]
mod tests;
