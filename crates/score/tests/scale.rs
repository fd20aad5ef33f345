//! Many generations in little memory. Run alone: `cargo test -p thinkmeter-score --test scale -- --ignored`.
#![expect(clippy::unwrap_used, reason = "a test")]

use std::path::Path;
use std::time::Instant;

use stage::Silent;
use tables::{Finish, JudgeState, Provenance, Rewards, Score, SolutionScore, TableWriter, Verdict};
use thinkmeter_score::{Bootstrap, ScoreConfig, measure};

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
