//! A reasoner of whom every figure is known: five steps, each right with .8, and wrong answers as likely as each other.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use stage::Silent;
use tables::{Finish, MetricValue, Score, Verdict};

use crate::{Bootstrap, ScoreConfig, figures};

const PROBLEMS: usize = 2_000;
const SAMPLES: u32 = 16;
const STEPS: i32 = 5;

/// A reply of class 0 is right; wrong ones have one of `wrong` classes.
fn replies(wrong: u32) -> Vec<Score> {
    let mut random = ChaCha8Rng::seed_from_u64(u64::from(wrong));
    let mut reply = |problem: usize, sample: u32| {
        let right = (random.next_u64() as f64) < 0.8_f64.powi(STEPS) * u64::MAX as f64;
        let class = if right { 0 } else { 1 + random.next_u32() % wrong };
        let grade = if right { Verdict::Right } else { Verdict::Wrong };
        Score {
            problem_id: format!("p{problem}"),
            sample,
            model: "m".into(),
            dataset: "d".into(),
            correct: grade.correct(),
            grade,
            finish: Finish::Stop,
            answer_class: Some(class),
            reasoning_source: "tags".into(),
            reasoning_tokens: Some(50),
            ..Score::default()
        }
    };
    let all = (0..PROBLEMS).flat_map(|problem| (0..SAMPLES).map(move |sample| (problem, sample)));
    all.map(|(problem, sample)| reply(problem, sample)).collect()
}

/// pass@k is 1 − (1 − .8⁵)^k; maj@k sums over all counts of the classes, of which equal ones share the vote.
#[test]
fn figures_of_the_simulated_reasoner_are_within_three_sigma() {
    let check = |wrong: u32, expect: &[(&str, f64)]| {
        let bootstrap = Bootstrap { resamples: 0, seed: 1 };
        let config = ScoreConfig { bootstrap, k: Some(vec![1, 4, 16]), ..ScoreConfig::default() };
        let rows = figures(&config, &[(std::path::PathBuf::from("m"), replies(wrong))], &Silent).unwrap();
        for (name, truth) in expect {
            let is_it = |row: &&MetricValue| row.metric == *name && row.subset == MetricValue::OVERALL;
            let found = rows.iter().find(is_it).and_then(|row| row.value).unwrap();
            // The share of right votes over problems that know nothing of each other; a mean over subsets varies less.
            let sigma = (truth * (1.0 - truth) / PROBLEMS as f64).sqrt();
            assert!(
                (found - truth).abs() <= 3.0 * sigma,
                "{name} with {wrong} wrong answers: {found}, {truth}"
            );
        }
    };
    check(
        2,
        &[
            ("pass@1", 0.327_680),
            ("pass@4", 0.795_683),
            ("pass@16", 0.998_257),
            ("maj@4", 0.324_556),
            ("maj@16", 0.316_497),
        ],
    );
    check(5, &[("maj@16", 0.678_549)]);
}
