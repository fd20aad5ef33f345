//! What the statistics promise, tried on data whose truth is known.

use std::io::Write;

use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::*;

const RUNS: u64 = 1_200;
/// Problems, and true shares, of the table in the manual.
const PROBLEMS: [usize; 6] = [3, 5, 10, 20, 50, 200];
const SHARES: [f64; 5] = [0.5, 0.8, 0.9, 0.95, 0.99];

fn uniform(generator: &mut ChaCha8Rng) -> f64 {
    generator.next_u64() as f64 / u64::MAX as f64
}

fn normal(generator: &mut ChaCha8Rng) -> f64 {
    let radius = (-2.0 * (1.0 - uniform(generator)).max(1e-300).ln()).sqrt();
    radius * (std::f64::consts::TAU * uniform(generator)).cos()
}

fn single(value: f64) -> Unit {
    Unit { sum: value, n: 1.0 }
}

/// Problems of so many samples, right with chance `share`. Each sample says what the problem's draw says with a chance that
/// makes the correlation of two samples `alike`, else what its own says.
fn answers(generator: &mut ChaCha8Rng, problems: usize, samples: u32, share: f64, alike: f64) -> Vec<Unit> {
    let problem = |_| {
        let own = uniform(generator) < share;
        let mut unit = Unit::default();
        for _ in 0..samples {
            let follows = uniform(generator) < alike.sqrt();
            let right = if follows { own } else { uniform(generator) < share };
            unit.add(f64::from(u8::from(right)));
        }
        unit
    };
    (0..problems).map(problem).collect()
}

/// How often the interval holds the truth.
fn coverage(runs: u64, truth: f64, mut interval: impl FnMut(u64) -> Result<Interval, Missing>) -> f64 {
    let holds = |run: &u64| interval(*run).is_ok_and(|found| found.low <= truth && truth <= found.high);
    (0..runs).filter(holds).count() as f64 / runs as f64
}

fn covers_share(runs: u64, problems: usize, samples: u32, share: f64, alike: f64) -> f64 {
    let observations = problems as u64 * u64::from(samples);
    coverage(runs, share, |run| {
        share_interval(&answers(&mut generator(run, 7), problems, samples, share, alike), observations)
    })
}

/// To the last digit: over all numbers of wrong answers, by their binomial chances.
fn covers_single(problems: usize, share: f64) -> f64 {
    let mut chance = share.powf(problems as f64);
    let mut covered = 0.0;
    for wrong in 0..=problems {
        let units: Vec<Unit> = (0..problems).map(|at| single(f64::from(u8::from(at >= wrong)))).collect();
        let found = share_interval(&units, problems as u64).unwrap();
        covered += if found.low <= share && share <= found.high { chance } else { 0.0 };
        chance *= (problems - wrong) as f64 / (wrong + 1) as f64 * (1.0 - share) / share;
    }
    covered
}

#[test]
fn the_interval_of_a_share_covers_it() {
    for problems in PROBLEMS {
        for share in SHARES {
            let covered = covers_single(problems, share);
            // 9 of 10 or 10 of 10 is 99.57 % at .99, 10 of 10 alone is 90.44 %: nothing lies between.
            let (least, most) = match problems {
                3 => (0.9, 1.0),
                10 if share == 0.99 => (0.9, 0.905),
                _ => (0.93, 0.9915),
            };
            assert!((least..=most).contains(&covered), "{problems} problems at {share}: {covered}");
        }
    }
}

#[test]
fn the_interval_of_a_share_over_samples_covers_it() {
    for (problems, share, alike) in
        [(5, 0.5, 0.6), (5, 0.9, 0.3), (20, 0.9, 0.6), (50, 0.95, 0.3), (200, 0.99, 0.6)]
    {
        let covered = covers_share(RUNS, problems, 4, share, alike);
        assert!(
            (0.91..=0.995).contains(&covered),
            "{problems} problems at {share}, alike {alike}: {covered}"
        );
    }
}

/// Problems, samples and true share of a set.
type Set = (usize, u32, f64);

fn covers_mean_over_sets(runs: u64, sets: &[Set], alike: f64) -> f64 {
    let truth = sets.iter().map(|(_, _, share)| share).sum::<f64>() / sets.len() as f64;
    coverage(runs, truth, |run| {
        let mut generator = generator(run, 11);
        let draw = |(problems, samples, share): &Set| {
            (
                answers(&mut generator, *problems, *samples, *share, alike),
                *problems as u64 * u64::from(*samples),
            )
        };
        let drawn: Vec<(Vec<Unit>, u64)> = sets.iter().map(draw).collect();
        mean_of_shares(&drawn.iter().map(|(units, n)| (units.as_slice(), *n)).collect::<Vec<_>>())
    })
}

