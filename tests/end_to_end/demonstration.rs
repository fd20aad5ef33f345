//! The main job without key, GPU or network, and everything that must not run twice.

use crate::support::{Done, Place};

const RUN: [&str; 1] = ["run"];

fn ran(done: &Done) -> Vec<String> {
    done.stages("running (")
}

#[test]
fn the_default_pipeline_reports_both_manners_over_five_levels() {
    let place = Place::new();
    let done = place.succeed(&RUN);
    for expected in ["to-the-point", "overthinker", "Level 1", "Level 5", "overall"] {
        assert!(done.stdout.contains(expected), "no {expected} in\n{}", done.stdout);
    }
    let html = place.read("runs/full-eval/report.html");
    assert!(html.contains("<svg") && html.contains("written by us"), "the page lacks charts or the notice");
    for file in
        ["report.md", "report.csv", "report.json", "manifest.json", "pipeline.toml", "metrics.parquet"]
    {
        assert!(place.path("runs/full-eval").join(file).is_file(), "{file} is missing");
    }
}

#[test]
fn a_second_run_does_nothing_and_changes_nothing() {
    let place = Place::new();
    let first = place.succeed(&RUN);
    let before = place.contents("runs");
    let second = place.succeed(&RUN);
    assert_eq!(ran(&second), [] as [&str; 0], "{}", second.stderr);
    assert_eq!(second.stdout, first.stdout);
    assert_eq!(place.contents("runs"), before);
}

#[test]
fn two_runs_in_different_places_are_equal_byte_for_byte() {
    let (a, b) = (Place::new(), Place::new());
    a.succeed(&RUN);
    b.succeed(&RUN);
    let (a, b) = (a.contents("runs"), b.contents("runs"));
    assert_eq!(a.keys().collect::<Vec<_>>(), b.keys().collect::<Vec<_>>());
    for (name, content) in &a {
        assert!(content == &b[name], "{name} differs");
    }
}

#[test]
fn another_splitter_redoes_only_what_follows() {
    let place = Place::new();
    place.succeed(&RUN);
    let done = place.succeed(&["run", "--set", "split.kind=keywords"]);
    let ran = ran(&done);
    assert!(ran.iter().all(|stage| !stage.starts_with("load") && !stage.starts_with("generate")), "{ran:?}");
    for stage in ["split overthinker", "judge overthinker", "score to-the-point", "measure", "report"] {
        assert!(ran.contains(&stage.to_owned()), "{stage} did not run: {ran:?}");
    }
    assert!(done.stderr.contains("kind: separator → keywords"), "no reason in\n{}", done.stderr);
}

#[test]
fn from_judge_redoes_the_judge_and_what_follows() {
    let place = Place::new();
    place.succeed(&RUN);
    let done = place.succeed(&["run", "--from", "judge"]);
    let ran = ran(&done);
    let expected = [
        "judge to-the-point",
        "judge overthinker",
        "score to-the-point",
        "score overthinker",
        "measure",
        "report",
    ];
    let mut sorted = ran.clone();
    sorted.sort();
    let mut wanted = expected.to_vec();
    wanted.sort_unstable();
    assert_eq!(sorted, wanted);
}

#[test]
fn from_judge_refuses_to_build_on_stale_steps() {
    let place = Place::new();
    place.succeed(&RUN);
    let done = place.run(&["run", "--from", "judge", "--set", "split.kind=sentence"]);
    assert_eq!(done.code, 3);
    assert!(done.stderr.contains("is not up to date"), "{}", done.stderr);
    assert!(done.stderr.contains("hint: start earlier"), "{}", done.stderr);
}

#[test]
fn one_more_model_runs_alone() {
    let place = Place::new();
    let pipeline = |models: &[&str]| {
        let tables: Vec<String> = models
            .iter()
            .map(|name| {
                format!("[[models]]\nname = \"{name}\"\nkind = \"recorded\"\ntokenizer = \"builtin\"\n")
            })
            .collect();
        format!("description = \"x\"\n[dataset]\nkind = \"builtin\"\n{}", tables.concat())
    };
    place.write("p.toml", &pipeline(&["to-the-point"]));
    place.succeed(&["run", "p.toml"]);
    place.write("p.toml", &pipeline(&["to-the-point", "overthinker"]));
    let ran = ran(&place.succeed(&["run", "p.toml"]));
    assert!(ran.contains(&"judge overthinker".to_owned()), "{ran:?}");
    assert!(!ran.iter().any(|stage| stage.ends_with("to-the-point")), "{ran:?}");
}

