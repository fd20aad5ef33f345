//! `thinkmeter import`: logs and data of other tools, from files to figures, as a user would.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;
use tables::{Generation, Problem, Reply, TableReader};

use crate::support::{Place, shared};

/// A file that another crate's tests read as well.
fn fixture(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../dataset/tests/fixtures");
    folder.join(name).canonicalize().unwrap().display().to_string()
}

fn rows<R: tables::Row>(path: &Path) -> Vec<R> {
    TableReader::open(path).unwrap().collect::<Result<_, _>>().unwrap()
}

#[test]
fn what_was_taken_and_what_was_not_is_said_and_kept() {
    let place = Place::new();
    let path = fixture("lm_eval.jsonl");
    let done = place.succeed(&["import", &path, "-o", "in", "--model", "sage"]);
    assert!(done.stdout.is_empty(), "stdout is for data");
    let told = done.stderr.replace(&path, "lm_eval.jsonl");
    let expect = "lm_eval.jsonl\n  lm-eval: columns doc, target, resps, filtered_resps in 5 of the first 5 rows\n  \
                  5 rows, 2 problems, 3 replies of sage\n  \
                  left out 1: log probabilities, no generated text; the first at lm_eval.jsonl:5\n";
    assert!(told.contains(expect), "{told}");
    assert!(
        told.contains("not carried over: arguments, doc_hash, filtered_resps, prompt_hash, target_hash"),
        "{told}"
    );
    let report: Value = serde_json::from_str(&place.read("in/import.json")).unwrap();
    assert_eq!(report["models"], serde_json::json!(["sage"]));
    let file = &report["files"][0];
    assert_eq!((&file["format"], &file["replies"]), (&"lm-eval".into(), &3.into()));
    assert_eq!(file["left_out"].as_array().unwrap().len(), 3);
    assert_eq!(rows::<Problem>(&place.path("in/problems.parquet")).len(), 2);
    assert!(place.path("in/sage/generations.parquet").exists());
    assert!(!place.path("in/labels.jsonl").exists(), "there are no labels");
}

#[test]
fn ratings_become_labels() {
    let place = Place::new();
    place.succeed(&["import", &fixture("omnithought.jsonl"), "-o", "in"]);
    let labels = place.read("in/labels.jsonl");
    let first: Value = serde_json::from_str(labels.lines().next().unwrap()).unwrap();
    let replies: Vec<Reply> = rows(&place.path("in/replies.parquet"));
    assert_eq!((&first["verbosity"], &first["difficulty"]), (&7.into(), &2.into()));
    assert_eq!(first["problem_id"], replies[0].problem_id.as_str());
    assert_eq!(first["model"], "DeepSeek-R1");
    assert!(place.path("in/QwQ-32B/generations.parquet").exists());
    // Another import into the same folder takes the labels of the first one away.
    place.succeed(&["import", &fixture("columns.jsonl"), "-o", "in"]);
    assert!(!place.path("in/labels.jsonl").exists());
}

#[test]
fn several_formats_come_in_one_call_and_the_same_call_gives_the_same_bytes() {
    let place = Place::new();
    let files = ["omnithought.jsonl", "opencompass.json", "processbench.jsonl", "columns.jsonl"].map(fixture);
    for folder in ["a", "b"] {
        let mut args = vec!["import"];
        args.extend(files.iter().map(String::as_str));
        args.extend(["-o", folder, "--model", "sage"]);
        place.succeed(&args);
    }
    assert_eq!(place.contents("a"), place.contents("b"));
}

#[test]
fn a_run_over_samples_of_lm_eval_ends_in_figures() {
    let place = Place::new();
    let toml = format!(
        "[dataset]\nkind = \"recorded\"\nformat = \"lm-eval\"\npath = {:?}\nmodel = \"sage\"\n[split]\nkind = \
         \"separator\"\n[judge]\nkind = \"rule\"\n",
        fixture("lm_eval.jsonl")
    );
    place.write("samples.toml", &toml);
    let done = place.succeed(&["run", "samples.toml"]);
    assert!(done.stdout.contains("sage"), "{}", done.stdout);
    let scores: Vec<tables::Score> = rows(&place.path("runs/samples/sage/scores.parquet"));
    assert_eq!(
        scores.iter().map(|score| score.correct).collect::<Vec<_>>(),
        [Some(true), Some(false), Some(true)]
    );
}

#[test]
fn a_run_over_omnithought_rows_has_a_model_a_teacher() {
    let place = Place::new();
    place.write(
        "chains.toml",
        &format!("[dataset]\nkind = \"recorded\"\npath = {:?}\n", fixture("omnithought.jsonl")),
    );
    let done = place.succeed(&["run", "chains.toml", "--fail-on-error", "0.5"]);
    assert!(done.stdout.contains("DeepSeek-R1") && done.stdout.contains("QwQ-32B"), "{}", done.stdout);
    let generations: Vec<tables::Generation> = rows(&place.path("runs/chains/QwQ-32B/generations.parquet"));
    assert_eq!(generations.len(), 2);
}

