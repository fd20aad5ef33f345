//! Real files, where they are at hand.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::{Value, json};
use tables::Finish;

use super::*;

/// The folder of shared material; says so and returns nothing where it is absent.
pub(super) fn shared(part: &str) -> Option<PathBuf> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")).join(part);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: {part} is not here");
    None
}

#[test]
fn every_recorded_trace_is_loaded() {
    let Some(folder) = shared("data/traces") else { return };
    let columns = json!({"truncated": "extra.hit_max_tokens", "completion_tokens": "tokens"});
    let files = [
        ("math500_three_models.jsonl", 20, 60, 3),
        ("math_25_samples_each.jsonl", 4, 100, 1),
        ("math_r1_distill_1_5b.jsonl", 487, 487, 1),
        ("trick_questions_no_gold.jsonl", 32, 57, 1),
    ];
    for (file, problems, replies, models) in files {
        let mut table = json!({"kind": "recorded", "path": folder.join(file)});
        if file == "math_25_samples_each.jsonl" {
            table["columns"] = columns.clone();
        }
        let loaded = load(&table).unwrap();
        assert_eq!((loaded.problems.len(), loaded.replies.len()), (problems, replies), "{file}");
        let found = parse(&table, "dataset").unwrap().models().unwrap();
        assert_eq!(found.len(), models, "{file}");
        let truncated = loaded.replies.iter().filter(|reply| reply.finish == Finish::Length).count();
        assert_eq!(truncated > 0, file == "math_25_samples_each.jsonl", "{file}: {truncated} truncated");
    }
    let all = load(&json!({"kind": "recorded", "path": folder})).unwrap();
    assert_eq!(all.replies.len(), 744);
    assert_eq!(all.replies.iter().filter(|reply| reply.content.is_empty()).count(), 0);
    let ids: std::collections::BTreeSet<_> =
        all.replies.iter().filter_map(|r| r.trace_id.as_deref()).collect();
    assert_eq!(ids.len(), 744, "every reply keeps its own name");
}

#[test]
fn public_problem_sets_are_loaded() {
    let Some(folder) = shared("data/problems") else { return };
    let math = load(&json!({"preset": "math-500", "path": folder.join("math500.jsonl")})).unwrap();
    let mut levels: BTreeMap<&str, u32> = BTreeMap::new();
    math.problems.iter().for_each(|problem| *levels.entry(&problem.subset).or_default() += 1);
    let expect = [("Level 1", 43), ("Level 2", 90), ("Level 3", 105), ("Level 4", 128), ("Level 5", 134)];
    assert_eq!(levels.into_iter().collect::<Vec<_>>(), expect);
    assert!(math.problems.iter().all(|problem| problem.gold.len() == 1 && problem.dataset == "MATH-500"));

    let path = folder.join("gsm8k_test.jsonl");
    let bare = load(&json!({"preset": "gsm8k", "path": path})).unwrap();
    let worked = load(&json!({"preset": "gsm8k", "path": path, "columns": {"answer": "solution"}})).unwrap();
    assert_eq!(bare.problems.len(), 1319);
    let golds =
        |loaded: &Loaded| loaded.problems.iter().map(|p| p.gold[0].replace(',', "")).collect::<Vec<_>>();
    assert_eq!(golds(&bare), golds(&worked), "behind `####` stands the answer");
}

#[test]
fn reviews_of_evalscope_are_loaded() {
    let Some(folder) = shared("reference/evalthink/reviews") else { return };
    let table = json!({"preset": "evalscope", "path": folder, "model": "synthetic"});
    let loaded = load(&table).unwrap();
    assert_eq!((loaded.problems.len(), loaded.replies.len()), (100, 100));
    let level = |n: usize| loaded.problems[n].subset.as_str();
    assert_eq!((level(0), level(20), level(99)), ("Level 1", "Level 2", "Level 5"));
    // Half of the third file holds the thinking inside the text, all others in blocks of their own.
    let apart = loaded.replies.iter().filter(|reply| reply.reasoning.is_some()).count();
    let tagged = loaded.replies.iter().filter(|reply| reply.content.starts_with("<think>")).count();
    assert_eq!((apart, tagged), (90, 10));
    for (place, (problem, reply)) in loaded.problems.iter().zip(&loaded.replies).enumerate() {
        assert_eq!(reply.trace_id.as_deref(), Some((place % 20).to_string().as_str()));
        let item = (place % 20) * 5 + place / 20;
        assert!(problem.problem.contains(&format!("(item {item})")), "{}", problem.problem);
    }
    let extra: Value = serde_json::from_str(loaded.replies[0].extra.as_deref().unwrap()).unwrap();
    assert!(extra.get("sample_score").is_some() && extra.get("messages").is_none());
}
