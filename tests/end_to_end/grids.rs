//! Grids: figures over tasks, submissions out and in, pictures on trace pages.

use crate::support::{Place, shared};

/// A reply of each kind to every test input of the shared tasks: the right grid, the input as it is, nothing.
fn replies(tasks: &str) -> String {
    let mut rows = String::new();
    for line in tasks.lines() {
        let task: serde_json::Value = serde_json::from_str(line).unwrap();
        for (at, pair) in task["test"].as_array().unwrap().iter().enumerate() {
            for (model, said) in [
                ("perfect", pair["output"].to_string()),
                ("echo", pair["input"].to_string()),
                ("silent", "No.".to_owned()),
            ] {
                let gold = pair["output"].to_string();
                let id = format!("{}/{at}", task["id"].as_str().unwrap());
                let row = serde_json::json!({"problem_id": id, "problem": id, "gold": gold, "model": model, "response": said});
                rows.push_str(&format!("{row}\n"));
            }
        }
    }
    rows
}

fn figure(place: &Place, run: &str, metric: &str, model: &str) -> f64 {
    let done =
        place.succeed(&["report", "--metrics", &format!("runs/{run}/metrics.parquet"), "--format", "csv"]);
    let head: Vec<&str> = done.stdout.lines().next().unwrap().split(',').collect();
    let column = |name: &str| head.iter().position(|column| *column == name).unwrap();
    let mut rows = done.stdout.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let wanted = [("metric", metric), ("model", model), ("subset", "overall"), ("scope", "all")];
    let row = rows.find(|row| wanted.iter().all(|(name, value)| row[column(name)] == *value));
    row.unwrap()[column("value")].parse().unwrap()
}

#[test]
fn tasks_are_scored_from_perfect_echoing_and_silent_replies() {
    let Some(tasks) = shared("data/arc/arc_agi1_sample.jsonl") else { return };
    let place = Place::new();
    let tasks = std::fs::read_to_string(tasks).unwrap();
    place.write("rows.jsonl", &replies(&tasks));
    place.succeed(&[
        "run",
        "recorded",
        "--quiet",
        "--set",
        "dataset.path=rows.jsonl",
        "--set",
        "models.*.tokenizer=builtin",
        "--set",
        "grade.kind=grid",
    ]);
    for (model, expect) in [("perfect", 1.0), ("echo", 0.0), ("silent", 0.0)] {
        assert!((figure(&place, "recorded", "arc_score@1", model) - expect).abs() < 1e-9, "{model}");
    }
    assert!((figure(&place, "recorded", "cells_right", "perfect") - 1.0).abs() < 1e-9);
    assert!(figure(&place, "recorded", "cells_right", "echo") > 0.3);
    assert!(figure(&place, "recorded", "cells_right", "silent").abs() < 1e-9);
}

#[test]
fn submissions_go_out_and_come_back() {
    let place = Place::new();
    place.succeed(&["run", "demo-grid", "--quiet"]);
    let first = figure(&place, "demo-grid", "arc_score@1", "overthinker");
    place.succeed(&["export", "arc-submission", "runs/demo-grid", "--output", "out", "--quiet"]);
    let two = place.read("out/overthinker/grid-mirror.json");
    let said: serde_json::Value = serde_json::from_str(&two).unwrap();
    assert_eq!(said.as_array().unwrap().len(), 2);
    assert_eq!(said[1]["attempt_1"]["metadata"]["pair_index"], 1);
    assert!(said[0]["attempt_1"]["answer"][0].is_array());
    std::fs::copy(concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/grids.jsonl"), place.path("grids.jsonl"))
        .unwrap();
    let back = [
        "run",
        "recorded",
        "--quiet",
        "--set",
        "dataset.kind=arc",
        "--set",
        "dataset.path=grids.jsonl",
        "--set",
        "dataset.submissions=out/overthinker",
        "--set",
        "models.*.tokenizer=builtin",
        "--set",
        "grade.kind=grid",
    ];
    place.succeed(&back);
    assert!((figure(&place, "recorded", "arc_score@1", "overthinker") - first).abs() < 1e-9);
}

#[test]
fn a_page_shows_grids_as_pictures_without_script() {
    let place = Place::new();
    place.succeed(&["run", "demo-grid", "--quiet"]);
    let page = place.read("runs/demo-grid/report.html");
    assert!(page.contains("<svg class=\"grid\"") && page.contains("class=\"wrong\""), "no pictures");
    assert!(page.contains("<figcaption>last input</figcaption>"));
}