#[test]
fn bad_files_end_with_an_error_that_names_the_place() {
    let place = Place::new();
    let refuse = |name: &str, content: &[u8], expect: &str| {
        std::fs::write(place.path(name), content).unwrap();
        let done = place.run(&["import", name, "-o", "out", "--model", "m"]);
        assert_eq!(done.code, 3, "{name}: {}", done.stderr);
        assert!(done.stderr.contains(expect), "{name}: {}", done.stderr);
        assert!(!place.path("out/problems.parquet").exists(), "{name}: nothing is published");
    };
    let whole = std::fs::read(fixture("open_r1.jsonl")).unwrap();
    refuse("cut.jsonl", &whole[..whole.len() - 30], "cut.jsonl:2, column ");
    refuse(
        "latin.jsonl",
        &[&whole[..30], b"\xe4", &whole[30..]].concat(),
        "latin.jsonl:1, byte 31: not UTF-8",
    );
    refuse("no.eval", b"PK\x03\x04 and nothing", "no.eval cannot be read as a ZIP archive");
    refuse("words.jsonl", b"hello\n", "words.jsonl: no JSON");
    let done = place.run(&["import", &fixture("prmbench.jsonl"), "-o", "out"]);
    assert_eq!(done.code, 3);
    let expect = "prmbench.jsonl:1: nothing says whose replies these are (read as prmbench)";
    assert!(done.stderr.contains(expect), "{}", done.stderr);
    let done = place.run(&["import", "cut.jsonl", "-o", "out", "--format", "open-r2"]);
    assert!(done.stderr.contains("unknown format `open-r2` (did you mean `open-r1`?)"), "{}", done.stderr);
}

/// Whose reply to what, its thinking, its answer, and the problem's known answers.
type Said = (String, String, u32, String, String, Vec<String>);

fn said(place: &Place, folder: &str, model: &str) -> BTreeSet<Said> {
    let problems: Vec<Problem> = rows(&place.path(folder).join("problems.parquet"));
    let gold: BTreeMap<String, Vec<String>> = problems.into_iter().map(|p| (p.id, p.gold)).collect();
    let generations: Vec<Generation> = rows(&place.path(folder).join(model).join("generations.parquet"));
    let said = |g: Generation| {
        let (thought, answer) = (g.thought().trim().to_owned(), g.answer_text.trim().to_owned());
        (g.problem_id.clone(), g.model, g.sample, thought, answer, gold[&g.problem_id].clone())
    };
    generations.into_iter().map(said).collect()
}

#[test]
fn what_is_exported_is_imported_again_from_every_format() {
    let place = Place::new();
    place.succeed(&["run", "full-eval"]);
    let formats = ["messages", "easydistill", "trl", "parquet"];
    let list = formats.join(",");
    place.succeed(&[
        "curate",
        "sft",
        "runs/full-eval",
        "--recipe",
        "shortest",
        "--export",
        &list,
        "-o",
        "set",
    ]);
    let whole = said(&place, "runs/full-eval", "overthinker");
    for format in formats {
        let file = if format == "parquet" { "train.parquet" } else { "train.jsonl" };
        let back = format!("back-{format}");
        place.succeed(&["import", &format!("set/shortest/{format}/{file}"), "-o", &back]);
        let kept = said(&place, &back, "overthinker");
        assert!(!kept.is_empty() && kept.is_subset(&whole), "{format}: something is lost or changed");
        assert_eq!(kept.len(), 39, "{format}");
    }
}

#[test]
fn the_formats_are_listed() {
    let done = Place::new().succeed(&["list", "formats"]);
    let names: Vec<&str> = done.stdout.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert!(names.is_sorted() && names.len() >= 20, "{names:?}");
    for name in [
        "columns",
        "evalscope-reviews",
        "inspect",
        "lighteval",
        "lm-eval",
        "omnithought",
        "open-r1",
        "opencompass",
    ] {
        assert!(names.contains(&name), "{name}");
    }
}

#[test]
fn recorded_steps_of_real_sets_are_taken() {
    let Some(steps) = shared("data/steps") else { return };
    let place = Place::new();
    let files: Vec<PathBuf> =
        ["prmbench_sample.jsonl", "mr_gsm8k_subset.jsonl"].map(|name| steps.join(name)).into();
    let files: Vec<&str> = files.iter().map(|file| file.to_str().unwrap()).collect();
    place.succeed(&["import", files[0], files[1], "-o", "in", "--model", "unnamed"]);
    let report: Value = serde_json::from_str(&place.read("in/import.json")).unwrap();
    let counts: Vec<(&str, u64, u64)> = report["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| {
            let number = |key: &str| file[key].as_u64().unwrap();
            (file["format"].as_str().unwrap(), number("replies"), number("labelled"))
        })
        .collect();
    assert_eq!(counts, [("prmbench", 452, 452), ("mr-gsm8k", 590, 590)]);
    assert_eq!(place.read("in/labels.jsonl").lines().count(), 1042);
}
