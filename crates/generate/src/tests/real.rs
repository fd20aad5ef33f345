//! Replies of real models; skipped where the shared data is absent.

use std::collections::BTreeMap;

use serde_json::json;
use stage::Silent;
use tables::{Problem, Reply};

use super::*;

fn shared(name: &str) -> Option<Vec<Value>> {
    let path = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")).join(name);
    match std::fs::read_to_string(&path) {
        Ok(text) => Some(text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()),
        Err(_) => {
            println!("skipped: {name} of the shared data is not there");
            None
        }
    }
}

/// Problems and replies in the order of the problems.
fn tables_of(rows: &[Value]) -> (Vec<Problem>, Vec<Reply>) {
    let text = |row: &Value, key: &str| row[key].as_str().unwrap().to_owned();
    let mut problems = Vec::<Problem>::new();
    let mut replies = BTreeMap::<usize, Vec<Reply>>::new();
    for row in rows {
        let asked = text(row, "problem");
        let known = problems.iter().position(|problem| problem.problem == asked);
        let at = known.unwrap_or_else(|| {
            problems.push(Problem {
                id: format!("p{}", problems.len()),
                problem: asked,
                ..Problem::default()
            });
            problems.len() - 1
        });
        let model = text(row, "model");
        let of_problem = replies.entry(at).or_default();
        let sample = of_problem.iter().filter(|reply| reply.model == model).count();
        of_problem.push(Reply {
            problem_id: problems[at].id.clone(),
            model,
            sample: u32::try_from(sample).unwrap(),
            trace_id: Some(text(row, "id")),
            content: text(row, "response"),
            ..Reply::default()
        });
    }
    (problems, replies.into_values().flatten().collect())
}

/// All generations of all models of a file of traces.
async fn generations(rows: &[Value]) -> Vec<Generation> {
    let place = Place::empty();
    let (problems, replies) = tables_of(rows);
    let models: std::collections::BTreeSet<String> =
        replies.iter().map(|reply| reply.model.clone()).collect();
    place.write("problems", problems);
    place.write("replies", replies);
    let mut all = Vec::new();
    for model in models {
        let table = json!({"name": model, "kind": "recorded"});
        place.run(&table, "out", &Execution::default(), &Silent).await.unwrap();
        all.extend(place.read("out"));
    }
    all
}

fn sources(generations: &[Generation]) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    generations.iter().for_each(|row| *counts.entry(row.reasoning_source.as_str()).or_default() += 1);
    counts
}

#[tokio::test]
async fn three_models_on_the_same_problems() {
    let Some(rows) = shared("traces/math500_three_models.jsonl") else { return };
    let found = generations(&rows).await;
    assert_eq!(sources(&found), BTreeMap::from([("open_tag_in_prompt", 39), ("tags", 20), ("unclosed", 1)]));
    let bare = rows.iter().find(|row| row["think_tags"] == "none").unwrap();
    let cut = found.iter().find(|row| row.unclosed()).unwrap();
    assert_eq!(cut.trace_id.as_deref(), bare["id"].as_str());
    assert_eq!(cut.reasoning, bare["response"].as_str().unwrap());
}

#[tokio::test]
async fn replies_that_were_cut_in_their_thinking() {
    let check = async |name: &str, expect: &[(&str, usize)]| {
        let Some(rows) = shared(name) else { return };
        assert_eq!(sources(&generations(&rows).await), expect.iter().copied().collect(), "{name}");
    };
    check("traces/math_r1_distill_1_5b.jsonl", &[("tags", 365), ("unclosed", 122)]).await;
    check("traces/math_25_samples_each.jsonl", &[("tags", 90), ("unclosed", 10)]).await;
    check("traces/trick_questions_no_gold.jsonl", &[("tags", 57)]).await;
}

/// The labels say where a paragraph of the thinking ends in the whole reply: our thinking must be the same
/// bytes at the same place.
#[tokio::test]
async fn offsets_in_the_thinking_map_back_to_the_reply() {
    let Some(labels) = shared("labels/first_assertion.jsonl") else { return };
    let mut rows = Vec::new();
    for name in ["math500_three_models", "math_r1_distill_1_5b", "math_25_samples_each"] {
        rows.extend(shared(&format!("traces/{name}.jsonl")).unwrap());
    }
    let found = generations(&rows).await;
    for label in &labels {
        let trace = label["trace"].as_str();
        let generation = found.iter().find(|row| row.trace_id.as_deref() == trace).unwrap();
        let response =
            rows.iter().find(|row| row["id"].as_str() == trace).unwrap()["response"].as_str().unwrap();
        let start = response.find(&generation.reasoning).unwrap();
        let step = usize::try_from(label["step"].as_u64().unwrap()).unwrap();
        let end = paragraph_ends(&generation.reasoning)[step];
        assert_eq!(Some((start + end) as u64), label["byte_end"].as_u64(), "{trace:?}");
    }
}

/// Where each paragraph ends, blank lines being what stands between two.
fn paragraph_ends(text: &str) -> Vec<usize> {
    let mut ends = Vec::new();
    let (mut inside, mut at) = (false, 0);
    for line in text.split_inclusive('\n') {
        let content = line.trim_end();
        if content.is_empty() {
            inside = false;
        } else {
            if inside {
                ends.pop();
            }
            ends.push(at + content.len());
            inside = true;
        }
        at += line.len();
    }
    ends
}
