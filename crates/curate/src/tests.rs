//! Pairs, SFT sets and stepwise labels from tables to files.

use std::path::Path;

use serde_json::{Value, json};
use stage::Silent;
use tables::{
    Finish, Generation, Grade, Judgment, Problem, Provenance, Row, Solution, Split, Step, TableWriter,
    Verdict,
};
use tempfile::TempDir;

use crate::{
    Benchmarks, CurateError, EXPORTS, Embedding, ExportFormat, PreferenceReport, PreferenceSettings, Recipe,
    Source, StepSettings, prefer, sources, steps,
};

/// A sample: its problem, tokens of each step, and rounds as (end, correct, strategy); σ.
struct Sample {
    problem: &'static str,
    steps: &'static [u32],
    rounds: &'static [(u32, bool, Option<u32>)],
    correct: Option<bool>,
    finish: Finish,
}

const fn sample(
    problem: &'static str,
    steps: &'static [u32],
    rounds: &'static [(u32, bool, Option<u32>)],
    correct: Option<bool>,
) -> Sample {
    Sample { problem, steps, rounds, correct, finish: Finish::Stop }
}

/// One problem with many samples, one with a single long one, one with nothing right, and one that was cut.
const SAMPLES: [Sample; 8] = [
    sample("a", &[10, 20, 30, 5], &[(1, true, Some(0)), (2, true, Some(1))], Some(true)),
    sample("a", &[8, 12], &[(1, true, Some(0))], Some(true)),
    sample("a", &[90, 1], &[(0, false, Some(0)), (1, true, Some(0))], Some(true)),
    sample("a", &[1], &[(0, false, Some(0))], Some(false)),
    sample("b", &[50, 50], &[(0, true, Some(0)), (1, true, Some(0))], Some(true)),
    sample("c", &[5], &[], None),
    sample("c", &[6], &[(0, false, None)], Some(false)),
    Sample { finish: Finish::Length, ..sample("d", &[7], &[(0, true, None)], Some(true)) },
];

fn write<R: Row>(path: &Path, rows: Vec<R>) {
    let mut writer = TableWriter::create(path, &Provenance::default()).unwrap();
    rows.into_iter().for_each(|row| writer.push(row).unwrap());
    writer.finish().unwrap();
}

fn run_folder(samples: &[Sample], judge: impl Fn(&Sample) -> Option<Vec<Solution>>) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let (mut problems, mut generations, mut splits) = (Vec::<Problem>::new(), Vec::new(), Vec::new());
    let (mut judgments, mut grades) = (Vec::new(), Vec::new());
    for (index, sample) in samples.iter().enumerate() {
        let problem_id = sample.problem.to_owned();
        if problems.last().is_none_or(|last| last.id != problem_id) {
            let problem = format!("Question {problem_id}?");
            problems.push(Problem {
                id: problem_id.clone(),
                problem,
                gold: vec!["5".into()],
                ..Problem::default()
            });
        }
        let number = u32::try_from(index).unwrap();
        let (mut reasoning, mut steps) = (String::new(), Vec::new());
        for (step, tokens) in sample.steps.iter().enumerate() {
            let start = u32::try_from(reasoning.len()).unwrap();
            reasoning += &format!("sample {index} step {step}");
            let end = u32::try_from(reasoning.len()).unwrap();
            steps.push(Step { start, end, tokens: *tokens });
            reasoning += "\n\n";
        }
        generations.push(Generation {
            problem_id: problem_id.clone(),
            sample: number,
            model: "m".into(),
            reasoning,
            answer_text: format!("So \\boxed{{{index}}}."),
            reasoning_source: "tags".into(),
            finish: sample.finish,
            ..Generation::default()
        });
        let tokens = sample.steps.iter().sum();
        splits.push(Split {
            problem_id: problem_id.clone(),
            sample: number,
            steps,
            tokens,
            ..Split::default()
        });
        let solutions = judge(sample);
        judgments.push(Judgment {
            problem_id: problem_id.clone(),
            sample: number,
            solutions,
            ..Judgment::default()
        });
        let verdict = match sample.correct {
            Some(true) => Verdict::Right,
            Some(false) => Verdict::Wrong,
            None => Verdict::Undecided,
        };
        grades.push(Grade { problem_id, sample: number, verdict, ..Grade::default() });
    }
    write(&folder.path().join("problems.parquet"), problems);
    write(&folder.path().join("m/generations.parquet"), generations);
    write(&folder.path().join("m/splits.parquet"), splits);
    write(&folder.path().join("m/judgments.parquet"), judgments);
    write(&folder.path().join("m/grades.parquet"), grades);
    folder
}

