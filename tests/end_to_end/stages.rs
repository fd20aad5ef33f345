//! Each stage alone on named files, and that the chain of them is the run.

use std::fs;

use crate::support::Place;

#[test]
fn stages_by_hand_give_the_tables_of_the_run() {
    let place = Place::new();
    place.succeed(&["run"]);
    place.succeed(&["load", "--dataset", "builtin", "-o", "p.parquet", "--replies", "r.parquet"]);
    place.succeed(&[
        "generate",
        "--problems",
        "p.parquet",
        "--replies",
        "r.parquet",
        "--generator",
        "recorded",
        "--model",
        "overthinker",
        "-o",
        "g.parquet",
    ]);
    place.succeed(&["grade", "--problems", "p.parquet", "--generations", "g.parquet", "-o", "gr.parquet"]);
    place.succeed(&["split", "--generations", "g.parquet", "--tokenizer", "builtin", "-o", "s.parquet"]);
    place.succeed(&[
        "judge",
        "--problems",
        "p.parquet",
        "--generations",
        "g.parquet",
        "--grades",
        "gr.parquet",
        "--splits",
        "s.parquet",
        "--judge",
        "rule",
        "-o",
        "j.parquet",
    ]);
    place.succeed(&[
        "score",
        "--problems",
        "p.parquet",
        "--generations",
        "g.parquet",
        "--grades",
        "gr.parquet",
        "--splits",
        "s.parquet",
        "--judgments",
        "j.parquet",
        "-o",
        "sc.parquet",
    ]);
    let rows = |path: &str| {
        let reader = tables::TableReader::<tables::Score>::open(&place.path(path)).unwrap();
        reader.collect::<Result<Vec<_>, _>>().unwrap()
    };
    assert_eq!(rows("sc.parquet"), rows("runs/full-eval/overthinker/scores.parquet"));
    place.succeed(&["measure", "--scores", "sc.parquet", "-o", "m.parquet"]);
    let done = place.succeed(&["report", "--metrics", "m.parquet", "--scores", "sc.parquet"]);
    assert!(done.stdout.contains("overthinker"), "{}", done.stdout);
}

#[test]
fn tables_that_do_not_belong_together_are_refused() {
    let place = Place::new();
    place.succeed(&["run"]);
    let of = |model: &str, table: &str| format!("runs/full-eval/{model}/{table}.parquet");
    place.succeed(&["run", "--name", "short", "--limit", "5"]);
    let done = place.run(&[
        "judge",
        "--problems",
        "runs/full-eval/problems.parquet",
        "--generations",
        &of("overthinker", "generations"),
        "--grades",
        &of("overthinker", "grades"),
        "--splits",
        "runs/short/overthinker/splits.parquet",
        "-o",
        "j.parquet",
    ]);
    assert_eq!(done.code, 3, "{}", done.stderr);
    assert!(done.stderr.contains("do not belong together"), "{}", done.stderr);
    assert!(!place.path("j.parquet").exists());
}

#[test]
fn recorded_verdicts_replace_a_judge() {
    let place = Place::new();
    place.succeed(&["run", "--limit", "3"]);
    let path = place.path("runs/full-eval/overthinker/generations.parquet");
    let generations = tables::TableReader::<tables::Generation>::open(&path).unwrap();
    let verdicts: String = generations
        .map(|row| format!("{{\"problem_id\": \"{}\", \"step\": 0}}\n", row.unwrap().problem_id))
        .collect();
    fs::write(place.path("verdicts.jsonl"), verdicts).unwrap();
    let set = ["--set", "judge.kind=recorded", "--set", "judge.path=verdicts.jsonl"];
    place.succeed(&[&["run", "--limit", "3"][..], &set].concat());
    let path = place.path("runs/full-eval/overthinker/judgments.parquet");
    let judgments = tables::TableReader::<tables::Judgment>::open(&path).unwrap();
    assert!(judgments.map(Result::unwrap).all(|row| row.step == Some(0) || row.step.is_none()));
    let again = place.succeed(&[&["run", "--limit", "3"][..], &set].concat());
    assert!(again.stages("running (").is_empty(), "{}", again.stderr);
    fs::write(place.path("verdicts.jsonl"), "").unwrap();
    let changed = place.run(&[&["run", "--limit", "3"][..], &set].concat());
    assert!(changed.stderr.contains("ingredients.verdicts"), "{}", changed.stderr);
}

#[test]
fn small_models_go_through_a_stage_together_and_one_that_cannot_holds_up_none() {
    let place = Place::new();
    let row = |model: usize| {
        let thinking =
            format!("<think>{model} + 1.\\n\\nSo {}.</think>The answer is {}.", model + 1, model + 1);
        format!(
            "{{\"model\": \"m{model}\", \"problem\": \"What is {model} + 1?\", \"answer\": \"{}\", \"response\": \"{thinking}\"}}\n",
            model + 1
        )
    };
    place.write("traces.jsonl", &(0..9).map(row).collect::<String>());
    let flags =
        ["run", "recorded", "--set", "dataset.path=traces.jsonl", "--set", "models.*.tokenizer=builtin"];
    place.succeed(&[&flags[..], &["--to", "generate"]].concat());
    // Where a table should stand is a folder.
    let obstacle = place.path("runs/recorded/m3/grades.parquet");
    fs::create_dir_all(obstacle.join("in-the-way")).unwrap();
    let refused = place.run(&flags);
    assert_ne!(refused.code, 0);
    assert!(refused.stderr.contains("grade m3"), "{}", refused.stderr);
    let graded = refused.stages("rows").into_iter().filter(|stage| stage.starts_with("grade")).count();
    assert!(graded >= 2, "those beside it are finished: {}", refused.stderr);
    fs::remove_dir_all(&obstacle).unwrap();
    let done = place.succeed(&flags);
    let known = done.stages("up to date").into_iter().filter(|stage| stage.starts_with("grade")).count();
    assert_eq!(known, graded, "what was finished is not done again: {}", done.stderr);
    assert!(done.stderr.contains("score m8"), "{}", done.stderr);
}
