//! The built-in problems and traces, checked: every answer is found again by another way, every label that can be checked is.
//!
//! `checks/` holds one computation a problem: enumeration, exact fractions, substitution, bisection, sampling. It never repeats the
//! answer; the text of the answer is read from the data and evaluated by `evaluate.rs`.

mod checks;
mod evaluate;
mod expected;
mod traces;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

/// The rows of a file of the built-in data.
fn rows(file: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data").join(file);
    let text = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(!text.is_empty(), "{} is missing or empty", path.display());
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_default()).collect()
}

/// A text field; empty when it is missing, which no check accepts.
fn text<'a>(row: &'a Value, key: &str) -> &'a str {
    row[key].as_str().unwrap_or_default()
}

/// One text or several.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(values) => values.iter().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

/// The problems by id.
fn problems() -> BTreeMap<String, Value> {
    rows("problems.jsonl").into_iter().map(|row| (text(&row, "id").to_owned(), row)).collect()
}

#[test]
fn every_answer_is_found_again_by_another_way() {
    let problems = problems();
    let checks = checks::all();
    let with_check: BTreeSet<&str> = checks.iter().map(|(id, _)| *id).collect();
    assert_eq!(with_check.len(), checks.len(), "an id is checked twice");
    let ids: BTreeSet<&str> = problems.keys().map(String::as_str).collect();
    assert_eq!(ids, with_check, "problems without a check, or checks without a problem");

    let wrong: Vec<String> = checks
        .iter()
        .flat_map(|(id, expected)| {
            let complaints =
                expected.complaints(&texts(&problems[*id]["answer"]), &texts(&problems[*id]["choices"]));
            complaints.into_iter().map(move |complaint| format!("{id}: {complaint}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The trivial questions are a set of their own, with the same keys.
#[test]
fn every_trivial_answer_is_found_again_by_another_way() {
    let rows = rows("trivial.jsonl");
    let checks = checks::trivial::checks();
    let ids: Vec<&str> = rows.iter().map(|row| text(row, "id")).collect();
    let with_check: Vec<&str> = checks.iter().map(|(id, _)| *id).collect();
    assert_eq!(ids, with_check);
    assert!(ids.len() >= 20);
    for (row, (id, expected)) in rows.iter().zip(&checks) {
        assert_eq!(expected.complaints(&texts(&row["answer"]), &[]), [""; 0], "{id}");
        assert!(!text(row, "problem").is_empty() && !text(row, "solution").is_empty(), "{id}");
    }
    let problems = problems();
    assert!(ids.iter().all(|id| !problems.contains_key(*id)));
}

#[test]
fn the_answer_of_another_problem_is_refused() {
    let problems = problems();
    for (id, expected) in checks::all() {
        let own = texts(&problems[id]["answer"]);
        for (other, problem) in &problems {
            let given = texts(&problem["answer"]);
            let shared = given.iter().any(|answer| own.contains(answer));
            let refused = !expected.complaints(&given, &texts(&problems[id]["choices"])).is_empty();
            assert!(shared || refused, "{id} takes {given:?} of {other}");
        }
    }
}

#[test]
fn there_are_at_least_twenty_problems_a_level_in_stable_order() {
    let rows = rows("problems.jsonl");
    let levels: Vec<u64> = rows.iter().filter_map(|row| row["level"].as_u64()).collect();
    assert_eq!(levels.len(), rows.len());
    assert!(levels.is_sorted());
    for level in 1..=5 {
        assert!(levels.iter().filter(|each| **each == level).count() >= 20, "level {level}");
    }
    assert_eq!(problems().len(), rows.len(), "an id occurs twice");
    for row in &rows {
        let id = text(row, "id");
        assert_eq!(id.split('-').nth(1), Some(row["level"].to_string().as_str()), "{id}");
        assert!(!text(row, "problem").is_empty() && !text(row, "solution").is_empty(), "{id}");
        assert!(!texts(&row["answer"]).is_empty(), "{id}");
        assert_eq!(text(row, "kind") == "multiple choice", !texts(&row["choices"]).is_empty(), "{id}");
    }
}
