//! Traces that real models left behind, where they are at hand: every row arrives, none is dropped.

use tables::{Finish, Score, TableReader};

use crate::support::{Place, shared};

const TRACES: [&str; 4] =
    ["math500_three_models", "math_25_samples_each", "math_r1_distill_1_5b", "trick_questions_no_gold"];

fn scores(place: &Place, run: &str) -> Vec<Score> {
    let mut rows = Vec::new();
    for entry in std::fs::read_dir(place.path(run)).unwrap() {
        let path = entry.unwrap().path().join("scores.parquet");
        if path.is_file() {
            rows.extend(TableReader::<Score>::open(&path).unwrap().map(Result::unwrap));
        }
    }
    rows
}

#[test]
fn three_real_models_by_level_with_their_tokenizer() {
    let (Some(traces), Some(tokenizer)) = (shared("data/traces"), shared("data/tokenizers/qwen3")) else {
        return;
    };
    let place = Place::new();
    let path = format!("dataset.path={}", traces.join("math500_three_models.jsonl").display());
    let tokenizer = format!("models.*.tokenizer={}", tokenizer.display());
    let set = ["--set", &path, "--set", "dataset.subset=extra.level", "--set", &tokenizer];
    let done = place.succeed(&[&["run", "recorded"][..], &set].concat());
    assert!(done.stdout.contains("overall"), "{}", done.stdout);
    let rows = scores(&place, "runs/recorded");
    assert_eq!(rows.len(), 60);
    assert!(rows.iter().all(|row| row.reasoning_tokens > Some(0)), "a thinking model without thinking");
    let unclosed = rows.iter().filter(|row| row.reasoning_source == "unclosed").count();
    assert!(unclosed >= 1, "the reply that never closed its thinking was taken for an answer");
}

#[test]
fn all_recorded_traces_come_through() {
    let Some(traces) = shared("data/traces") else { return };
    let place = Place::new();
    let files: Vec<String> =
        TRACES.iter().map(|name| traces.join(name).with_extension("jsonl").display().to_string()).collect();
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    place.succeed(&[&["import"][..], &files, &["-o", "imported"]].concat());
    let mut generations = 0;
    for entry in std::fs::read_dir(place.path("imported")).unwrap() {
        let path = entry.unwrap().path().join("generations.parquet");
        if path.is_file() {
            generations += TableReader::<tables::Generation>::open(&path).unwrap().len();
        }
    }
    assert_eq!(generations, 704);

    let list = format!("dataset.path={files:?}");
    place.succeed(&["run", "recorded", "--set", &list]);
    assert_eq!(scores(&place, "runs/recorded").len(), 704);
}

#[test]
fn replies_that_were_cut_count_as_cut() {
    let Some(traces) = shared("data/traces") else { return };
    let place = Place::new();
    let path = format!("dataset.path={}", traces.join("math_25_samples_each.jsonl").display());
    let set = ["--set", &path, "--set", "dataset.columns.truncated=extra.hit_max_tokens"];
    let done = place.succeed(&[&["run", "recorded"][..], &set].concat());
    let cut = scores(&place, "runs/recorded").iter().filter(|row| row.finish == Finish::Length).count();
    assert!(cut > 0 && done.stdout.contains(&format!("{cut} cut by the token limit")), "{}", done.stdout);
}
