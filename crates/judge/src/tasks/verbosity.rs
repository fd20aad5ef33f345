//! How much reasoning is written out: RV, 0 to 9.

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
    Columns { task: "verbosity", take: |from, to| to.verbosity = from.verbosity };

pub(super) const ENTRY: TaskEntry = TaskEntry {
    name: COLUMNS.task,
    about: "how much reasoning is written out, 0 to 9 in five bands",
    default: None,
    kinds: &KINDS,
};

static KINDS: Registry<dyn Task> = Registry::new(
    "judge of verbosity",
    &[entry::<Llm<Verbosity>>(), entry::<Disabled>(), entry::<Recorded<Verbosity>>()],
);

pub(super) const NAMES: &[&str] = &["verbosity", "rv", "reasoning_verbosity"];

/// A rating that no rule can give.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
struct Verbosity {}

impl LlmTask for Verbosity {
    const COLUMNS: Columns = COLUMNS;
    const ABOUT: &'static str = "asks a model for a rating";
    const QUESTION: &'static str = include_str!("../../prompts/verbosity/question.txt");
    const AGAIN: &'static str = include_str!("../../prompts/verbosity/again.txt");
    type Answer = u32;

    fn plan<'a>(&'a self, item: &'a Item<'a>, _: &Judgment, room: usize) -> Plan<'a, u32> {
        let read = |words: &str, _| reading::rating(words, NAMES, true);
        whole_trace::question(item, room, Long::LosesItsMiddle, read, |verbosity| columns(verbosity).into())
    }

    fn labels(&self, _: &Item<'_>, _: &Judgment, line: &Map<String, Value>) -> Labels {
        let value = line.get(COLUMNS.task)?;
        Some(reading::rating_in(value).map(columns))
    }
}

fn columns(verbosity: u32) -> Box<Judgment> {
    Box::new(Judgment { verbosity: Some(verbosity), ..Judgment::default() })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::task::dry_run::DryRun;

    #[test]
    fn a_rating_is_asked_for_and_read() {
        let dry_run = DryRun::new(&KINDS, json!({}));
        let (judgment, asked) = dry_run.with(&["It is brief. {\"verbosity\": 2}"]);
        assert_eq!((judgment.verbosity, judgment.tasks[0].state.as_str()), (Some(2), "done"));
        assert!(
            asked[0].contains("<thinking>\n2 and 3.\n\nThat makes 5.\n\nYes, 5.\n</thinking>"),
            "{}",
            asked[0]
        );
        assert!(!asked[0].contains("Reference answer"), "whether it is right does not matter here");
    }

    #[test]
    fn a_rating_out_of_range_is_asked_for_again_and_never_clamped() {
        let dry_run = DryRun::new(&KINDS, json!({}));
        let (judgment, asked) = dry_run.with(&["10", "{\"verbosity\": 10}"]);
        let note = &judgment.tasks[0];
        assert_eq!((judgment.verbosity, note.state.as_str()), (None, "failed"));
        assert_eq!(note.reason.as_deref(), Some("`10` is no whole number from 0 to 9"));
        assert_eq!(note.raw.as_deref(), Some("{\"verbosity\": 10}"));
        assert!(
            asked[1].starts_with("Your reply cannot be used: `10` is no whole number from 0 to 9."),
            "{}",
            asked[1]
        );
    }

    #[test]
    fn a_trace_that_does_not_fit_loses_its_middle() {
        let dry_run = DryRun::new(&KINDS, json!({"window_tokens": 64})).thinking(&"very ".repeat(100));
        let (judgment, asked) = dry_run.with(&["8"]);
        assert_eq!(judgment.verbosity, Some(8));
        assert!(asked[0].contains(" characters are left out here …]"), "{}", asked[0]);
    }

    #[test]
    fn labels_are_read() {
        let check = |line: Value, expect: Result<u32, &str>| {
            let labels =
                Verbosity {}.labels(&DryRun::item(), &Judgment::default(), line.as_object().unwrap());
            let rating = labels.unwrap().map(|columns| columns.verbosity.unwrap());
            assert_eq!(rating, expect.map_err(str::to_owned), "{line}");
        };
        check(json!({"verbosity": 3}), Ok(3));
        check(json!({"verbosity": "3"}), Ok(3));
        check(json!({"verbosity": 12}), Err("`12` is no whole number from 0 to 9"));
    }
}
