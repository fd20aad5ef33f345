//! A judge by rule held against our own labels, and one that says what it is told.

use std::path::PathBuf;

use plugin::Value;
use stage::Silent;
use tables::{Blame, Blamed};
use tokens::Tokenizer;

use super::*;

fn judged(judge: Value, material: &Material) -> Report {
    let judge = judge::parse(&judge, "judge").unwrap();
    run(judge.built.as_ref(), material, None, &Silent).unwrap()
}

fn file(folder: &tempfile::TempDir, name: &str, text: &str) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    path
}

#[test]
fn the_rules_are_held_against_our_own_traces() {
    let material = material(&[], &Tokenizer::builtin().unwrap()).unwrap();
    assert_eq!(material.target, Target::FirstAssertion);
    let report = judged(serde_json::json!({"kind": "rule"}), &material);
    let assertions = report.assertions.as_ref().unwrap();
    assert_eq!(report.failed.hits, 0);
    assert!(assertions.inside.value.unwrap() > 0.6, "{assertions:?}");
    let parts = [assertions.inside, assertions.early, assertions.late, assertions.missed];
    assert_eq!(parts.iter().map(|share| share.hits).sum::<u64>(), assertions.exact.of, "{assertions:?}");
    assert_eq!(report.efficiency_errors.len() as u64, assertions.exact.of);
    assert!(report.efficiency_errors.iter().all(|error| error.abs() <= 1.0));
}

const STEPWISE: &str = r#"{"id": "a", "problem": "Add 1 and 2.", "steps": ["One and two.", "That is 4.", "So 4."], "label": 1, "final_answer_correct": false}
{"id": "b", "problem": "Add 2 and 2.", "steps": ["Two and two.", "That is 4."], "label": -1, "final_answer_correct": true}
{"id": "c", "problem": "Add 3 and 2.", "steps": ["Three and two.", "That is 6."], "label": 1, "final_answer_correct": false}
"#;

#[test]
fn judges_of_errors_get_the_figures_of_their_field() {
    let folder = tempfile::tempdir().unwrap();
    let labels = file(&folder, "gsm8k.jsonl", STEPWISE).display().to_string();
    let material = material(&[labels], &Tokenizer::approximate()).unwrap();
    assert_eq!(material.target, Target::FirstError);
    let verdicts = file(
        &folder,
        "verdicts.jsonl",
        "{\"problem_id\": \"000000\", \"step\": 1}\n{\"problem_id\": \"000001\", \"step\": -1}\n\
         {\"problem_id\": \"000002\", \"step\": 0}\n",
    );
    let report = judged(serde_json::json!({"kind": "recorded", "path": verdicts}), &material);
    let errors = report.errors.clone().unwrap();
    assert_eq!((errors.erroneous.hits, errors.erroneous.of), (1, 2));
    assert_eq!((errors.correct.hits, errors.correct.of), (1, 1));
    assert!((errors.f1.unwrap() - 2.0 / 3.0).abs() < 1e-12);
    assert_eq!((errors.noticed.hits, errors.within_one.hits), (2, 2));
    assert_eq!(
        (report.verdicts[2].step, report.verdicts[2].label, report.verdicts[2].right),
        (Some(0), 1, Some(false))
    );

    let agreements = agreement(&[report.clone(), report]);
    assert_eq!((agreements[0].same.value, agreements[0].kappa), (Some(1.0), Some(1.0)));
}

#[test]
fn labels_that_no_judge_can_be_held_against_say_so() {
    let folder = tempfile::tempdir().unwrap();
    let labels = file(&folder, "none.jsonl", "{\"problem\": \"Add.\", \"response\": \"Four.\"}\n");
    let error = material(&[labels.display().to_string()], &Tokenizer::approximate()).unwrap_err();
    assert_eq!(error.blame(), Blame::Input, "{error}");
}

#[test]
fn the_labelled_real_traces_are_found_in_their_replies() {
    let shared = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data");
    if !std::path::Path::new(shared).exists() {
        eprintln!("skipped: shared/data is not beside this checkout");
        return;
    }
    let at = |name: &str| format!("{shared}/{name}");
    let paths = [
        at("labels/first_assertion.jsonl"),
        at("traces/math500_three_models.jsonl"),
        at("traces/math_r1_distill_1_5b.jsonl"),
        at("traces/math_25_samples_each.jsonl"),
    ];
    let material = material(&paths, &Tokenizer::approximate()).unwrap();
    let report = judged(serde_json::json!({"kind": "rule"}), &material);
    let inside = report.assertions.unwrap().inside;
    assert!(inside.of >= 40 && inside.value.unwrap() > 0.8, "{inside:?}");
}
