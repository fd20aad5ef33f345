//! Verbosity, difficulty and validity in one question: a third of the tokens of three questions over the same text.

use plugin::{Registry, entry};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tables::Judgment;

use super::{TaskEntry, difficulty, validity, verbosity};
use crate::Item;
use crate::task::disabled::Disabled;
use crate::task::llm::Llm;
use crate::task::llm_task::{Labels, LlmTask, Outcome, Plan};
use crate::task::whole_trace::{self, Long};
use crate::task::{Columns, Task, reading};

pub(crate) const COLUMNS: Columns = Columns {
    task: "ratings",
    take: |from, to| {
        for columns in DOES {
            (columns.take)(from, to);
        }
    },
};

pub(super) const ENTRY: TaskEntry = TaskEntry {
    name: COLUMNS.task,
    about: "verbosity, difficulty and validity in one question instead of three",
    default: None,
    kinds: &KINDS,
};

static KINDS: Registry<dyn Task> =
    Registry::new("judge of ratings", &[entry::<Llm<Ratings>>(), entry::<Disabled>()]);

/// The tasks whose work it does.
pub(super) const DOES: [Columns; 3] = [difficulty::COLUMNS, validity::COLUMNS, verbosity::COLUMNS];

/// Three tasks over one text.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
struct Ratings {}

/// What can be read of each in a reply.
struct Said {
    difficulty: Result<u32, String>,
    validity: Result<(bool, bool), String>,
    verbosity: Result<u32, String>,
}

impl LlmTask for Ratings {
    const COLUMNS: Columns = COLUMNS;
    const ABOUT: &'static str = "asks a model for all of them at once";
    const QUESTION: &'static str = include_str!("../../prompts/ratings/question.txt");
    const AGAIN: &'static str = include_str!("../../prompts/ratings/again.txt");
    type Answer = Said;

    fn plan<'a>(&'a self, item: &'a Item<'a>, _: &Judgment, room: usize) -> Plan<'a, Said> {
        whole_trace::question(item, room, Long::Fails, read, outcome)
    }

    fn labels(&self, _: &Item<'_>, _: &Judgment, _: &Map<String, Value>) -> Labels {
        None
    }
}

/// Everything, or on the last try as much as there is.
fn read(words: &str, last: bool) -> Result<Said, String> {
    let said = Said {
        difficulty: reading::rating(words, difficulty::NAMES, false),
        validity: validity::read(words),
        verbosity: reading::rating(words, verbosity::NAMES, false),
    };
    let trouble =
        said.difficulty.as_ref().err().or(said.validity.as_ref().err()).or(said.verbosity.as_ref().err());
    match trouble {
        Some(trouble) if !last => Err(trouble.clone()),
        _ => Ok(said),
    }
}

fn outcome(said: Said) -> Outcome {
    let Said { difficulty, validity, verbosity } = said;
    let ends = vec![
        (difficulty::COLUMNS, difficulty.as_ref().err().cloned()),
        (validity::COLUMNS, validity.as_ref().err().cloned()),
        (verbosity::COLUMNS, verbosity.as_ref().err().cloned()),
    ];
    let validity = validity.ok();
    let found = Box::new(Judgment {
        difficulty: difficulty.ok(),
        verbosity: verbosity.ok(),
        reasoning_valid: validity.map(|(reasoning, _)| reasoning),
        solution_valid: validity.map(|(_, solution)| solution),
        ..Judgment::default()
    });
    Outcome { found, ends }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::task::dry_run::DryRun;

    const ALL: &str =
        r#"{"verbosity": 4, "difficulty": 1, "reasoning_valid": true, "solution_valid": false}"#;

    fn found(judgment: &Judgment) -> (Option<u32>, Option<u32>, Option<bool>, Option<bool>) {
        (judgment.verbosity, judgment.difficulty, judgment.reasoning_valid, judgment.solution_valid)
    }

    #[test]
    fn one_question_fills_the_columns_of_three_tasks() {
        let (judgment, asked) = DryRun::new(&KINDS, json!({})).with(&[ALL]);
        assert_eq!((found(&judgment), asked.len()), ((Some(4), Some(1), Some(true), Some(false)), 1));
        let notes: Vec<(&str, &str)> =
            judgment.tasks.iter().map(|note| (note.task.as_str(), note.state.as_str())).collect();
        assert_eq!(notes, [("difficulty", "done"), ("validity", "done"), ("verbosity", "done")]);
    }

    #[test]
    fn what_is_missing_in_the_end_fails_alone() {
        let part = r#"{"verbosity": 12, "difficulty": 1, "reasoning_valid": true, "solution_valid": true}"#;
        let (judgment, asked) = DryRun::new(&KINDS, json!({})).with(&[part, part]);
        assert_eq!((found(&judgment), asked.len()), ((None, Some(1), Some(true), Some(true)), 2));
        let note = judgment.tasks.iter().find(|note| note.task == "verbosity").unwrap();
        assert_eq!(note.reason.as_deref(), Some("`12` is no whole number from 0 to 9"));
        assert_eq!((note.state.as_str(), note.raw.as_deref()), ("failed", Some(part)));
    }

    #[test]
    fn a_lone_number_is_none_of_them() {
        let (judgment, _) = DryRun::new(&KINDS, json!({"reasks": 0})).with(&["4"]);
        assert_eq!(found(&judgment), (None, None, None, None));
        assert!(judgment.tasks.iter().all(|note| note.state == "failed"));
    }
}
