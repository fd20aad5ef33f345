//! Cutting, and the task against canned replies.

use serde_json::json;
use tables::Solution;

use super::*;
use crate::task::dry_run::{DryRun, build};

const TEXT: &str = "Try factors: it is 7.\n\nBut wait, that is odd. Alternatively, count: 5.\n\nSo 5 it is.";

fn by_rule(more: Value) -> Result<DryRun, String> {
    let mut table = json!({"kind": "rule"});
    table.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    build(&KINDS, &table).map(|task| DryRun::of(task).thinking(TEXT))
}

fn cut(judgment: &Judgment) -> Vec<(u32, u32, Option<&str>, Option<bool>)> {
    let thoughts = judgment.thoughts.as_deref().unwrap();
    thoughts.iter().map(|one| (one.start, one.step, one.marker.as_deref(), one.correct)).collect()
}

fn found(step: u32) -> Judgment {
    crate::found(step)
}

#[test]
fn thoughts_begin_with_their_markers() {
    let (judgment, _) = by_rule(json!({})).unwrap().with(&[]);
    let expect = [(0, 0, None, None), (23, 1, Some("But wait"), None), (46, 1, Some("Alternatively"), None)];
    assert_eq!(cut(&judgment), expect);
    assert!(judgment.thoughts.iter().flatten().all(|one| one.genuine.is_none() && one.promise.is_none()));
    let (judgment, _) = by_rule(json!({"remove": ["but wait"], "add": ["so"]})).unwrap().with(&[]);
    assert_eq!(
        cut(&judgment),
        [(0, 0, None, None), (46, 1, Some("Alternatively"), None), (72, 2, Some("So"), None)]
    );
}

#[test]
fn a_marker_at_the_very_start_changes_nothing_and_a_calm_trace_is_one_thought() {
    let check = |text: &str, expect: &[u32]| {
        let (judgment, _) = by_rule(json!({})).unwrap().thinking(text).with(&[]);
        let starts: Vec<u32> = judgment.thoughts.iter().flatten().map(|one| one.start).collect();
        assert_eq!(starts, expect, "{text}");
    };
    check("\nAlternatively, 5. But wait.", &[0, 19]);
    check("It is 5.", &[0]);
    check("换个角度想，5。不过等等，6。", &[0, 22]);
}

#[test]
fn the_thought_of_the_first_correct_step_is_correct_and_so_are_later_arrivals() {
    let dry_run = |so_far: Judgment| by_rule(json!({})).unwrap().so_far(so_far).with(&[]).0;
    let correct = |judgment: &Judgment| cut(judgment).iter().map(|one| one.3).collect::<Vec<_>>();
    assert_eq!(correct(&dry_run(found(1))), [Some(false), Some(false), Some(true)]);
    assert_eq!(correct(&dry_run(crate::absent())), [Some(false); 3]);
    assert_eq!(correct(&dry_run(crate::failed("no"))), [None; 3]);
    assert_eq!(correct(&dry_run(found(99))), [None; 3], "a step that does not exist tells nothing");
    let right = |end| Solution { correct: Some(true), ..Solution::ending_at(end) };
    let again = Judgment { solutions: Some(vec![right(0), right(2)]), ..found(0) };
    assert_eq!(correct(&dry_run(again)), [Some(true), Some(false), Some(true)]);
    let before = Judgment { solutions: Some(vec![right(0)]), ..found(1) };
    assert_eq!(
        correct(&dry_run(before)),
        [Some(false), Some(false), Some(true)],
        "the judge's word comes first"
    );
}

#[test]
fn a_model_says_which_are_genuine_and_how_promising() {
    let reply = r#"[{"thought": 0, "genuine": null, "promise": 0}, {"thought": 1, "genuine": false, "promise": 0},
                    {"thought": 2, "genuine": true, "promise": 2}]"#;
    let (judgment, asked) = DryRun::new(&KINDS, json!({})).thinking(TEXT).so_far(found(1)).with(&[reply]);
    let said: Vec<_> =
        judgment.thoughts.iter().flatten().map(|one| (one.genuine, one.promise, one.correct)).collect();
    let expect = [
        (Some(true), Some(0), Some(false)),
        (Some(false), Some(0), Some(false)),
        (Some(true), Some(2), Some(true)),
    ];
    assert_eq!(said, expect);
    assert!(asked[0].contains("<thought_1>\nBut wait, that is odd.\n</thought_1>"), "{}", asked[0]);
    assert!(asked[0].contains("Reference answer: 5"), "{}", asked[0]);
}

#[test]
fn many_thoughts_are_asked_about_in_parts() {
    let text = "Alternatively, 5 it is. ".repeat(100);
    let part = |range: std::ops::Range<usize>| {
        let entries: Vec<Value> =
            range.map(|index| json!({"thought": index, "genuine": true, "promise": 1})).collect();
        json!(entries).to_string()
    };
    let dry_run = DryRun::new(&KINDS, json!({})).thinking(&text);
    let (judgment, asked) = dry_run.with(&[&part(0..60), &part(60..100)]);
    assert_eq!((judgment.thoughts.map(|all| all.len()), asked.len()), (Some(100), 2));
    assert!(
        asked[1].contains("You see a part of them, and are asked about <thought_60> to <thought_99>."),
        "{}",
        asked[1]
    );
    assert!(asked[1].contains("<thought_59>"), "the one before is shown");
}

#[test]
fn unreadable_words_fail_the_task_and_leave_no_thoughts() {
    let dry_run = DryRun::new(&KINDS, json!({})).thinking(TEXT);
    let (judgment, _) = dry_run.with(&["All genuine.", "All of them!"]);
    assert_eq!((judgment.thoughts, judgment.tasks[0].state.as_str()), (None, "failed"));
}

#[test]
fn unknown_lists_are_named() {
    let check = |more: Value, expect: &str| assert_eq!(by_rule(more).err().unwrap(), expect);
    check(
        json!({"sets": ["englsh"]}),
        "tasks.it.sets[0]: unknown marker list `englsh` (did you mean `english`?)",
    );
    check(json!({"set": []}), "tasks.it.set: unknown key `set` (did you mean `sets`?)");
}

#[test]
fn labels_take_their_steps_from_where_they_start() {
    let line = json!({"thoughts": [{"start": 0}, {"start": 10, "genuine": true}]});
    let labels = Thoughts::default().labels(&DryRun::item(), &found(1), line.as_object().unwrap());
    let thoughts = labels.unwrap().unwrap().thoughts.unwrap();
    let placed: Vec<_> = thoughts.iter().map(|one| (one.step, one.genuine, one.correct)).collect();
    assert_eq!(placed, [(0, None, Some(false)), (1, Some(true), Some(true))]);
}
