//! What the statistics promise, tried on data whose truth is known.

use rand::Rng;

use super::{Unit, generator, interval, permutation};

const RUNS: u64 = 1_200;

/// Problems that differ from each other, with one to three samples each, around a known mean difference.
fn world(seed: u64, problems: usize, shift: f64) -> Vec<Unit> {
    let mut generator = generator(seed, 0);
    let mut uniform = move || generator.next_u64() as f64 / u64::MAX as f64;
    (0..problems)
        .map(|_| {
            let own = uniform() + uniform() + uniform() - 1.5;
            let mut unit = Unit::default();
            for _ in 0..=(uniform() * 2.99) as usize {
                unit.add(shift + own + uniform() - 0.5);
            }
            unit
        })
        .collect()
}

#[test]
fn the_interval_covers_the_truth_as_often_as_it_says() {
    let covers = |run: &u64| {
        let (low, high) = interval(&world(*run, 60, 0.3), 400, *run).unwrap();
        (low..=high).contains(&0.3)
    };
    let share = (0..RUNS).filter(covers).count() as f64 / RUNS as f64;
    assert!((0.93..=0.97).contains(&share), "covers {share}");
}

#[test]
fn p_values_are_uniform_where_there_is_no_difference() {
    // 14 problems: all ways are tried, which is quick.
    let p: Vec<f64> = (0..RUNS).map(|run| permutation(&world(run, 14, 0.0), run)).collect();
    for level in [0.05, 0.1, 0.25, 0.5, 0.75] {
        let share = p.iter().filter(|p| **p <= level).count() as f64 / RUNS as f64;
        let spread = 3.5 * (level * (1.0 - level) / RUNS as f64).sqrt();
        assert!((share - level).abs() < spread, "{share} of the p-values are below {level}");
    }
}

#[test]
fn a_difference_is_found_as_often_as_the_power_says() {
    let needed = super::power(&world(1, 4_000, 0.5)).unwrap().needed.unwrap() as usize;
    let runs = 300;
    let found = (0..runs).filter(|run| permutation(&world(*run, needed, 0.5), *run) < 0.05).count();
    let share = found as f64 / runs as f64;
    assert!((0.72..=0.88).contains(&share), "{share} with {needed} problems");
}
