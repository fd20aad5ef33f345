//! Distillation from tables to files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use stage::Silent;
use tables::{Generation, Judgment, Problem, Provenance, Row, TableWriter};
use tempfile::TempDir;

use super::*;
use crate::EXPORTS;

/// A chain: problem, text, validity, RV, CD.
type Case = (&'static str, &'static str, bool, u32, u32);

fn write<R: Row>(path: &Path, rows: Vec<R>) {
    let mut writer = TableWriter::create(path, &Provenance::default()).unwrap();
    rows.into_iter().for_each(|row| writer.push(row).unwrap());
    writer.finish().unwrap();
}

fn source(folder: &Path, name: &str, problems: &[(&str, &str, &str)], chains: &[Case]) -> Source {
    let file = |table: &str| folder.join(name).join(format!("{table}.parquet"));
    let problem = |(id, text, gold): &(&str, &str, &str)| Problem {
        id: (*id).into(),
        dataset: "demo".into(),
        problem: (*text).into(),
        gold: vec![(*gold).to_owned()],
        ..Problem::default()
    };
    write(&file("problems"), problems.iter().map(problem).collect());
    let mut samples: BTreeMap<&str, u32> = BTreeMap::new();
    let (mut generations, mut judgments) = (Vec::new(), Vec::new());
    for (problem_id, reasoning, valid, verbosity, difficulty) in chains {
        let sample = samples.entry(problem_id).or_default();
        generations.push(Generation {
            problem_id: (*problem_id).into(),
            sample: *sample,
            model: name.into(),
            reasoning: (*reasoning).into(),
            answer_text: "5".into(),
            reasoning_source: "tags".into(),
            ..Generation::default()
        });
        judgments.push(Judgment {
            problem_id: (*problem_id).into(),
            sample: *sample,
            reasoning_valid: Some(*valid),
            solution_valid: Some(true),
            verbosity: Some(*verbosity),
            difficulty: Some(*difficulty),
            ..Judgment::default()
        });
        *sample += 1;
    }
    write(&file("generations"), generations);
    write(&file("judgments"), judgments);
    Source {
        problems: file("problems"),
        generations: file("generations"),
        splits: None,
        judgments: Some(file("judgments")),
        grades: None,
        trees: None,
        rollouts: None,
    }
}

const LONG: &str = "A shop sells pens at 3 coins and pads at 4 coins, and Anna buys 7 things for 25 coins in all; how \
                    many pens does Anna buy in this shop today?";
const LIKE_LONG: &str = "A shop sells pens at 3 coins and pads at 4 coins, and Anna buys 7 things for 25 coins in all; \
                         how many pens does Anna buy in this shop now?";

fn demo(folder: &Path) -> Vec<Source> {
    let one = source(
        folder,
        "one",
        &[("a", "What is 2 + 3?", "5"), ("b", LONG, "3"), ("c", "Lonely?", "1"), ("d", "Nobody asked.", "0")],
        &[
            ("a", "chain 1", true, 0, 2),
            ("a", "chain 1", true, 0, 2),
            ("a", "chain 2", false, 5, 2),
            ("b", "chain 3", true, 3, 3),
            ("c", "chain 4", true, 3, 3),
        ],
    );
    let two = source(
        folder,
        "two",
        &[("x", "what is  2 + 3?", "5.0"), ("y", LIKE_LONG, "3"), ("z", "What is 2 + 3?", "6")],
        &[
            ("x", "chain 5", true, 4, 2),
            ("x", "chain 6", true, 9, 10),
            ("x", "chain 7", true, 8, 2),
            ("y", "chain 8", true, 6, 4),
            ("z", "chain 9", true, 6, 4),
        ],
    );
    vec![one, two]
}

fn settings() -> DistillSettings {
    let format = |kind: &str| EXPORTS.build(&json!({"kind": kind}), "export").unwrap();
    DistillSettings::new(vec![format("messages"), format("parquet")])
}

fn run(settings: &DistillSettings) -> (TempDir, DistillReport) {
    let folder = tempfile::tempdir().unwrap();
    let sources = demo(folder.path());
    let report = distill(&sources, settings, &folder.path().join("out"), &Silent).unwrap();
    (folder, report)
}