#[test]
fn the_interval_of_a_mean_over_sets_covers_it() {
    let suite = [(30, 16, 0.6), (30, 16, 0.5), (500, 4, 0.93), (198, 8, 0.62), (511, 4, 0.7)];
    let small = [(30, 1, 0.5), (20, 1, 0.7), (40, 1, 0.4)];
    let easy = [(30, 1, 0.97), (60, 1, 0.98), (40, 1, 0.95)];
    for (sets, least) in [(suite.as_slice(), 0.925), (&small, 0.925), (&easy, 0.9)] {
        let covered = covers_mean_over_sets(RUNS, sets, 0.5);
        assert!((least..0.995).contains(&covered), "{sets:?}: {covered}");
    }
}

#[test]
fn the_interval_of_a_share_is_as_wide_as_it_was() {
    // The percentile bootstrap of 100 of 200: 2 · 1.96 · √(.25 / 200), up to its draws.
    let units: Vec<Unit> = (0..200).map(|at| single(f64::from(at % 2))).collect();
    let found = share_interval(&units, 200).unwrap();
    assert!(((found.high - found.low) / 0.1386 - 1.0).abs() < 0.01, "{found:?}");
}

/// Figures whose mean is known.
struct World {
    name: &'static str,
    kind: Kind,
    truth: f64,
    value: fn(&mut ChaCha8Rng) -> f64,
}

/// Most replies arrive at once, the others somewhere.
fn efficiency(generator: &mut ChaCha8Rng) -> f64 {
    if uniform(generator) < 0.5 { 1.0 } else { uniform(generator).sqrt() }
}

fn tokens(generator: &mut ChaCha8Rng, spread: f64) -> f64 {
    (spread * normal(generator) - 0.5 * spread * spread).exp()
}

fn reflection(generator: &mut ChaCha8Rng) -> f64 {
    if uniform(generator) < 0.3 { 0.0 } else { tokens(generator, 0.8) }
}

const WORLDS: [World; 6] = [
    World {
        name: "token efficiency, half of it whole",
        kind: Kind::Ratio,
        truth: 5.0 / 6.0,
        value: efficiency,
    },
    World { name: "tokens, spread 0.5", kind: Kind::Amount, truth: 1.0, value: |g| tokens(g, 0.5) },
    World { name: "tokens, spread 0.8", kind: Kind::Amount, truth: 1.0, value: |g| tokens(g, 0.8) },
    World { name: "tokens, spread 1", kind: Kind::Amount, truth: 1.0, value: |g| tokens(g, 1.0) },
    World { name: "reflection, three in ten none", kind: Kind::Amount, truth: 0.7, value: reflection },
    World {
        name: "difference of tokens",
        kind: Kind::Signed,
        truth: 0.0,
        value: |g| tokens(g, 0.8) - tokens(g, 0.8),
    },
];

fn covers_mean(world: &World, runs: u64, problems: usize, resamples: u32) -> f64 {
    coverage(runs, world.truth, |run| {
        let mut generator = generator(run, 11);
        let units: Vec<Unit> = (0..problems).map(|_| single((world.value)(&mut generator))).collect();
        mean_interval(world.kind, &units, Draws { resamples, seed: run })
    })
}

#[test]
fn the_interval_of_a_mean_covers_it() {
    for (world, problems, least) in [(0, 10, 0.92), (1, 10, 0.91), (2, 20, 0.91), (4, 20, 0.9), (5, 10, 0.93)]
    {
        let world = &WORLDS[world];
        let covered = covers_mean(world, 600, problems, 250);
        assert!((least..=0.99).contains(&covered), "{} over {problems} problems: {covered}", world.name);
    }
}

/// Problems with up to four samples, the more the longer: what a studentised quotient of sums has to do with.
fn long_problems(seed: u64, problems: usize) -> Vec<Unit> {
    let mut generator = generator(seed, 19);
    let problem = |_| {
        let own = tokens(&mut generator, 0.8);
        let mut unit = Unit::default();
        for _ in 0..(1.0 + own).min(4.0) as usize {
            unit.add(own * tokens(&mut generator, 0.5));
        }
        unit
    };
    (0..problems).map(problem).collect()
}

