//! Tasks on the demonstration traces of the project, whose labels say what is right.

#![expect(clippy::disallowed_methods, reason = "a test")]

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::*;
use crate::task::dry_run::paragraphs;
use crate::test_support::{build, graded};
use crate::{Chain, Item, at_once, tasks};

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data");

fn rows(file: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(format!("{DATA}/{file}")).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn text(row: &Value, key: &str) -> String {
    row[key].as_str().unwrap().to_owned()
}

fn strings(value: &Value) -> Vec<String> {
    match value {
        Value::String(one) => vec![one.clone()],
        several => {
            several.as_array().into_iter().flatten().map(|one| one.as_str().unwrap().to_owned()).collect()
        }
    }
}

fn numbers(value: &Value) -> Vec<u32> {
    value.as_array().unwrap().iter().map(|number| number.as_u64().unwrap() as u32).collect()
}

/// Each trace, with what a chain says of it and its labels.
fn judged(chain: &Chain) -> Vec<(String, Judgment, Value)> {
    let problem = |row: &Value| Problem {
        id: text(row, "id"),
        problem: text(row, "problem"),
        gold: strings(&row["answer"]),
        choices: strings(&row["choices"]),
        ..Problem::default()
    };
    let problems: BTreeMap<String, Problem> =
        rows("problems.jsonl").iter().map(|row| (text(row, "id"), problem(row))).collect();
    let one = |row: &Value| {
        let response = text(row, "response");
        let inside = response.strip_prefix("<think>").unwrap();
        let (thinking, answer) = inside.split_once("</think>").unwrap_or((inside, ""));
        let cut = !inside.contains("</think>");
        let generation = Generation {
            problem_id: text(row, "problem_id"),
            model: text(row, "model"),
            reasoning: thinking.to_owned(),
            answer_text: answer.to_owned(),
            reasoning_source: if cut { Generation::UNCLOSED } else { "tags" }.to_owned(),
            finish: if cut { Finish::Length } else { Finish::Stop },
            ..Generation::default()
        };
        let steps = paragraphs(thinking);
        let problem = &problems[&generation.problem_id];
        let grade = graded(problem, &generation);
        let item = Item { problem, generation: &generation, grade: &grade, steps: &steps };
        (text(row, "id"), at_once(chain, &item), row["labels"].clone())
    };
    rows("traces.jsonl").iter().map(one).collect()
}

fn ends(judgment: &Judgment) -> Vec<u32> {
    judgment.solutions.iter().flatten().map(|solution| solution.end).collect()
}

#[test]
fn its_labels_can_be_used_as_they_are() {
    let path = format!("{DATA}/traces.jsonl");
    let recorded = || json!({"kind": "recorded", "path": path});
    let built = tasks::build(&json!({"solutions": recorded(), "strategies": recorded()}), "tasks");
    let chain = Chain::new(build(&json!({"kind": "rule"})), built.ok().unwrap().built);
    let mut labelled = 0;
    for (id, judgment, labels) in judged(&chain) {
        assert_eq!(ends(&judgment), numbers(&labels["solutions"]), "{id}");
        let strategies: Vec<u32> =
            judgment.solutions.iter().flatten().filter_map(|solution| solution.strategy).collect();
        assert_eq!(strategies, numbers(&labels["strategies"]), "{id}");
        assert!(judgment.tasks.iter().all(|note| note.state == "done"), "{id}: {:?}", judgment.tasks);
        labelled += strategies.len();
    }
    assert!(labelled > 200, "{labelled} solutions");
}

#[test]
fn rules_see_most_of_its_solutions_and_a_thought_more_than_markers() {
    let chain =
        Chain::new(build(&json!({"kind": "rule"})), tasks::build(&json!({}), "tasks").ok().unwrap().built);
    let (mut found, mut labelled, mut right, mut given, mut answered) = (0, 0, 0, 0, 0);
    for (id, judgment, labels) in judged(&chain) {
        let (ours, theirs) = (ends(&judgment), numbers(&labels["solutions"]));
        let close = |one: &&u32, all: &[u32]| all.iter().any(|other| one.abs_diff(*other) <= 1);
        found += theirs.iter().filter(|one| close(one, &ours)).count();
        right += ours.iter().filter(|one| close(one, &theirs)).count();
        if std::env::var_os("SHOW_FAILURES").is_some() {
            let missed: Vec<&u32> = theirs.iter().filter(|one| !close(one, &ours)).collect();
            let odd: Vec<&u32> = ours.iter().filter(|one| !close(one, &theirs)).collect();
            println!("{id}: missed {missed:?}, odd {odd:?}");
        }
        (labelled, given) = (labelled + theirs.len(), given + ours.len());
        answered += judgment.solutions.iter().flatten().filter(|solution| solution.answer.is_some()).count();
        let thoughts = judgment.thoughts.as_ref().unwrap();
        assert!(thoughts[0].marker.is_none() && thoughts[1..].iter().all(|one| one.marker.is_some()), "{id}");
        assert!(thoughts.is_sorted_by(|one, next| one.start < next.start), "{id}");
        if let (Some(step), Some(labels)) = (judgment.step, labels["first_assertion"].as_u64()) {
            let first = thoughts.iter().position(|thought| thought.correct == Some(true));
            assert!(first.is_some(), "{id}: step {step}, label {labels}");
        }
    }
    let (recalled, precise) = (found as f64 / labelled as f64, right as f64 / given as f64);
    let f1 = 2.0 * recalled * precise / (recalled + precise);
    println!("solutions: {found} of {labelled} found, {right} of {given} given are right, F1 {f1:.3}");
    assert!(f1 >= 0.8, "solutions are missed: {f1}");
    assert_eq!(answered, given, "a round of the rules has an answer");
}
