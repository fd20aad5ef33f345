//! Many generations in little memory. Run alone: `cargo test -p thinkmeter-score --test scale -- --ignored`.
#![expect(clippy::unwrap_used, reason = "a test")]

use std::path::Path;
use std::time::Instant;

use stage::Silent;
use tables::{
    Confidence, Finish, JudgeState, Provenance, Rewards, Score, SolutionScore, TableError, TableWriter,
    Verdict,
};
use thinkmeter_score::{Bootstrap, ScoreConfig, ScoreRows, Scores, figures, measure, points};

const GENERATIONS: u32 = 200_000;
const SAMPLES: u32 = 4;

/// A reply that looks like real ones, a little different each time.
fn score(at: u32) -> Score {
    let noise = at.wrapping_mul(2_654_435_761) >> 8;
    let tokens = 500 + noise % 4000;
    let right = !noise.is_multiple_of(3);
    let solution = |n: u32| SolutionScore { tokens: tokens / 5, correct: Some(right), strategy: Some(n % 2) };
    Score {
        problem_id: format!("p{}", at / SAMPLES),
        sample: at % SAMPLES,
        model: "m".into(),
        dataset: "d".into(),
        subset: format!("Level {}", at / SAMPLES % 5),
        correct: Some(right),
        grade: if right { Verdict::Right } else { Verdict::Wrong },
        extracted: Some(format!("{}", noise % 5)),
        answer_class: Some(noise % 3),
        reasoning_source: "tags".into(),
        finish: if noise.is_multiple_of(50) { Finish::Length } else { Finish::Stop },
        judge_state: JudgeState::Found,
        reasoning_tokens: Some(tokens),
        answer_tokens: 20,
        located: true,
        first_correct_tokens: Some(tokens / 3),
        reflection_tokens: Some(tokens - tokens / 3),
        token_efficiency: Some(1.0 / 3.0),
        solutions: Some((0..1 + noise % 4).map(solution).collect()),
        first_correct_solution: right.then_some(0),
        outcome_efficiency: Some(0.2),
        process_efficiency: Some(0.4),
        wasted_tokens: Some(tokens / 2),
        judge_confidence: Some(f64::from(noise % 100) / 100.0),
        rewards: Some(Rewards {
            relative: f64::from(noise % 7),
            kimi: f64::from(noise % 5),
            ..Rewards::default()
        }),
        ..Score::default()
    }
}

fn write(path: &Path) {
    let mut writer = TableWriter::create(path, &Provenance::default()).unwrap();
    (0..GENERATIONS).for_each(|at| writer.push(score(at)).unwrap());
    writer.finish().unwrap();
}

/// The most memory that this process ever held, in MB, where the system tells it.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kilobytes| kilobytes / 1024)
}

#[test]
#[ignore = "takes minutes in a debug build"]
fn measuring_stays_flat() {
    let folder = tempfile::tempdir().unwrap();
    let (scores, out) = (folder.path().join("scores.parquet"), folder.path().join("metrics.parquet"));
    write(&scores);
    let started = Instant::now();
    let config = ScoreConfig { bootstrap: Bootstrap { resamples: 100, seed: 0 }, ..ScoreConfig::default() };
    let summary = measure(&config, &[scores], &out, Provenance::default(), &Silent).unwrap();
    let seconds = started.elapsed().as_secs_f64();
    eprintln!("{GENERATIONS} generations, {} rows, {seconds:.1} s, peak {:?} MB", summary.rows, peak());
    assert!(peak().is_none_or(|megabytes| megabytes < 150), "{:?} MB", peak());
}

/// Many samples of many problems, made as they are read: half of a problem's replies, more or less, are right, the others
/// scatter over few wrong answers and many lone ones.
struct Votes;

const PROBLEMS: u32 = 10_000;
const MANY: u32 = 64;

impl Scores for Votes {
    fn name(&self) -> &Path {
        Path::new("memory")
    }

    fn read(&self) -> Result<ScoreRows<'_>, TableError> {
        Ok(Box::new((0..PROBLEMS * MANY).map(|at| Ok(voter(at)))))
    }
}

fn voter(at: u32) -> Score {
    let (problem, sample) = (at / MANY, at % MANY);
    let noise = at.wrapping_mul(2_654_435_761) >> 8;
    let ease = problem.wrapping_mul(40_503) % 100;
    let class = match noise % 100 {
        lot if lot < ease => Some(0),
        lot if lot % 10 < 4 => Some(1),
        lot if lot % 10 < 6 => Some(2 + noise / 100 % 4),
        lot if lot % 10 < 9 => Some(10 + sample),
        _ => None,
    };
    let right = class == Some(0);
    let told = |selector: &str, value: u32| Confidence {
        selector: selector.into(),
        value: f64::from(value) / 100.0,
    };
    Score {
        problem_id: format!("p{problem}"),
        sample,
        answer_class: class,
        correct: Some(right),
        grade: if right { Verdict::Right } else { Verdict::Wrong },
        confidences: vec![
            told("stated", noise % 11 * 10),
            told("verifier", noise % 70 + u32::from(right) * 20),
        ],
        subset: String::new(),
        ..score(at)
    }
}

#[test]
#[ignore = "takes a minute"]
fn ten_thousand_problems_of_64_samples_are_voted_on_within_a_minute() {
    let rules = ["beta", "dirichlet", "window", "entropy", "certaindex", "majority"];
    let config = ScoreConfig {
        verifier: Some("v".into()),
        stopping: Some(rules.map(Into::into).to_vec()),
        ..ScoreConfig::default()
    };
    let started = Instant::now();
    let rows = figures(&config, &[Votes], &Silent).unwrap();
    let measured = started.elapsed().as_secs_f64();
    let found = points(&config, &Votes, &Silent).unwrap();
    let seconds = started.elapsed().as_secs_f64();
    for row in rows
        .iter()
        .filter(|row| row.scope == "all" && (row.metric.contains(':') || row.metric.starts_with("maj")))
    {
        eprintln!("{:<32} {:?} {:?}", row.metric, row.value, row.interval);
    }
    eprintln!(
        "figures {measured:.1} s, with {} points {seconds:.1} s, peak {:?} MB",
        found.points.len(),
        peak()
    );
    assert!(seconds < 60.0, "{seconds} s");
    assert!(peak().is_none_or(|megabytes| megabytes < 400), "{:?} MB", peak());
}
