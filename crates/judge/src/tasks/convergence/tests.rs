//! Demanded answers, rehearsed with strings.

use chat::{CallError, ChatReply, dialogue::rehearse};
use serde_json::{Value, json};

use super::*;
use crate::task::dry_run::build;
use crate::test_support::{Case, exhausted, said};

/// What the task comes to, and how the answers began that were to be ended.
fn played(
    more: Value,
    case: &Case,
    mut answer: impl FnMut(usize) -> Result<ChatReply, CallError>,
) -> (Judgment, Vec<String>) {
    let mut table = json!({"kind": "llm", "model": "m", "base_url": "http://localhost:1/v1"});
    table.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let (task, item) = (build(&KINDS, &table).unwrap(), case.item());
    let mut asked = 0;
    let (findings, questions) = rehearse(task.open(&item, &Judgment::default()), 99, |_| {
        asked += 1;
        answer(asked - 1)
    });
    let mut judgment = Judgment::default();
    findings.unwrap().onto(&mut judgment);
    let begun = |question: &Question| question.request.continues.clone().unwrap().text.unwrap();
    (judgment, questions.iter().map(begun).collect())
}

fn five_steps(answer: &str) -> Case {
    let steps = ["2 and 3.", "It may be 6.", "That makes 5.", "Let me check.", "Yes, 5."];
    Case::new("What is 2+3?", "5", &steps, answer)
}

fn boxes(answers: &[&str]) -> impl FnMut(usize) -> Result<ChatReply, CallError> {
    let answers: Vec<String> = answers.iter().map(|answer| format!("{answer}}}.")).collect();
    move |at| said(&answers[at])
}

#[test]
fn the_answer_is_settled_where_it_stays() {
    let check = |answers: &[&str], last: &str, own, right| {
        let (judgment, _) = played(json!({}), &five_steps(&format!("\\boxed{{{last}}}")), boxes(answers));
        assert_eq!((judgment.converged, judgment.converged_right), (own, right), "{answers:?}");
        assert_eq!(judgment.forced.unwrap().len(), 4);
    };
    check(&["6", "6", "5", "5"], "5", Some(2), Some(2));
    check(&["5", "6", "5", "5.0"], "5", Some(2), Some(2));
    check(&["5", "5", "5", "5"], "5", Some(0), Some(0));
    check(&["5", "5", "5", "6"], "5", Some(4), Some(4));
    check(&["5", "6", "6", "6"], "6", Some(1), None);
    check(&["", "6", "6", "6"], "6", Some(1), None);
}

#[test]
fn the_thinking_is_closed_and_the_answer_begun() {
    let (judgment, begun) =
        played(json!({"cue": "So: \\boxed{"}), &five_steps("\\boxed{5}"), boxes(&["5"; 4]));
    assert_eq!(begun[1], "<think>2 and 3.\n\nIt may be 6.\n</think>\n\nSo: \\boxed{");
    let forced = &judgment.forced.as_ref().unwrap()[0];
    assert_eq!(
        (forced.step, forced.answer.as_deref(), forced.own, forced.right),
        (0, Some("5"), Some(true), Some(true))
    );
    assert_eq!(judgment.tasks[0].calls, Some(4));
}

#[test]
fn steps_may_be_passed_over() {
    // Tokens through the steps: 3, 7, 10, 13, 15; the last needs no question.
    let count = |more: Value| played(more, &five_steps("\\boxed{5}"), boxes(&["5"; 4])).1.len();
    assert_eq!(count(json!({"every_tokens": 5})), 2);
    assert_eq!(count(json!({"every_tokens": 100})), 0);
}

#[test]
fn what_has_no_final_answer_is_skipped_and_a_lost_call_fails() {
    let (judgment, begun) = played(json!({}), &five_steps("I do not know."), boxes(&[]));
    assert_eq!(judgment.tasks[0].reason.as_deref(), Some("the reply gives no final answer"));
    assert_eq!((begun.len(), judgment.converged), (0, None));
    let (judgment, _) =
        played(json!({}), &five_steps("\\boxed{5}"), |at| if at == 2 { exhausted() } else { said("5}") });
    assert_eq!((judgment.tasks[0].state.as_str(), judgment.forced), ("failed", None));
}

#[test]
fn a_reply_of_one_step_is_settled_there() {
    let (judgment, begun) =
        played(json!({}), &Case::new("2+3?", "5", &["It is 5."], "\\boxed{5}"), boxes(&[]));
    assert_eq!((begun.len(), judgment.converged, judgment.converged_right), (0, Some(0), Some(0)));
}
