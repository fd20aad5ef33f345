//! A judge with tasks beside it.

use std::collections::BTreeMap;

use chat::{CallError, ChatReply, Question, dialogue};
use serde_json::{Value, json};
use stage::Silent;
use tables::{JudgeState, TaskNote};

use super::*;
use crate::test_support::{Case, build};
use crate::{Chain, tasks};

fn chain(judge: Value, tasks: Value) -> Chain {
    let built = tasks::build(&tasks, "tasks").map(|configured| configured.built);
    Chain::new(build(&judge), built.map_err(|faults| faults.to_string()).unwrap())
}

fn model(name: &str) -> Value {
    json!({"kind": "llm", "model": name, "base_url": "http://localhost:1/v1", "reasks": 0})
}

/// What each model says; who has no word cannot be reached.
fn played(chain: &Chain, case: &Case, said: &[(&str, &str)]) -> (Judgment, Vec<String>) {
    let said: BTreeMap<&str, &str> = said.iter().copied().collect();
    let models: Vec<String> = chain.endpoints().iter().map(|endpoint| endpoint.model.clone()).collect();
    let answer = |question: &Question| match said.get(models[question.to].as_str()) {
        Some(content) => Ok(ChatReply { content: (*content).to_owned(), ..ChatReply::default() }),
        None => Err(CallError::Offline { model: models[question.to].clone() }),
    };
    let item = case.item();
    let (judgment, asked) = dialogue::rehearse(chain.open(&item), 9, answer);
    (judgment.unwrap(), asked.into_iter().map(|question| models[question.to].clone()).collect())
}

fn notes(judgment: &Judgment) -> Vec<(&str, &str, &str)> {
    let note = |note: &'static TaskNote| (note.task.as_str(), note.judge.as_str(), note.state.as_str());
    let kept: &'static [TaskNote] = Vec::leak(judgment.tasks.clone());
    kept.iter().map(note).collect()
}

#[test]
fn the_judge_comes_first_then_the_tasks_side_by_side_then_those_that_wait() {
    let tasks = json!({"verbosity": model("v"), "solutions": model("s"), "strategies": model("g")});
    let chain = chain(model("j"), tasks);
    assert_eq!((chain.name(), chain.needs_gold(), chain.endpoints().len()), ("llm:j".to_owned(), false, 4));
    let said = [
        ("j", "\\boxed{1}"),
        (
            "s",
            r#"[{"end": 1, "answer": "5", "complete": true}, {"end": 2, "answer": "5", "complete": true}]"#,
        ),
        ("g", "[[0], [1]]"),
        ("v", "3"),
    ];
    let (judgment, asked) = played(&chain, &Case::sum(), &said);
    assert_eq!(asked, ["j", "s", "v", "g"]);
    assert_eq!((judgment.state, judgment.step, judgment.verbosity), (JudgeState::Found, Some(1), Some(3)));
    let solutions: Vec<_> =
        judgment.solutions.iter().flatten().map(|one| (one.end, one.correct, one.strategy)).collect();
    assert_eq!(solutions, [(1, Some(true), Some(0)), (2, Some(true), Some(1))]);
    let thoughts: Vec<_> = judgment.thoughts.iter().flatten().map(|one| (one.start, one.correct)).collect();
    assert_eq!(thoughts, [(0, Some(true))]);
    let expect = [
        ("solutions", "llm:s", "done"),
        ("strategies", "llm:g", "done"),
        ("thoughts", "rule", "done"),
        ("verbosity", "llm:v", "done"),
    ];
    assert_eq!(notes(&judgment), expect);
}

#[test]
fn a_failed_task_spoils_nobody_elses_columns() {
    let tasks = json!({"verbosity": model("v"), "difficulty": model("d"), "strategies": model("g")});
    let chain = chain(json!({"kind": "rule"}), tasks);
    let case = Case::new(
        "What is 2+3?",
        "5",
        &["So 2+3 = 5.", "Hm.", "Let me check that. 1+4 = 5, so the answer is 5 again."],
        "\\boxed{5}",
    );
    let (judgment, _) = played(&chain, &case, &[("d", "2"), ("g", "nonsense")]);
    assert_eq!((judgment.state, judgment.difficulty, judgment.verbosity), (JudgeState::Found, Some(2), None));
    assert!(judgment.solutions.is_some());
    let states: Vec<&str> = notes(&judgment).iter().map(|(_, _, state)| *state).collect();
    assert_eq!(states, ["done", "done", "failed", "done", "failed"], "{:?}", judgment.tasks);
}

