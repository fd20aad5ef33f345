//! How much the problem demands, seen from the problem and the chain: CD, 0 to 9.

use plugin::{Registry, entry};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tables::Judgment;

use super::TaskEntry;
use crate::Item;
use crate::task::disabled::Disabled;
use crate::task::llm::Llm;
use crate::task::llm_task::{Labels, LlmTask, Plan};
use crate::task::recorded::Recorded;
use crate::task::whole_trace::{self, Long};
use crate::task::{Columns, Task, reading};

pub(crate) const COLUMNS: Columns =
    Columns { task: "difficulty", take: |from, to| to.difficulty = from.difficulty };

pub(super) const ENTRY: TaskEntry = TaskEntry {
    name: COLUMNS.task,
    about: "how much the problem demands of whoever solves it, 0 to 9 in five bands",
    default: None,
    kinds: &KINDS,
};

static KINDS: Registry<dyn Task> = Registry::new(
    "judge of difficulty",
    &[entry::<Llm<Difficulty>>(), entry::<Disabled>(), entry::<Recorded<Difficulty>>()],
);

pub(super) const NAMES: &[&str] = &["difficulty", "cd", "cognitive_difficulty"];

/// A rating that no rule can give.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
struct Difficulty {}

impl LlmTask for Difficulty {
    const COLUMNS: Columns = COLUMNS;
    const ABOUT: &'static str = "asks a model for a rating";
    const QUESTION: &'static str = include_str!("../../prompts/difficulty/question.txt");
    const AGAIN: &'static str = include_str!("../../prompts/difficulty/again.txt");
    type Answer = u32;

    fn plan<'a>(&'a self, item: &'a Item<'a>, _: &Judgment, room: usize) -> Plan<'a, u32> {
        let read = |words: &str, _| reading::rating(words, NAMES, true);
        whole_trace::question(item, room, Long::LosesItsMiddle, read, |difficulty| columns(difficulty).into())
    }

    fn labels(&self, _: &Item<'_>, _: &Judgment, line: &Map<String, Value>) -> Labels {
        let value = line.get(COLUMNS.task)?;
        Some(reading::rating_in(value).map(columns))
    }
}

fn columns(difficulty: u32) -> Box<Judgment> {
    Box::new(Judgment { difficulty: Some(difficulty), ..Judgment::default() })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::task::dry_run::DryRun;

    #[test]
    fn a_rating_is_read_and_what_is_none_fails() {
        let check = |reply: &str, expect: Option<u32>| {
            let (judgment, asked) = DryRun::new(&KINDS, json!({"reasks": 0})).with(&[reply]);
            assert_eq!((judgment.difficulty, asked.len()), (expect, 1), "{reply}");
            let state = if expect.is_some() { "done" } else { "failed" };
            assert_eq!(judgment.tasks[0].state, state, "{reply}");
        };
        check("One addition. {\"difficulty\": 0}", Some(0));
        check("**Difficulty: 3**", Some(3));
        check("Cognitive difficulty: 9", Some(9));
        check("CD: 10", None);
        check("between 3 and 4", None);
    }

    #[test]
    fn labels_are_read() {
        let check = |line: Value, expect: Option<Option<u32>>| {
            let labels =
                Difficulty {}.labels(&DryRun::item(), &Judgment::default(), line.as_object().unwrap());
            assert_eq!(
                labels.map(|columns| columns.ok().and_then(|columns| columns.difficulty)),
                expect,
                "{line}"
            );
        };
        check(json!({"difficulty": 9}), Some(Some(9)));
        check(json!({"difficulty": -1}), Some(None));
        check(json!({"verbosity": 1}), None);
    }
}
