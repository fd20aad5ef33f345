//! Grids: figures over tasks, submissions out and in, pictures on trace pages.

use testkit::{Asked, Said, Script, ScriptedServer};

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

/// The tasks that the program has: last input, as it is asked, and the right output.
fn own_tasks() -> std::collections::BTreeMap<String, String> {
    let tasks = include_str!("../../data/grids.jsonl").lines();
    let tasks = tasks.map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let pairs = tasks.flat_map(|task| task["test"].as_array().unwrap().clone());
    pairs.map(|pair| (pair["input"].to_string(), pair["output"].to_string())).collect()
}

/// What the model of that name says: what is right, the last input again, or nothing.
fn said(asked: &Asked, right: &std::collections::BTreeMap<String, String>) -> Option<Said> {
    let input = asked.prompt.split("Last input:\n").nth(1)?.lines().next()?;
    Some(Said::plain(match asked.model.as_str() {
        "perfect" => format!("```\n{}\n```", right[input]),
        "echo" => format!("```\n{input}\n```"),
        // Right at the second attempt alone.
        "second" if asked.body["seed"].as_i64()? % 2 == 0 => "I see no rule.".to_owned(),
        "second" => right[input].clone(),
        _ => String::new(),
    }))
}

/// Tasks are asked of servers that know everything, that repeat the input, and that say nothing.
#[test]
fn tasks_are_scored_from_perfect_echoing_and_silent_servers() {
    let right = own_tasks();
    let server = ScriptedServer::with_words(Script::default(), move |asked| said(asked, &right)).unwrap();
    let place = Place::new();
    place.write("grids.jsonl", include_str!("../../data/grids.jsonl"));
    let model = |name: &str| {
        format!(
            "[[models]]\nname = \"{name}\"\nkind = \"openai\"\nmodel = \"{name}\"\nbase_url = \"{}\"\nsamples = 2\nseed = 4\n\
             tokenizer = \"builtin\"\nprice = {{ prompt = 1.0, completion = 2.0 }}\n",
            server.base_url()
        )
    };
    let models: String = ["perfect", "echo", "silent", "second"].map(model).concat();
    let head = "[dataset]\nkind = \"arc\"\npath = \"grids.jsonl\"\n[grade]\nkind = \"grid\"\nthinking = true\n[split]\nkind = \"separator\"\n";
    place.write("arc.toml", &format!("{head}[judge]\nkind = \"checked\"\n{models}"));
    place.succeed(&["run", "arc.toml", "--quiet"]);
    let check = |metric: &str, model: &str, expect: f64| {
        let found = figure(&place, "arc", metric, model);
        assert!((found - expect).abs() < 1e-9, "{metric} of {model}: {found}");
    };
    for (model, score) in [("perfect", 1.0), ("echo", 0.0), ("silent", 0.0), ("second", 1.0)] {
        check("arc_score@2", model, score);
        check("arc_solved@2", model, score);
    }
    check("arc_score@1", "second", 0.5);
    for (model, share) in [("perfect", 0.0), ("echo", 0.0), ("silent", 1.0), ("second", 0.5)] {
        check("unreadable", model, share);
    }
    check("shape_right", "perfect", 1.0);
    assert!(figure(&place, "arc", "shape_right", "echo") < 1.0);
    check("cells_right", "echo", figure(&place, "arc", "cells_copied", "echo"));
    let [cost, solved] =
        ["cost_per_task", "cost_per_solved"].map(|metric| figure(&place, "arc", metric, "perfect"));
    assert!(cost > 0.0 && (cost - solved).abs() < 1e-12, "{cost} {solved}");
    assert!(figure(&place, "arc", "tokens_per_task", "perfect") > 1.0);
    let report: serde_json::Value = serde_json::from_str(&place.read("runs/arc/report.json")).unwrap();
    let nothing = report["metrics"].as_array().unwrap().iter().find(|row| {
        row["metric"] == "cost_per_solved" && row["model"] == "echo" && row["subset"] == "overall"
    });
    assert!(nothing.unwrap()["value"].is_null(), "nothing was solved");
}