#[test]
fn a_failed_judge_leaves_the_tasks_alone() {
    let chain = chain(model("j"), json!({"verbosity": model("v")}));
    let (judgment, _) = played(&chain, &Case::sum(), &[("j", "no idea"), ("v", "3")]);
    assert_eq!((judgment.state, judgment.verbosity), (JudgeState::Failed, Some(3)));
    assert!(judgment.solutions.is_some_and(|solutions| !solutions.is_empty()), "rules do not need the judge");
    assert!(judgment.thoughts.iter().flatten().all(|thought| thought.correct.is_none()));
}

#[test]
fn without_a_known_answer_a_judge_that_needs_one_is_not_asked_but_tasks_are() {
    let chain = chain(model("j"), json!({"verbosity": model("v")}));
    let mut case = Case::sum();
    case.problem.gold.clear();
    let (judgment, asked) = played(&chain, &case, &[("v", "3")]);
    assert_eq!(
        (judgment.state, judgment.verbosity, asked),
        (JudgeState::Skipped, Some(3), vec!["v".to_owned()])
    );
    assert_eq!(judgment.reason.as_deref(), Some("the problem has no known answer"));
}

#[test]
fn without_a_model_nobody_is_asked() {
    let chain = chain(json!({"kind": "rule"}), json!({}));
    assert!(chain.endpoints().is_empty());
    let (judgment, asked) = played(&chain, &Case::sum(), &[]);
    assert_eq!((judgment.state, asked.len()), (JudgeState::Found, 0));
    assert_eq!(notes(&judgment), [("solutions", "rule", "done"), ("thoughts", "rule", "done")]);
}

#[test]
fn a_judge_alone_is_itself() {
    let off = json!({"solutions": {"kind": "off"}, "thoughts": {"kind": "off"}});
    let alone = chain(json!({"kind": "rule"}), off);
    let case = Case::sum();
    let (judgment, _) = played(&alone, &case, &[]);
    assert_eq!(judgment, crate::at_once(build(&json!({"kind": "rule"})).as_ref(), &case.item()));
    assert!(
        chain(model("j"), json!({"solutions": {"kind": "off"}, "thoughts": {"kind": "off"}})).needs_gold()
    );
}

#[tokio::test]
async fn failed_tasks_are_counted_apart_and_a_stray_step_does_not_take_their_columns() {
    let place = Place::new(3);
    let verdicts = "{\"problem_id\": \"p0\", \"step\": 1}\n{\"problem_id\": \"p1\", \"step\": 9}\n\
                    {\"problem_id\": \"p2\", \"step\": 1}\n";
    std::fs::write(place.path("v.jsonl"), verdicts).unwrap();
    let ratings = "{\"problem_id\": \"p0\", \"verbosity\": 12}\n{\"problem_id\": \"p1\", \"verbosity\": 4}\n";
    std::fs::write(place.path("r.jsonl"), ratings).unwrap();
    let tasks = json!({"verbosity": {"kind": "recorded", "path": place.path("r.jsonl")}});
    let chain = chain(json!({"kind": "recorded", "path": place.path("v.jsonl")}), tasks);
    let summary = place.run(&chain, "out", &Execution::default(), &Silent).await.unwrap();
    let expect = json!({
        "absent": 0, "failed": 1, "found": 2, "model_calls": 0, "skipped": 0, "verbosity_failed": 2,
    });
    assert_eq!((json!(summary.counts), summary.failed), (expect, 1));
    let rows = place.read("out");
    let told: Vec<_> = rows.iter().map(|row| (row.state, row.verbosity, row.thoughts.is_some())).collect();
    let expect = [
        (JudgeState::Found, None, true),
        (JudgeState::Failed, Some(4), true),
        (JudgeState::Found, None, true),
    ];
    assert_eq!(told, expect);
    let reasons: Vec<_> = rows.iter().filter_map(|row| row.tasks.last()?.reason.as_deref()).collect();
    let unknown = "r.jsonl holds nothing for this generation";
    assert_eq!(reasons, ["r.jsonl: `12` is no whole number from 0 to 9", unknown]);
}
