//! The task against canned replies, and the rules against labels.

use serde_json::json;
use tables::JudgeState;

use super::*;
use crate::task::dry_run::{DryRun, build};
use crate::test_support::{said, too_long};

const SOLVED: &str = "2 and 3.\n\nThat makes 5.\n\nHold on, 2 times 3?\n\nThen it is 6.\n\nNo, 2+3 is 5.\n\n\
                      **Answer**\n\nThe sum is 5.";

fn solved(more: Value) -> DryRun {
    DryRun::new(&KINDS, more).thinking(SOLVED)
}

/// Its end, its answer, whether that is correct, and whether it is complete.
type Found<'a> = (u32, Option<&'a str>, Option<bool>, Option<bool>);

fn found(judgment: &Judgment) -> Vec<Found<'_>> {
    let solutions = judgment.solutions.as_deref().unwrap_or_default();
    solutions.iter().map(|one| (one.end, one.answer.as_deref(), one.correct, one.complete)).collect()
}

#[test]
fn tails_that_repeat_the_conclusion_join_the_round_before() {
    let reply = r#"[{"end": 1, "answer": "5", "complete": true}, {"end": 3, "answer": "6", "complete": true},
                    {"end": 4, "answer": "5", "complete": true}, {"end": 6, "answer": "5.0", "complete": false}]"#;
    let (judgment, asked) = solved(json!({})).with(&[reply]);
    let expect = [
        (1, Some("5"), Some(true), Some(true)),
        (3, Some("6"), Some(false), Some(true)),
        (6, Some("5"), Some(true), Some(true)),
    ];
    assert_eq!(found(&judgment), expect);
    assert!(
        asked[0].contains("cut into 7 numbered steps from <step_0> to <step_6>.\n\nFind"),
        "{}",
        asked[0]
    );
}

#[test]
fn a_tail_that_says_something_else_stays_and_so_does_one_without_a_round_before() {
    let reply =
        r#"[{"end": 1, "answer": "5", "complete": false}, {"end": 3, "answer": "6", "complete": false}]"#;
    let (judgment, _) = solved(json!({})).with(&[reply]);
    let expect = [(1, Some("5"), Some(true), Some(false)), (3, Some("6"), Some(false), Some(false))];
    assert_eq!(found(&judgment), expect);
}