fn judged(sample: &Sample) -> Option<Vec<Solution>> {
    let solution = |(end, correct, strategy): &(u32, bool, Option<u32>)| Solution {
        correct: Some(*correct),
        strategy: *strategy,
        ..Solution::ending_at(*end)
    };
    Some(sample.rounds.iter().map(solution).collect())
}

fn formats(kinds: &[&str]) -> Vec<ExportFormat> {
    kinds.iter().map(|kind| EXPORTS.build(&json!({"kind": kind}), "export").unwrap()).collect()
}

fn settings(recipes: &[Recipe], pairs: bool) -> PreferenceSettings {
    PreferenceSettings {
        recipes: recipes.to_vec(),
        pairs,
        formats: formats(&[if pairs { "trl" } else { "messages" }]),
        embedding: Embedding::default(),
        benchmarks: None,
    }
}

fn preferred(folder: &TempDir, settings: &PreferenceSettings) -> Result<PreferenceReport, CurateError> {
    prefer(&sources(folder.path()).unwrap(), settings, &folder.path().join("out"), &Silent)
}

fn lines(folder: &TempDir, name: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(folder.path().join("out").join(name)).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn pairs_are_the_shortest_result_against_the_longest_sample() {
    let folder = run_folder(&SAMPLES, judged);
    preferred(&folder, &settings(&Recipe::ALL, true)).unwrap();
    let check = |recipe: &str, expect: &[(&str, &str, u64)]| {
        let rows = lines(&folder, &format!("{recipe}/trl/train.jsonl"));
        let shown = rows.iter().map(|row| {
            let chosen = row["chosen"][0]["content"].as_str().unwrap();
            let last = chosen.lines().rfind(|line| line.starts_with("sample")).unwrap().to_owned();
            (row["problem_id"].as_str().unwrap().to_owned(), last, row["rejected_sample"].as_u64().unwrap())
        });
        let expect: Vec<_> = expect.iter().map(|(a, b, c)| ((*a).to_owned(), (*b).to_owned(), *c)).collect();
        assert_eq!(shown.collect::<Vec<_>>(), expect, "{recipe}");
    };
    check("shortest", &[("a", "sample 1 step 1", 2)]);
    check("fcs", &[("a", "sample 1 step 1", 2), ("b", "sample 4 step 0", 4)]);
    check("fcs_reflection", &[("a", "sample 1 step 1", 2)]);
    check("gds", &[("a", "sample 1 step 1", 2), ("b", "sample 4 step 0", 4)]);
    let decisions = lines(&folder, "decisions.jsonl");
    let of = |problem: &str, recipe: &str| {
        let row =
            decisions.iter().find(|row| row["problem_id"] == problem && row["recipe"] == recipe).unwrap();
        (row["kept"].as_bool().unwrap(), row["reason"].as_str().unwrap().to_owned())
    };
    assert_eq!(of("b", "fcs"), (true, "first correct solution".to_owned()));
    assert_eq!(of("b", "shortest"), (false, "nothing_shorter".to_owned()));
    assert_eq!(of("c", "fcs"), (false, "no_right_sample".to_owned()));
    assert_eq!(of("d", "fcs"), (false, "no_right_sample".to_owned()));
    let chosen = &decisions.iter().find(|row| row["recipe"] == "fcs").unwrap()["chosen"];
    assert_eq!((&chosen["cut_after_step"], &chosen["cut_at_byte"]), (&json!(1), &json!(32)));
}

#[test]
fn what_is_printed() {
    let folder = run_folder(&SAMPLES, judged);
    let report = preferred(&folder, &settings(&Recipe::ALL, true)).unwrap();
    insta::assert_snapshot!(report.to_text());
}

#[test]
fn a_recipe_that_nobody_judged_is_left_out_or_refused() {
    let without = |sample: &Sample| {
        let strip = |solution: Solution| Solution { strategy: None, ..solution };
        judged(sample).map(|all| all.into_iter().map(strip).collect())
    };
    let folder = run_folder(&SAMPLES, without);
    let report = preferred(&folder, &settings(&[Recipe::Gds, Recipe::Fcs], false)).unwrap();
    assert!(report.notes[0].starts_with("gds was left out"), "{:?}", report.notes);
    assert_eq!(report.models[0].problems.len(), 1);
    let error = preferred(&folder, &settings(&[Recipe::Gds], false)).unwrap_err().to_string();
    assert!(error.contains("strategies, which the recipe `gds` needs"), "{error}");

    let folder = run_folder(&SAMPLES, |_| None);
    let error = preferred(&folder, &settings(&[Recipe::Fcs], true)).unwrap_err().to_string();
    assert!(error.contains("none of the 8 judgments holds rounds of solution"), "{error}");
    assert!(!folder.path().join("out/fcs/trl/train.jsonl").exists());
    preferred(&folder, &settings(&[Recipe::Shortest], true)).unwrap();
}

#[test]
fn every_sample_and_every_problem_is_in_the_ledger() {
    let folder = run_folder(&SAMPLES, judged);
    let report = preferred(&folder, &settings(&Recipe::ALL, true)).unwrap();
    let model = &report.models[0];
    for ledger in model.problems.iter().map(|(_, ledger)| ledger).chain([&model.samples]) {
        assert_eq!(ledger.taken, ledger.kept + ledger.left_out.values().sum::<u64>());
    }
    assert_eq!((model.samples.taken, model.samples.kept), (8, 4));
    let left: Vec<_> = model.samples.left_out.iter().map(|(why, n)| format!("{why} {n}")).collect();
    assert_eq!(left, ["truncated 1", "undecided 1", "wrong 2"]);
}

#[test]
fn a_judgment_that_does_not_fit_its_steps_is_refused() {
    let folder = run_folder(&SAMPLES, |_| Some(vec![Solution::ending_at(9)]));
    let error = preferred(&folder, &settings(&[Recipe::Fcs], true)).unwrap_err().to_string();
    assert!(error.contains("row 1 (`a` sample 0): solution 0 ends at step 9"), "{error}");
}

#[test]
fn without_grades_the_answers_are_compared_here() {
    let folder = run_folder(&SAMPLES, judged);
    let with: Vec<Source> = sources(folder.path()).unwrap();
    let without: Vec<Source> = with.into_iter().map(|source| Source { grades: None, ..source }).collect();
    let settings = settings(&[Recipe::Shortest], false);
    let report = prefer(&without, &settings, &folder.path().join("out"), &Silent).unwrap();
    // The answers are 0, 1, …, 7, and 5 is right; the last one was cut.
    assert_eq!(report.models[0].samples.kept, 1);
    assert_eq!(lines(&folder, "shortest/messages/train.jsonl")[0]["sample"], 5);
}

#[test]
fn stepwise_labels_are_those_of_the_rounds() {
    let folder = run_folder(&SAMPLES, judged);
    let mut known = Benchmarks::new(13);
    known.add(&Problem { problem: "question B".into(), ..Problem::default() });
    let settings = StepSettings {
        labels: crate::Labels::default(),
        formats: formats(&["trl_stepwise", "parquet"]),
        benchmarks: Some(known),
    };
    let out = folder.path().join("out");
    let report = steps(&sources(folder.path()).unwrap(), &settings, &out, &Silent).unwrap();
    assert_eq!((report.samples.taken, report.samples.kept), (8, 5));
    let rows = lines(&folder, "steps/trl_stepwise/train.jsonl");
    let pieces =
        json!(["sample 0 step 0\n\nsample 0 step 1", "sample 0 step 2", "sample 0 step 3\n\nSo \\boxed{0}."]);
    assert_eq!((&rows[0]["completions"], &rows[0]["labels"]), (&pieces, &json!([true, true, true])));
    assert_eq!(rows[2]["labels"], json!([false, true, true]));
    assert_eq!(rows[3]["labels"], json!([false, false]));
    let left: Vec<_> = lines(&folder, "left_out.jsonl").iter().map(|row| row["reason"].clone()).collect();
    assert_eq!(left, ["contaminated", "undecided", "truncated"]);
}