#[test]
fn over_many_problems_the_skew_tells_what_draws_would_find() {
    for seed in 0..3 {
        // Just few enough to be drawn.
        let few = long_problems(seed, 1_990);
        let mean = unit::mean(&few).unwrap();
        let error = unit::standard_error(&few, mean);
        let off: Vec<[f64; 2]> = few.iter().map(|unit| [unit.sum - mean * unit.n, unit.n]).collect();
        let shift = expansion::shift_of(&off);
        let drawn = mean_interval(Kind::Amount, &few, Draws { resamples: 40_000, seed }).unwrap();
        assert_eq!(drawn.method, Method::BootstrapT);
        for (end, quantile) in [(drawn.high, shift - REACH), (drawn.low, shift + REACH)] {
            let found = (mean - end) / error;
            assert!((found - quantile).abs() < 0.06, "seed {seed}: drawn {found}, told {quantile}");
        }
        assert!(shift < -0.05, "it is skewed: {shift}");
    }
}

#[test]
fn the_interval_of_a_mean_over_many_problems_covers_it_from_both_sides() {
    let truth = unit::mean(&long_problems(1 << 40, 2_000_000)).unwrap();
    let (runs, mut beyond, mut told) = (1_500, [0, 0], 0);
    for run in 0..runs {
        let draws = Draws { resamples: 200, seed: run };
        let found = mean_interval(Kind::Amount, &long_problems(run, 2_000), draws).unwrap();
        told += u32::from(found.method == Method::Expansion);
        beyond[0] += u32::from(truth < found.low);
        beyond[1] += u32::from(truth > found.high);
    }
    assert!(f64::from(told) > 0.8 * runs as f64, "{told} without draws");
    for beyond in beyond {
        let share = f64::from(beyond) / runs as f64;
        assert!((0.012..=0.04).contains(&share), "{share} of the intervals lie on one side");
    }
}

/// Two models over the same problems: how often each is right, and how often they are right together beyond chance.
fn covers_difference(runs: u64, problems: usize, samples: u32, shares: [f64; 2], together: f64) -> f64 {
    coverage(runs, shares[1] - shares[0], |run| {
        let mut generator = generator(run, 13);
        let problem = |_| {
            let mut unit = Unit::default();
            let common = uniform(&mut generator);
            for _ in 0..samples {
                let mut right = |share: f64| {
                    let own = uniform(&mut generator);
                    let follows = uniform(&mut generator) < together;
                    f64::from(u8::from(if follows { common } else { own } < share))
                };
                unit.add(right(shares[1]) - right(shares[0]));
            }
            unit
        };
        let units: Vec<Unit> = (0..problems).map(problem).collect();
        share_difference(&units)
    })
}

#[test]
fn the_interval_of_a_difference_of_shares_covers_it() {
    for (problems, samples, shares) in
        [(5, 1, [0.8, 0.9]), (20, 1, [0.95, 0.95]), (20, 4, [0.5, 0.8]), (100, 1, [0.9, 0.99])]
    {
        let covered = covers_difference(RUNS, problems, samples, shares, 0.5);
        assert!(covered > 0.93, "{problems} problems, {samples} samples, {shares:?}: {covered}");
    }
}

/// Two models over the same problems, one right at `shares[0]` with short replies, the other at `shares[1]` with replies that
/// are ten times as long: how often the intervals of tokens a right answer, of relative efficiency and of right answers a
/// token hold the truth.
fn covers_quotients(runs: u64, problems: usize, shares: [f64; 2]) -> [f64; 3] {
    let mean_tokens = 100.0 * (0.8_f64.powi(2) / 2.0).exp();
    let lengths = [mean_tokens, 10.0 * mean_tokens];
    let per_right = lengths[1] / shares[1];
    let efficiency = lengths[0] / shares[0] / per_right;
    let rate = (shares[1] - shares[0]) / (lengths[1] - lengths[0]);
    let drawn = |run: u64| {
        let mut generator = generator(run, 17);
        let mut columns: [Vec<f64>; 4] = Default::default();
        for _ in 0..problems {
            let ease = normal(&mut generator);
            let mut long =
                |scale: f64| scale * 100.0 * (0.5 * ease + 0.39_f64.sqrt() * normal(&mut generator)).exp();
            let tokens = [long(1.0), long(10.0)];
            let right = shares.map(|share| f64::from(u8::from(uniform(&mut generator) < share)));
            let row = [tokens[0], tokens[1], right[0], right[1]];
            columns.iter_mut().zip(row).for_each(|(column, value)| column.push(value));
        }
        columns
    };
    let draws = |seed| Draws { resamples: 200, seed };
    let of = |above: &[&[f64]], below: &[&[f64]], run| Quotient { above, below }.interval(draws(run));
    let less = |b: &[f64], a: &[f64]| -> Vec<f64> { b.iter().zip(a).map(|(b, a)| b - a).collect() };
    [
        coverage(runs, per_right, |run| {
            let [_, tokens, _, right] = drawn(run);
            of(&[&tokens], &[&right], run)
        }),
        coverage(runs, efficiency, |run| {
            let [own, tokens, own_right, right] = drawn(run);
            of(&[&right, &own], &[&tokens, &own_right], run)
        }),
        coverage(runs, rate, |run| {
            let [own, tokens, own_right, right] = drawn(run);
            exchange_rate(&less(&right, &own_right), &less(&tokens, &own), draws(run)).1
        }),
    ]
}

