//! Whether the reasoning holds, and whether the final solution is right: two questions, two answers.

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

pub(crate) const COLUMNS: Columns = Columns {
    task: "validity",
    take: |from, to| {
        (to.reasoning_valid, to.solution_valid) = (from.reasoning_valid, from.solution_valid);
    },
};

pub(super) const ENTRY: TaskEntry = TaskEntry {
    name: COLUMNS.task,
    about: "whether the reasoning is valid and whether the final solution is, each by itself",
    default: None,
    kinds: &KINDS,
};

static KINDS: Registry<dyn Task> = Registry::new(
    "judge of validity",
    &[entry::<Llm<Validity>>(), entry::<Disabled>(), entry::<Recorded<Validity>>()],
);

pub(super) const REASONING: &[&str] = &["reasoning_valid", "reasoning", "reasoning_validity"];
pub(super) const SOLUTION: &[&str] = &["solution_valid", "solution", "solution_validity"];

/// Two verdicts that no rule can give.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
struct Validity {}

impl LlmTask for Validity {
    const COLUMNS: Columns = COLUMNS;
    const ABOUT: &'static str = "asks a model for both verdicts";
    const QUESTION: &'static str = include_str!("../../prompts/validity/question.txt");
    const AGAIN: &'static str = include_str!("../../prompts/validity/again.txt");
    type Answer = (bool, bool);

    fn plan<'a>(&'a self, item: &'a Item<'a>, _: &Judgment, room: usize) -> Plan<'a, (bool, bool)> {
        whole_trace::question(item, room, Long::Fails, |words, _| read(words), |both| columns(both).into())
    }

    fn labels(&self, _: &Item<'_>, _: &Judgment, line: &Map<String, Value>) -> Labels {
        let (reasoning, solution) = (line.get("reasoning_valid"), line.get("solution_valid"));
        reasoning.or(solution)?;
        Some(both(reasoning, solution).map(columns))
    }
}

/// Both verdicts in a model's words.
pub(super) fn read(words: &str) -> Result<(bool, bool), String> {
    Ok((reading::truth(words, REASONING)?, reading::truth(words, SOLUTION)?))
}

fn both(reasoning: Option<&Value>, solution: Option<&Value>) -> Result<(bool, bool), String> {
    let verdict = |value: Option<&Value>, name| {
        value.ok_or_else(|| format!("`{name}` is missing")).and_then(reading::truth_in)
    };
    Ok((verdict(reasoning, "reasoning_valid")?, verdict(solution, "solution_valid")?))
}

fn columns((reasoning, solution): (bool, bool)) -> Box<Judgment> {
    Box::new(Judgment {
        reasoning_valid: Some(reasoning),
        solution_valid: Some(solution),
        ..Judgment::default()
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::task::dry_run::DryRun;

    fn verdicts(reply: &str) -> (Option<bool>, Option<bool>) {
        let (judgment, _) = DryRun::new(&KINDS, json!({"reasks": 0})).with(&[reply]);
        (judgment.reasoning_valid, judgment.solution_valid)
    }

    #[test]
    fn the_two_verdicts_are_independent() {
        let check = |reply: &str, reasoning, solution| {
            assert_eq!(verdicts(reply), (Some(reasoning), Some(solution)), "{reply}");
        };
        check(
            r#"Sound, but 5 is not asked. {"reasoning_valid": true, "solution_valid": false}"#,
            true,
            false,
        );
        check("{'reasoning_valid': False, 'solution_valid': True}", false, true);
        check("Reasoning: invalid\nSolution: valid", false, true);
        check("**reasoning_valid**: yes\n**solution_valid**: yes", true, true);
    }

    #[test]
    fn one_verdict_is_not_enough() {
        let check = |reply: &str| assert_eq!(verdicts(reply), (None, None), "{reply}");
        check(r#"{"reasoning_valid": true}"#);
        check("Both are valid.");
        check(r#"{"reasoning_valid": true, "solution_valid": "partly"}"#);
        check("true");
    }

    #[test]
    fn the_question_shows_gold_and_answer_as_far_as_there_are_any() {
        let reply = r#"{"reasoning_valid": true, "solution_valid": true}"#;
        let (_, asked) = DryRun::new(&KINDS, json!({})).with(&[reply]);
        let tail = asked[0].split("</problem>").nth(1).unwrap();
        insta::assert_snapshot!(tail, @r#"

        Reference answer: 5

        <thinking>
        2 and 3.

        That makes 5.

        Yes, 5.
        </thinking>

        <final_answer>
        \boxed{5}
        </final_answer>

        Say in one or two sentences why. Then end with a JSON object on a line of its own: {"reasoning_valid": true or false, "solution_valid": true or false}
        "#);
        let (_, asked) = DryRun::new(&KINDS, json!({})).unclosed().without_gold().with(&[reply]);
        assert!(asked[0].contains("</problem>\n\n<thinking>"), "{}", asked[0]);
        assert!(asked[0].contains("There is no final answer: the reply ended"), "{}", asked[0]);
    }

    #[test]
    fn a_trace_that_does_not_fit_is_not_sent() {
        let dry_run = DryRun::new(&KINDS, json!({"window_tokens": 64})).thinking(&"very ".repeat(100));
        let (judgment, asked) = dry_run.with(&[]);
        assert_eq!(asked.len(), 0);
        let expect = "the thinking takes about 139 tokens, more than `window_tokens` = 64";
        assert_eq!(judgment.tasks[0].reason.as_deref(), Some(expect));
    }

    #[test]
    fn labels_need_both() {
        let check = |line: Value, expect: Result<(bool, bool), &str>| {
            let labels = Validity {}.labels(&DryRun::item(), &Judgment::default(), line.as_object().unwrap());
            let both = labels.unwrap();
            let both = both.map(|found| (found.reasoning_valid.unwrap(), found.solution_valid.unwrap()));
            assert_eq!(both, expect.map_err(str::to_owned), "{line}");
        };
        check(json!({"reasoning_valid": true, "solution_valid": "no"}), Ok((true, false)));
        check(json!({"reasoning_valid": true}), Err("`solution_valid` is missing"));
        check(
            json!({"reasoning_valid": null, "solution_valid": true}),
            Err("`null` is neither true nor false"),
        );
    }
}