#[test]
fn an_altered_output_is_noticed_and_made_again() {
    let place = Place::new();
    place.succeed(&RUN);
    let before = place.contents("runs");
    std::fs::remove_file(place.path("runs/full-eval/overthinker/judgments.parquet")).unwrap();
    let done = place.succeed(&RUN);
    assert_eq!(ran(&done), ["judge overthinker"], "{}", done.stderr);
    assert_eq!(place.contents("runs"), before);
}

#[test]
fn explain_and_dry_run_change_nothing() {
    let place = Place::new();
    let explained = place.succeed(&["explain", "full-eval"]);
    assert!(explained.stdout.contains("will run (never run)"), "{}", explained.stdout);
    assert!(explained.stdout.contains("follows from"), "{}", explained.stdout);
    assert!(!place.path("runs").exists());
    place.succeed(&RUN);
    place.write("x.jsonl", "");
    let dry =
        place.succeed(&["run", "--dry-run", "--set", "judge.kind=recorded", "--set", "judge.path=x.jsonl"]);
    assert!(dry.stdout.contains("kind: rule → recorded"), "{}", dry.stdout);
}

#[test]
fn one_model_can_be_run_alone() {
    let place = Place::new();
    let done = place.succeed(&["run", "--model", "overthinker"]);
    assert!(done.stdout.contains("overthinker"));
    assert!(!place.path("runs/full-eval/to-the-point/scores.parquet").exists());
    let done = place.run(&["run", "--model", "overthinkr"]);
    assert_eq!(done.code, 3);
    assert!(done.stderr.contains("did you mean `overthinker`?"), "{}", done.stderr);
}

#[test]
fn a_limit_takes_the_first_problems() {
    let place = Place::new();
    place.succeed(&["run", "--limit", "7", "--format", "json"]);
    let rows =
        tables::TableReader::<tables::Problem>::open(&place.path("runs/full-eval/problems.parquet")).unwrap();
    assert_eq!(rows.len(), 7);
}

#[test]
fn every_format_prints() {
    let place = Place::new();
    place.succeed(&RUN);
    let check = |format: &str, expected: &str| {
        let done = place.succeed(&["run", "--format", format]);
        assert!(done.stdout.contains(expected), "{format}:\n{}", done.stdout);
    };
    check("md", "| ");
    check("csv", "token_efficiency");
    check("json", "\"schema\"");
    check("jsonl", "{\"");
    check("html", "<!DOCTYPE html>");
}

#[test]
fn what_exists_is_listed() {
    let place = Place::new();
    let check = |kind: &str, expected: &[&str]| {
        let done = place.succeed(&["list", kind]);
        for word in expected {
            assert!(done.stdout.contains(word), "list {kind} lacks {word}:\n{}", done.stdout);
        }
    };
    check("splitters", &["keywords", "regex", "sentence", "separator"]);
    check("judges", &["cascade", "llm", "recorded", "rule"]);
    check("datasets", &["builtin", "csv", "hub", "jsonl", "parquet", "recorded"]);
    check("generators", &["openai", "recorded"]);
    check("metrics", &["accuracy", "token_efficiency", "thought_switches"]);
    check("cues", &["english answer", "answer is", "german switch", "alternativ"]);
    check("pipelines", &["full-eval", "perturbed", "server", "strategies", "two-plus-three"]);
    check("strategies", &["chain_of_draft", "few_shot_cot", "no_think"]);
    check("presets", &["aime-2024", "aime-2025", "asdiv", "gsm8k", "math-500"]);
    let keys = place.succeed(&["list", "splitters", "--keys"]);
    assert!(keys.stdout.contains("phrases"), "{}", keys.stdout);
}