#[test]
fn long_traces_are_asked_about_in_windows_and_every_step_once() {
    let long = vec![format!("So it is 5. {}", "x ".repeat(40)); 12].join("\n\n");
    let dry_run = DryRun::new(&KINDS, json!({"window_tokens": 150})).thinking(&long);
    let reply = |end: u32| format!(r#"[{{"end": {end}, "answer": "5"}}]"#);
    let replies = [3, 5, 7, 9, 11].map(reply);
    let (judgment, asked) = dry_run.with(&replies.each_ref().map(String::as_str));
    let ends: Vec<u32> = judgment.solutions.iter().flatten().map(|one| one.end).collect();
    assert_eq!((ends, asked.len()), (vec![3, 5, 7, 9, 11], 5), "{:?}", judgment.tasks);
    let part = "You see a part of them. Only solutions that end in a step from <step_4> to <step_5> are asked for; \
                what stands before <step_4> is there";
    assert!(asked[1].contains(part), "{}", asked[1]);
    assert!(asked[1].contains("<step_2>") && !asked[1].contains("<step_6>"), "{}", asked[1]);
}

#[test]
fn a_context_that_overflows_halves_the_window() {
    let long = vec![format!("So it is 5. {}", "x ".repeat(40)); 12].join("\n\n");
    let dry_run = DryRun::new(&KINDS, json!({"window_tokens": 10_000})).thinking(&long);
    let steps = |question: &str| question.matches("</step_").count();
    // The server takes no more than 4 steps at once. Halves that still show all of it are not tried.
    let (judgment, asked) =
        dry_run.answered(|question| if steps(question) > 4 { too_long() } else { said("[]") });
    assert_eq!(judgment.solutions, Some(vec![]), "{:?}", judgment.tasks);
    let shown: Vec<usize> = asked.iter().map(|question| steps(question)).collect();
    assert_eq!(shown, [12, 8, 6, 4, 4, 4, 4, 4]);
    let (judgment, asked) = dry_run.answered(|_| too_long());
    let note = &judgment.tasks[0];
    assert_eq!((note.state.as_str(), judgment.solutions), ("failed", None));
    assert!(note.reason.as_deref().unwrap().ends_with("does not fit into the context of `m`: too long"));
    assert!(asked.len() < 40, "{}", asked.len());
}

#[test]
fn one_window_that_cannot_be_read_fails_the_task_and_says_which() {
    let long = ["It is 5. ".repeat(30), "It is 5. ".repeat(30)].join("\n\n");
    let dry_run = DryRun::new(&KINDS, json!({"window_tokens": 100, "reasks": 0})).thinking(&long);
    let (judgment, asked) = dry_run.with(&["[]", "[7]"]);
    assert_eq!((judgment.solutions, asked.len()), (None, 2));
    let note = &judgment.tasks[0];
    let expect = "part 2 of 2: a solution ends in step 7; the steps run from 1 to 1";
    assert_eq!((note.reason.as_deref(), note.raw.as_deref()), (Some(expect), Some("[7]")));
}

#[test]
fn a_failed_task_does_not_leave_the_rounds_of_the_rules_behind() {
    let ruled = Judgment { solutions: Some(vec![Solution::ending_at(1)]), ..Judgment::default() };
    let (judgment, _) = solved(json!({})).so_far(ruled).with(&[]);
    assert_eq!(judgment.solutions, None);
    assert!(judgment.tasks[0].reason.as_deref().unwrap().contains("reply cache"), "{:?}", judgment.tasks);
}

#[test]
fn rules_find_the_rounds_behind_any_judge_and_leave_told_ones_alone() {
    let by_rule = || DryRun::of(build(&KINDS, &json!({"kind": "rule"})).unwrap());
    let thinking = "2 and 3.\n\nSo 2+3 = 5.\n\nHm.\n\nThe answer is 6.\n\nHm.\n\nThe answer is 5.";
    let problem = |dry_run: DryRun| dry_run.problem("What is 2+3?", "5").thinking(thinking);
    let (judgment, _) = problem(by_rule()).with(&[]);
    let expect = [
        (1, Some("5"), Some(true), None),
        (3, Some("6"), Some(false), None),
        (5, Some("5"), Some(true), None),
    ];
    assert_eq!(found(&judgment), expect);
    assert_eq!(judgment.state, JudgeState::Skipped, "only its own columns");
    let told = vec![Solution { complete: Some(true), ..Solution::ending_at(3) }, Solution::ending_at(4)];
    let told = Judgment { solutions: Some(told), ..Judgment::default() };
    let (judgment, _) = problem(by_rule()).so_far(told).with(&[]);
    assert_eq!(found(&judgment), [(3, Some("6"), Some(false), Some(true)), (4, None, None, None)]);
}

#[test]
fn labels_are_ends_or_objects() {
    let check = |line: Value, expect: Result<&[(u32, Option<&str>)], &str>| {
        let labels =
            Solutions::default().labels(&DryRun::item(), &Judgment::default(), line.as_object().unwrap());
        let told = labels.unwrap().map(|columns| columns.solutions.unwrap());
        let told = told
            .as_ref()
            .map(|told| told.iter().map(|one| (one.end, one.answer.as_deref())).collect::<Vec<_>>());
        assert_eq!(
            told.as_deref().map_err(|error| error.as_str()),
            expect.as_ref().map(|e| &e[..]).map_err(|e| *e),
            "{line}"
        );
    };
    check(json!({"solutions": [{"end": 1, "answer": "5"}]}), Ok(&[(1, Some("5"))]));
    check(json!({"solutions": []}), Ok(&[]));
    check(json!({"solutions": [9]}), Err("a solution ends in step 9; the steps run from 0 to 2"));
    check(json!({"solutions": 3}), Err("`solutions` is 3; expected a list"));
}
