//! Votes of models whose strengths are known: how often intervals hold them.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use stats::generator;

use crate::fit::testing::logistic;
use crate::*;

/// Strengths of the models.
const STRENGTHS: [f64; 5] = [1.0, 0.4, 0.0, -0.5, -0.9];
/// How much a problem suits a model: standard deviation.
const SUITS: f64 = 0.8;
const VOTES: usize = 20;

fn normal(random: &mut ChaCha8Rng) -> f64 {
    let [a, b]: [f64; 2] = [random.random(), random.random()];
    (-2.0 * (1.0 - a).ln()).sqrt() * (std::f64::consts::TAU * b).cos()
}

fn vote(a: usize, b: usize, share: f64, problem: usize) -> Vote {
    Vote { share, problem: Some(problem), ..crate::vote::testing::vote(a, b) }
}

fn named(votes: Vec<Vote>) -> Votes {
    let models = (0..STRENGTHS.len()).map(|model| format!("m{model}")).collect();
    Votes { models, votes, ..Votes::default() }
}

/// Votes on so many problems, each of which suits some models better than others: votes on one problem lean alike.
fn drawn(problems: usize, random: &mut ChaCha8Rng) -> Votes {
    let mut votes = Vec::new();
    for problem in 0..problems {
        let suits = STRENGTHS.map(|strength| strength + SUITS * normal(random));
        for _ in 0..VOTES {
            let a = random.random_range(0..STRENGTHS.len());
            let b = (a + random.random_range(1..STRENGTHS.len())) % STRENGTHS.len();
            let wins = random.random::<f64>() < logistic(suits[a] - suits[b]);
            votes.push(vote(a, b, f64::from(u8::from(wins)), problem));
        }
    }
    named(votes)
}

/// What infinitely many of such votes would give: the fit to the expected share of each pair, by numerical integration.
fn truth() -> Vec<f64> {
    let share = |a: usize, b: usize| {
        let spread = SUITS * std::f64::consts::SQRT_2;
        let (mut sum, mut weight) = (0.0, 0.0);
        for step in -400..=400 {
            let z = f64::from(step) / 50.0;
            let density = (-z * z / 2.0).exp();
            sum += density * logistic(STRENGTHS[a] - STRENGTHS[b] + spread * z);
            weight += density;
        }
        sum / weight
    };
    let pairs = (0..STRENGTHS.len()).flat_map(|a| (0..a).map(move |b| (a, b)));
    let votes = pairs.map(|(a, b)| vote(a, b, share(a, b), a * 10 + b)).collect();
    scores(&rate(&named(votes), &quick()).unwrap()).into_iter().map(|rating| rating.score.unwrap()).collect()
}

fn quick() -> Settings {
    Settings { shuffles: 0, ..Settings::default() }
}

fn scores(arena: &Arena) -> Vec<Rating> {
    let mut ratings = arena.islands[0].ratings.clone();
    ratings.sort_by(|one, other| one.model.cmp(&other.model));
    ratings
}

/// In how many of so many sets of votes each model's interval holds its true score.
fn covered(sets: u64, settings: &Settings) -> f64 {
    let truth = truth();
    let mut held = 0;
    for set in 0..sets {
        let mut random = generator(11, set);
        let arena = rate(&drawn(60, &mut random), settings).unwrap();
        for (rating, truth) in scores(&arena).iter().zip(&truth) {
            held += u64::from(rating.low.unwrap() <= *truth && *truth <= rating.high.unwrap());
        }
    }
    held as f64 / (sets * STRENGTHS.len() as u64) as f64
}

#[test]
fn intervals_over_problems_hold_the_truth_as_often_as_they_say() {
    let share = covered(1000, &quick());
    println!("intervals over problems hold the truth in {:.1} %", share * 100.0);
    assert!((0.93..=0.97).contains(&share), "{share}");
}

#[test]
fn intervals_over_votes_would_not() {
    let share = covered(300, &Settings { cluster: Some(Cluster::Vote), ..quick() });
    println!("intervals over votes hold the truth in {:.1} %", share * 100.0);
    assert!(share < 0.92, "{share}");
}

#[test]
fn the_bootstrap_holds_the_truth_too() {
    let share = covered(100, &Settings { intervals: Intervals::Bootstrap, resamples: 300, ..quick() });
    println!("bootstrap intervals hold the truth in {:.1} %", share * 100.0);
    assert!((0.91..=0.98).contains(&share), "{share}");
}

#[test]
fn the_seed_and_nothing_else_decides() {
    let votes = drawn(30, &mut generator(3, 0));
    let settings = |seed| Settings {
        intervals: Intervals::Bootstrap,
        resamples: 50,
        shuffles: 5,
        seed,
        ..Settings::default()
    };
    let text = |seed, threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| serde_json::to_string(&rate(&votes, &settings(seed)).unwrap()).unwrap())
    };
    assert_eq!(text(1, 1), text(1, 3));
    assert_ne!(text(1, 1), text(2, 1));
}
