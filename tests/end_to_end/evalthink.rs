//! The peer's own figures, from its recorded run, through the whole program: exact to the last digit.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;
use tables::{MetricValue, Problem, TableReader};

use crate::support::{Place, shared};

/// The peer's name of each figure and ours.
const FIGURES: [&str; 6] = [
    "reasoning_tokens",
    "first_correct_tokens",
    "reflection_tokens",
    "token_efficiency",
    "thought_num",
    "accuracy",
];

const SEPARATOR: &str = "kind = \"separator\"\nkeep_empty = true\n";
const KEYWORDS: &str = "kind = \"keywords\"\ncase_sensitive = true\nanywhere = true\nphrases = [\"alternatively\", \
                        \"but wait\", \"let me reconsider\", \"another way\", \"another approach\", \
                        \"another method\", \"another angle\"]\n";

#[test]
fn the_recorded_run_comes_out_to_the_last_digit() {
    let Some(reference) = shared("reference/evalthink") else { return };
    for (strategy, splitter) in [("separator", SEPARATOR), ("keywords", KEYWORDS)] {
        let place = Place::new();
        place.write("verdicts.jsonl", "");
        place.write("peer.toml", &pipeline(&reference, splitter));
        place.succeed(&["run", "peer.toml", "--to", "split"]);
        place.write("verdicts.jsonl", &verdicts(&place, &reference, strategy));
        let done = place.succeed(&["run", "peer.toml"]);
        assert!(done.stdout.contains("EvalThink"), "the peer's figures are not shown\n{}", done.stdout);
        compare(&place, &read(&reference.join(format!("expected_{strategy}.json"))), strategy);
    }
}

fn pipeline(reference: &Path, splitter: &str) -> String {
    let levels: Vec<String> = (1..=5)
        .map(|level| reference.join(format!("reviews/math_500_Level {level}.jsonl")).display().to_string())
        .collect();
    format!(
        "[dataset]\npreset = \"evalscope\"\npath = {levels:?}\nmodel = \"synthetic\"\n\
         [[models]]\nname = \"synthetic\"\nkind = \"recorded\"\ntokenizer = {:?}\n\
         [split]\n{splitter}\n[judge]\nkind = \"recorded\"\npath = \"verdicts.jsonl\"\n\
         [score]\ncompat = \"evalthink\"\n",
        reference.join("tokenizer.json").display().to_string(),
    )
}

fn read(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The judged indices, by problem: the item's number stands at the end of each problem.
fn verdicts(place: &Place, reference: &Path, strategy: &str) -> String {
    let problems = TableReader::<Problem>::open(&place.path("runs/peer/problems.parquet")).unwrap();
    let item =
        |text: &str| text.split("(item ").nth(1).unwrap().split(')').next().unwrap().parse::<u64>().unwrap();
    let ids: BTreeMap<u64, String> = problems.map(Result::unwrap).map(|p| (item(&p.problem), p.id)).collect();
    assert_eq!(ids.len(), 100);
    let judged = read(&reference.join(format!("judged_{strategy}.json")));
    let line = |row: &Value| {
        let id = &ids[&row["item"].as_u64().unwrap()];
        format!("{{\"problem_id\": \"{id}\", \"step\": {}}}\n", row["judged_paragraph"].as_str().unwrap())
    };
    judged["judged"].as_array().unwrap().iter().map(line).collect()
}

fn compare(place: &Place, expected: &Value, strategy: &str) {
    let metrics = TableReader::<MetricValue>::open(&place.path("runs/peer/metrics.parquet")).unwrap();
    let metrics: Vec<MetricValue> = metrics.map(Result::unwrap).collect();
    for figure in FIGURES {
        for level in 1..=5 {
            let level = format!("Level {level}");
            let found =
                metrics.iter().find(|row| row.metric == format!("evalthink.{figure}") && row.subset == level);
            let found = found.unwrap().value.unwrap();
            let wanted = expected[figure][&level].as_f64().unwrap();
            assert!((found - wanted).abs() < 1e-9, "{strategy} {figure} {level}: {found} for {wanted}");
        }
    }
}