fn lines(folder: &TempDir, name: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(folder.path().join("out").join(name)).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn thoughts(folder: &TempDir, set: &str) -> Vec<String> {
    let rows = lines(folder, &format!("{set}/messages/train.jsonl"));
    let text =
        |row: &Value| row["messages"][1]["content"].as_str().unwrap().lines().nth(1).unwrap().to_owned();
    rows.iter().map(text).collect()
}

#[test]
fn sources_are_merged_and_every_chain_is_accounted_for() {
    let (folder, report) = run(&settings());
    let left = |ledger: &Ledger| ledger.left_out.iter().map(|(k, n)| format!("{k} {n}")).collect::<Vec<_>>();
    assert_eq!((report.chains.taken, report.chains.kept), (10, 5));
    assert_eq!(
        left(&report.chains),
        ["duplicate_chain 1", "not_valid 1", "rating_out_of_range 1", "too_few_verified_chains 2"]
    );
    assert_eq!((report.problems.taken, report.problems.kept), (7, 2));
    assert_eq!(
        left(&report.problems),
        ["nearly_the_same_as_another 1", "no_chain 1", "the_same_as_another 1", "too_few_verified_chains 2"]
    );
    assert_eq!(thoughts(&folder, "selected"), ["chain 1", "chain 3", "chain 5", "chain 7", "chain 8"]);
    let duplicates = lines(&folder, "duplicates.jsonl");
    let told: Vec<_> = duplicates
        .iter()
        .map(|row| format!("{} {} {}", row["kind"], row["kept"]["id"], row["merged"]["id"]).replace('"', ""))
        .collect();
    assert_eq!(told, ["equal a x", "other_answer a z", "similar b y"]);
    assert_eq!(report.conflicts, 1);
}

#[test]
fn the_ladder_holds_the_same_problems_three_times() {
    let (folder, report) = run(&DistillSettings { ladder: true, ..settings() });
    let ladders = report.ladders.unwrap();
    assert_eq!((ladders.taken, ladders.kept), (2, 1));
    let sets = ["short", "medium", "long"].map(|set| thoughts(&folder, set));
    assert_eq!(sets, [["chain 1"], ["chain 5"], ["chain 7"]]);
}

#[test]
fn a_student_gets_what_suits_it_and_the_same_again_for_the_same_seed() {
    let student = |kappa, seed| DistillSettings { kappa: Some(kappa), beta: 2.0, seed, ..settings() };
    let drawn = |settings: &DistillSettings| {
        let (folder, report) = run(settings);
        assert_eq!(report.chains.taken, report.chains.kept + report.chains.left_out.values().sum::<u64>());
        thoughts(&folder, "selected")
    };
    assert_eq!(drawn(&student(3.0, 1)), drawn(&student(3.0, 1)));
    // RV = CD = 3 is certain for κ ≥ 3; CD 4 and RV 6 weighs exp(−4) or less.
    for seed in 0..6 {
        assert!(drawn(&student(3.0, seed)).contains(&"chain 3".to_owned()));
    }
    let hard = (0..10).filter(|seed| drawn(&student(3.0, *seed)).contains(&"chain 8".to_owned())).count();
    assert!(hard < 3, "{hard} of 10");
    let limited = DistillSettings { limit: Some(2), ..student(9.0, 3) };
    assert_eq!(drawn(&limited).len(), 2);
    let each = DistillSettings { per_problem: Some(1), ..settings() };
    assert_eq!(drawn(&each).len(), 2);
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let (first, _) = run(&DistillSettings { kappa: Some(4.0), seed: 5, ladder: true, ..settings() });
    let (second, _) = run(&DistillSettings { kappa: Some(4.0), seed: 5, ladder: true, ..settings() });
    for name in ["selected/messages/train.jsonl", "selected/parquet/train.parquet", "duplicates.jsonl"] {
        let bytes = |folder: &TempDir| std::fs::read(folder.path().join("out").join(name)).unwrap();
        assert_eq!(bytes(&first), bytes(&second), "{name}");
    }
}

#[test]
fn benchmarks_are_kept_out_and_listed() {
    let mut known = Benchmarks::new(13);
    known.add(&Problem {
        id: "t-1".into(),
        dataset: "test".into(),
        problem: LONG.into(),
        ..Problem::default()
    });
    let (folder, report) = run(&DistillSettings { benchmarks: Some(known), ..settings() });
    assert_eq!(report.chains.left_out["contaminated"], 2);
    assert_eq!(thoughts(&folder, "selected"), ["chain 1", "chain 5", "chain 7"]);
    let listed = lines(&folder, "contamination.jsonl");
    let ids: Vec<_> = listed.iter().map(|row| &row["problem_id"]).collect();
    assert_eq!(ids, ["b", "y"]);
    assert_eq!((&listed[0]["benchmark_id"], &listed[0]["words"]), (&json!("t-1"), &json!(32)));
}

#[test]
fn what_is_missing_is_said_before_any_work() {
    let folder = tempfile::tempdir().unwrap();
    let mut sources = demo(folder.path());
    let bare: Vec<Judgment> = ["a", "a", "a", "b", "c"]
        .iter()
        .enumerate()
        .map(|(index, id)| {
            let sample = if *id == "a" { u32::try_from(index).unwrap() } else { 0 };
            Judgment { problem_id: (*id).into(), sample, ..Judgment::default() }
        })
        .collect();
    write(sources[0].judgments.as_deref().unwrap(), bare);
    sources.truncate(1);
    let check = |settings: DistillSettings, sources: &[Source], expect: &str| {
        let out: PathBuf = folder.path().join("out");
        let error = distill(sources, &settings, &out, &Silent).unwrap_err().to_string();
        assert!(error.contains(expect), "{error}");
        assert!(!out.exists());
    };
    check(
        DistillSettings { kappa: Some(4.0), ..settings() },
        &sources,
        "none of the 5 judgments holds a verbosity (RV)",
    );
    check(DistillSettings { verify: Some(Verify::Valid), ..settings() }, &sources, "task `validity`");
    check(
        DistillSettings { kappa: Some(12.0), ..settings() },
        &sources,
        "kappa: expected a number from 0 to 9",
    );
    let pairs = EXPORTS.build(&json!({"kind": "ms_swift"}), "export").unwrap();
    check(
        DistillSettings::new(vec![pairs]),
        &sources,
        "the format `ms_swift` holds no single replies (known: easydistill, messages, parquet, trl)",
    );
    sources[0].judgments = None;
    check(DistillSettings { ladder: true, ..settings() }, &sources, "no judgments; judge the traces");
}

#[test]
fn what_is_printed() {
    let (folder, report) = run(&DistillSettings { ladder: true, ..settings() });
    let base = folder.path().file_name().unwrap().to_string_lossy().into_owned();
    insta::assert_snapshot!(report.to_text().replace(&base, &"x".repeat(base.len())));
}
