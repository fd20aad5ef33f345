//! Training data from judged traces, as a user makes it.

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;
use tables::{Generation, MetricValue, Problem, Provenance, Row, Score, Split, TableReader, TableWriter};

use crate::support::{Place, done, shared};

fn rows<R: Row>(place: &Place, path: &str) -> Vec<R> {
    TableReader::<R>::open(&place.path(path)).unwrap().map(Result::unwrap).collect()
}

fn lines(place: &Place, path: &str) -> Vec<Value> {
    place.read(path).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn demonstration() -> Place {
    let place = Place::new();
    place.succeed(&["run"]);
    place
}

const RUN: &str = "runs/full-eval";

#[test]
fn pairs_of_the_demonstration() {
    let place = demonstration();
    let done = place.succeed(&[
        "curate",
        "pairs",
        RUN,
        "--model",
        "overthinker",
        "--recipe",
        "all",
        "--export",
        "trl,ms-swift",
        "-o",
        "out",
    ]);
    for told in ["ξ_O %", "\nshortest ", "\nfcs_reflection ", "\nlongest ", "samples: ", "problems, fcs: "] {
        assert!(done.stdout.contains(told), "{told}\n{}", done.stdout);
    }
    assert!(!done.stdout.contains("gds"), "{}", done.stdout);
    assert!(done.stderr.contains("gds was left out"), "{}", done.stderr);
    let generations: Vec<Generation> = rows(&place, &format!("{RUN}/overthinker/generations.parquet"));
    let splits: Vec<Split> = rows(&place, &format!("{RUN}/overthinker/splits.parquet"));
    let pairs = lines(&place, "out/fcs/trl/train.jsonl");
    assert!(!pairs.is_empty());
    for pair in &pairs {
        let of =
            |row: &Generation| pair["problem_id"] == row.problem_id.as_str() && pair["sample"] == row.sample;
        let at = generations.iter().position(of).unwrap();
        let text = pair["chosen"][0]["content"].as_str().unwrap();
        let (thinking, answer) =
            text.strip_prefix("<think>\n").unwrap().split_once("\n</think>\n\n").unwrap();
        // Byte for byte a prefix that ends with a step, and the answer as it was.
        assert!(generations[at].reasoning.trim_start_matches('\n').starts_with(thinking));
        assert_eq!(generations[at].answer_text.trim_start_matches('\n'), answer);
        let lead = generations[at].reasoning.len() - generations[at].reasoning.trim_start_matches('\n').len();
        let ends: Vec<usize> = splits[at].steps.iter().map(|step| step.end as usize - lead).collect();
        assert!(ends.contains(&thinking.len()), "{thinking}");
        assert!(pair["rejected"][0]["content"].as_str().unwrap().len() > text.len());
    }
    let decided = lines(&place, "out/decisions.jsonl");
    let kept = decided.iter().filter(|row| row["recipe"] == "fcs" && row["kept"] == true).count();
    assert_eq!(kept, pairs.len());
    assert!(decided.iter().all(|row| !row["reason"].as_str().unwrap().is_empty()));
    assert!(!place.path("out/gds").exists());
}

/// `curate` and the report measure the same replies alike: ξ_O by value and n, ξ_P left out where the report leaves it out.
#[test]
fn solutions_are_measured_as_in_the_report() {
    let place = demonstration();
    let done = place.succeed(&["curate", "sft", RUN, "--recipe", "shortest", "-o", "out"]);
    assert!(done.stderr.contains("ξ_P is not known"), "{}", done.stderr);
    let report: Value = serde_json::from_str(&place.read("out/report.json")).unwrap();
    let decided = lines(&place, "out/decisions.jsonl");
    let figures: Vec<MetricValue> = rows(&place, &format!("{RUN}/metrics.parquet"));
    for model in report["models"].as_array().unwrap() {
        let name = model["model"].as_str().unwrap();
        let told = &model["statistics"].as_array().unwrap()[0];
        assert_eq!(told[0], "shortest");
        let is_kept = |score: &&Score| {
            decided.iter().any(|row| {
                row["model"] == name
                    && row["problem_id"] == score.problem_id.as_str()
                    && row["chosen"]["sample"] == score.sample
            })
        };
        let scores: Vec<Score> = rows(&place, &format!("{RUN}/{name}/scores.parquet"));
        let kept: Vec<f64> =
            scores.iter().filter(is_kept).filter_map(|score| score.outcome_efficiency).collect();
        let mean = told[1]["outcome_efficiency"]["mean"].as_f64().unwrap();
        assert!((mean - kept.iter().sum::<f64>() / kept.len() as f64).abs() < 1e-12, "{name}");
        assert_eq!(told[1]["outcome_efficiency"]["n"], kept.len());
        let process = figures.iter().find(|row| {
            row.model == name && row.metric == "process_efficiency" && row.subset == MetricValue::OVERALL
        });
        assert_eq!(process.unwrap().n, 0, "nobody looked for strategies");
        assert_eq!(told[1]["process_efficiency"]["n"], 0, "{name}");
    }
}

#[test]
fn the_same_again_is_the_same_bytes() {
    let place = demonstration();
    for out in ["one", "two"] {
        place.succeed(&[
            "curate",
            "sft",
            RUN,
            "--recipe",
            "shortest",
            "--export",
            "parquet,messages",
            "-o",
            out,
        ]);
        place.succeed(&[
            "curate",
            "distill",
            RUN,
            "--min-chains",
            "1",
            "--limit",
            "7",
            "--seed",
            "4",
            "-o",
            &format!("{out}/d"),
        ]);
    }
    assert_eq!(place.contents("one"), place.contents("two"));
    assert_eq!(lines(&place, "one/d/selected/messages/train.jsonl").len(), 7);
    place.succeed(&[
        "curate",
        "distill",
        RUN,
        "--min-chains",
        "1",
        "--limit",
        "7",
        "--seed",
        "5",
        "-o",
        "three",
    ]);
    let read = |out: &str| place.read(&format!("{out}/selected/messages/train.jsonl"));
    assert_ne!(read("one/d"), read("three"));
}

#[test]
fn what_is_exported_can_be_imported_again() {
    let place = demonstration();
    let formats = ["messages", "easydistill", "parquet", "trl"];
    place.succeed(&[
        "curate",
        "distill",
        RUN,
        "--min-chains",
        "1",
        "--export",
        &formats.join(","),
        "--think-open",
        "<think>",
        "--think-close",
        "</think>",
        "-o",
        "out",
    ]);
    let mut original: Vec<Generation> = Vec::new();
    for entry in fs::read_dir(place.path(RUN)).unwrap() {
        let path = entry.unwrap().path().join("generations.parquet");
        if path.is_file() {
            original.extend(TableReader::<Generation>::open(&path).unwrap().map(Result::unwrap));
        }
    }
    let problems: Vec<Problem> = rows(&place, &format!("{RUN}/problems.parquet"));
    for format in formats {
        let ending = if format == "parquet" { "parquet" } else { "jsonl" };
        let file = format!("out/selected/{format}/train.{ending}");
        let back = format!("back-{format}");
        place.succeed(&["import", &file, "-o", &back]);
        let again: Vec<Problem> = rows(&place, &format!("{back}/problems.parquet"));
        for problem in &again {
            let known = problems.iter().find(|known| known.id == problem.id).unwrap();
            assert_eq!(
                (&known.problem, &known.gold, &known.dataset),
                (&problem.problem, &problem.gold, &problem.dataset)
            );
        }
        let mut found = 0;
        for entry in fs::read_dir(place.path(&back)).unwrap() {
            let path = entry.unwrap().path().join("generations.parquet");
            if !path.is_file() {
                continue;
            }
            for row in TableReader::<Generation>::open(&path).unwrap().map(Result::unwrap) {
                let same = |known: &&Generation| {
                    (&known.problem_id, known.sample, &known.model)
                        == (&row.problem_id, row.sample, &row.model)
                };
                let known = original.iter().find(same).unwrap();
                found += 1;
                assert_eq!(
                    (&known.reasoning, &known.answer_text),
                    (&row.reasoning, &row.answer_text),
                    "{format}"
                );
                assert_eq!(known.trace_id, row.trace_id, "{format}");
            }
        }
        let report: Value = serde_json::from_str(&place.read("out/report.json")).unwrap();
        assert_eq!(report["chains"]["kept"], found, "{format}");
    }
}

#[test]
fn real_samples_give_real_pairs() {
    let Some(traces) = shared("data/traces") else { return };
    let place = Place::new();
    let path = format!("dataset.path={}", traces.join("math_25_samples_each.jsonl").display());
    place.succeed(&["run", "recorded", "--set", &path]);
    let done = place.succeed(&[
        "curate",
        "pairs",
        "runs/recorded",
        "--recipe",
        "shortest,fcs,fcs-reflection",
        "--export",
        "trl",
        "-o",
        "out",
    ]);
    let report: Value = serde_json::from_str(&place.read("out/report.json")).unwrap();
    let model = &report["models"][0];
    assert_eq!(model["samples"]["taken"], 100);
    let pairs = lines(&place, "out/fcs/trl/train.jsonl");
    assert!(pairs.len() >= 2, "{}", done.stdout);
    let mean = |recipe: &str| {
        let all = model["statistics"].as_array().unwrap();
        all.iter().find(|row| row[0] == recipe).unwrap()[1]["tokens"]["mean"].as_f64().unwrap()
    };
    // What every recipe keeps of the shortest result is no longer than what a longer recipe keeps.
    assert!(mean("fcs") <= mean("fcs_reflection") && mean("fcs_reflection") <= mean("shortest"));
    assert!(mean("shortest") < mean("longest"));
    for row in lines(&place, "out/decisions.jsonl").iter().filter(|row| row["kept"] == true) {
        assert!(row["chosen"]["tokens"].as_u64() < row["rejected"]["tokens"].as_u64());
    }
}

#[test]
fn benchmarks_are_kept_out_by_name() {
    let place = demonstration();
    let problems: Vec<Problem> = rows(&place, &format!("{RUN}/problems.parquet"));
    let longest = problems.iter().max_by_key(|problem| problem.problem.len()).unwrap();
    let row = serde_json::json!({"id": "bench-1", "problem": format!("So: {}", longest.problem)});
    place.write("bench.jsonl", &format!("{row}\n"));
    let done = place.succeed(&[
        "curate",
        "decontaminate",
        RUN,
        "--against",
        "bench.jsonl",
        "--ngram",
        "8",
        "-o",
        "clean",
    ]);
    assert!(done.stdout.contains("1 contaminated"), "{}", done.stdout);
    let hits = lines(&place, "clean/contamination.jsonl");
    assert_eq!(hits.len(), 1);
    assert_eq!(
        (&hits[0]["benchmark_id"], &hits[0]["problem_id"]),
        (&"bench-1".into(), &longest.id.as_str().into())
    );
    assert_eq!(rows::<Problem>(&place, "clean/problems.parquet").len(), problems.len() - 1);
    place.succeed(&[
        "curate",
        "sft",
        RUN,
        "--recipe",
        "shortest",
        "--against",
        "bench.jsonl",
        "--ngram",
        "8",
        "-o",
        "sft",
    ]);
    let kept = lines(&place, "sft/shortest/messages/train.jsonl");
    assert!(kept.iter().all(|row| row["problem_id"] != longest.id.as_str()));
    // Everything that the program brings along is known by name.
    let all = place.succeed(&["curate", "decontaminate", RUN, "--against", "builtin", "-o", "none"]);
    assert!(all.stdout.contains(" 0 clean"), "{}", all.stdout);
}

#[test]
fn mistakes_are_named() {
    let place = demonstration();
    let check = |args: &[&str], code: i32, expect: &str| {
        let done = place.run(&[&["curate"], args].concat());
        assert_eq!(done.code, code, "{args:?}\n{}", done.stderr);
        assert!(done.stderr.contains(expect), "{args:?}\n{}", done.stderr);
    };
    check(&["pairs", "-o", "out"], 2, "<RUN>");
    check(&["pairs", "runs", "-o", "out"], 3, "holds no run: no problems.parquet");
    check(&["pairs", RUN, "--recipe", "fsc", "-o", "out"], 2, "did you mean `fcs`?");
    check(&["pairs", RUN, "--recipe", "gds", "-o", "out"], 3, "judge again with the task `strategies`");
    check(&["pairs", RUN, "--export", "mesages", "-o", "out"], 3, "did you mean `messages`?");
    check(
        &["pairs", RUN, "--export", "messages", "-o", "out"],
        3,
        "holds no pairs (known: easydistill, ms_swift",
    );
    check(&["sft", RUN, "--model", "overthinkr", "-o", "out"], 3, "did you mean `overthinker`?");
    check(&["distill", RUN, "--kappa", "4", "-o", "out"], 3, "judge again with the task `verbosity`");
    check(&["distill", RUN, "--verify", "valid", "-o", "out"], 3, "judge again with the task `validity`");
    check(&["decontaminate", RUN, "-o", "out"], 2, "name at least one benchmark");
    fs::remove_file(place.path(&format!("{RUN}/overthinker/judgments.parquet"))).unwrap();
    check(&["pairs", RUN, "-o", "out"], 3, "no judgments; judge the traces with `thinkmeter judge`");
    assert!(!place.path("out/fcs").exists());
}

#[cfg(unix)]
#[test]
fn an_interrupted_curation_leaves_nothing_half_done() {
    let place = Place::new();
    let provenance = Provenance::default();
    let mut problems =
        TableWriter::<Problem>::create(&place.path("run/problems.parquet"), &provenance).unwrap();
    let mut chains =
        TableWriter::<Generation>::create(&place.path("run/m/generations.parquet"), &provenance).unwrap();
    for index in 0..40_000 {
        let id = format!("p-{index}");
        let (problem, gold) = (format!("What is {index} plus {index}?"), vec![(2 * index).to_string()]);
        problems.push(Problem { id: id.clone(), problem, gold, ..Problem::default() }).unwrap();
        chains
            .push(Generation {
                problem_id: id,
                model: "m".into(),
                reasoning: format!("adding {index} twice "),
                answer_text: format!("\\boxed{{{}}}", 2 * index),
                reasoning_source: "tags".into(),
                ..Generation::default()
            })
            .unwrap();
    }
    problems.finish().unwrap();
    chains.finish().unwrap();
    let started = Instant::now();
    let child =
        place.command(&["curate", "distill", "run", "--min-chains", "1", "-o", "out"]).spawn().unwrap();
    while !place.path("out/duplicates.jsonl").exists()
        && fs::read_dir(place.path("out")).map_or(0, Iterator::count) == 0
        && started.elapsed() < Duration::from_secs(20)
    {
        std::thread::sleep(Duration::from_millis(2));
    }
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let stopped = done(child);
    assert_eq!(stopped.code, 130, "{}", stopped.stderr);
    assert!(place.contents("out").is_empty(), "{:?}", place.contents("out").keys());
    place.succeed(&["curate", "distill", "run", "--min-chains", "1", "-o", "out"]);
    assert_eq!(lines(&place, "out/selected/messages/train.jsonl").len(), 40_000);
}