#[test]
fn the_intervals_of_quotients_cover_them() {
    for (problems, shares, least) in [(20, [0.5, 0.8], 0.92), (50, [0.6, 0.9], 0.92), (200, [0.3, 0.5], 0.93)]
    {
        for covered in covers_quotients(400, problems, shares) {
            assert!((least..=0.985).contains(&covered), "{problems} problems, {shares:?}: {covered}");
        }
    }
}

/// The tables of the manual: `cargo test -p thinkmeter-stats -- --ignored coverage`.
#[test]
#[ignore = "prints tables and takes a minute"]
fn coverage_in_tables() {
    let mut out = std::io::stdout();
    let mut line = |name: &str, cells: Vec<f64>| {
        let cells: Vec<String> = cells.iter().map(|covered| format!("{:6.1}", 100.0 * covered)).collect();
        writeln!(out, "{name:45} {}", cells.join(" ")).unwrap();
    };
    for problems in PROBLEMS {
        line(
            &format!("{problems} problems, 1 sample"),
            SHARES.map(|share| covers_single(problems, share)).to_vec(),
        );
        for alike in [0.1, 0.3, 0.6, 0.9] {
            let cells = SHARES.map(|share| covers_share(10_000, problems, 4, share, alike));
            line(&format!("{problems} problems, 4 samples, alike {alike}"), cells.to_vec());
        }
    }
    for world in &WORLDS {
        line(world.name, PROBLEMS[1..].iter().map(|n| covers_mean(world, 3_000, *n, 1_000)).collect());
    }
    for shares in [[0.5, 0.5], [0.8, 0.9], [0.95, 0.95], [0.9, 0.99], [0.99, 0.99]] {
        for samples in [1, 4] {
            let cells =
                PROBLEMS.iter().map(|n| covers_difference(10_000, *n, samples, shares, 0.5)).collect();
            line(&format!("difference, shares {shares:?}, {samples} samples"), cells);
        }
    }
}

/// Problems that differ from each other, with one to three samples each, around a known mean difference.
fn differences(seed: u64, problems: usize, shift: f64) -> Vec<Unit> {
    let mut generator = generator(seed, 0);
    let mut uniform = move || uniform(&mut generator);
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
fn the_interval_covers_a_mean_over_samples() {
    let draws = |seed| Draws { resamples: 300, seed };
    let covered =
        coverage(RUNS, 0.3, |run| mean_interval(Kind::Signed, &differences(run, 40, 0.3), draws(run)));
    assert!((0.93..=0.97).contains(&covered), "covers {covered}");
}

#[test]
fn p_values_are_uniform_where_there_is_no_difference() {
    // 14 problems: all ways are tried, which is quick.
    let p: Vec<f64> = (0..RUNS).map(|run| permutation(&differences(run, 14, 0.0), run)).collect();
    for level in [0.05, 0.1, 0.25, 0.5, 0.75] {
        let share = p.iter().filter(|p| **p <= level).count() as f64 / RUNS as f64;
        let spread = 3.5 * (level * (1.0 - level) / RUNS as f64).sqrt();
        assert!((share - level).abs() < spread, "{share} of the p-values are below {level}");
    }
}

#[test]
fn a_difference_is_found_as_often_as_the_power_says() {
    let needed = power(&differences(1, 4_000, 0.5)).unwrap().needed.unwrap() as usize;
    let runs = 300;
    let found = (0..runs).filter(|run| permutation(&differences(*run, needed, 0.5), *run) < 0.05).count();
    let share = found as f64 / runs as f64;
    assert!((0.72..=0.88).contains(&share), "{share} with {needed} problems");
}
