//! The recorded run of EvalThink: its steps and token counts have to come out of ours to the last digit.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tokens::Tokenizer;

use crate::spans::testing::splitter;

fn reference() -> Option<PathBuf> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/reference/evalthink"));
    if !folder.exists() {
        println!("skipped: {} is not there", folder.display());
        return None;
    }
    Some(folder.to_owned())
}

fn read(path: PathBuf) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The thinking of a recorded row, and the number of its item.
fn thought(row: &Value) -> (u64, String) {
    let messages = row["messages"].as_array().unwrap();
    let problem = messages[0]["content"].as_str().unwrap();
    let item = problem.rsplit_once("(item ").unwrap().1.split(')').next().unwrap().parse().unwrap();
    let thought = match &messages[1]["content"] {
        Value::String(reply) => reply[..reply.rfind("</think>").unwrap_or(reply.len())].to_owned(),
        parts => {
            parts.as_array().unwrap().iter().find_map(|part| part["reasoning"].as_str()).unwrap().to_owned()
        }
    };
    (item, thought)
}

fn check(strategy: &str, table: Value) {
    let Some(folder) = reference() else { return };
    let tokenizer = Tokenizer::open(&folder).unwrap();
    let splitter = splitter(table);
    let judged = read(folder.join(format!("judged_{strategy}.json")));
    let expected = read(folder.join(format!("expected_{strategy}.json")));
    for level in 1..=5 {
        let rows =
            std::fs::read_to_string(folder.join(format!("reviews/math_500_Level {level}.jsonl"))).unwrap();
        let (mut total, mut first_correct, mut count) = (0.0, 0.0, 0.0);
        for row in rows.lines() {
            let (item, thought) = thought(&serde_json::from_str(row).unwrap());
            let spans = splitter.spans(&thought);
            let pieces: Vec<&str> = spans.into_iter().map(|span| &thought[span]).collect();
            let judgment =
                judged["judged"].as_array().unwrap().iter().find(|judgment| judgment["item"] == item);
            let index: i64 = judgment.unwrap()["judged_paragraph"].as_str().unwrap().parse().unwrap();
            let before = pieces[..usize::try_from(index).unwrap_or(0)].join("\n\n");
            total += f64::from(tokenizer.count(&thought));
            first_correct += f64::from(tokenizer.count(&before));
            count += 1.0;
        }
        let expect = |metric: &str| expected[metric][format!("Level {level}")].as_f64().unwrap();
        assert_eq!(total / count, expect("reasoning_tokens"), "{strategy}, level {level}");
        assert_eq!(first_correct / count, expect("first_correct_tokens"), "{strategy}, level {level}");
    }
}

#[test]
fn separator() {
    check("separator", json!({"kind": "separator", "keep_empty": true}));
}

#[test]
fn keywords() {
    let phrases = [
        "alternatively",
        "but wait",
        "let me reconsider",
        "another way",
        "another approach",
        "another method",
        "another angle",
    ];
    check(
        "keywords",
        json!({"kind": "keywords", "phrases": phrases, "case_sensitive": true, "anywhere": true}),
    );
}
