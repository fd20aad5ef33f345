//! Closed forms beside brute force over all subsets.

use proptest::prelude::*;

use super::*;

/// The mean of a figure over all k-subsets of 0..n.
fn brute_force(n: usize, k: usize, mut figure: impl FnMut(&[usize]) -> f64) -> f64 {
    let (mut sum, mut count) = (0.0, 0.0);
    for set in (0_u32..1 << n).filter(|set| set.count_ones() as usize == k) {
        let chosen: Vec<usize> = (0..n).filter(|at| set & (1 << at) != 0).collect();
        sum += figure(&chosen);
        count += 1.0;
    }
    sum / count
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-12
}

#[test]
fn pass_at_k_has_its_published_values() {
    for (k, expect) in [(1, 0.3), (2, 0.533_333_333_333_333_3), (5, 0.916_666_666_666_666_6), (8, 1.0)] {
        assert!(near(any_right(10, 3, k), expect), "{k}: {}", any_right(10, 3, k));
    }
    assert_eq!((all_right(10, 3, 3), all_right(10, 3, 4)), (1.0 / 120.0, 0.0));
    assert_eq!((all_right(4, 4, 4), any_right(4, 0, 4)), (1.0, 0.0));
}

#[test]
fn votes_by_hand() {
    let class = |votes, right| Class { votes, right };
    // Two right, two wrong: a pair is all right, all wrong, or tied four times in six.
    assert!(near(plurality(&[class(2, true), class(2, false)], 0, 2), 0.5));
    assert!(near(plurality(&[class(1, true)], 3, 2), 0.5), "who does not answer does not outvote");
    assert!(near(plurality(&[class(3, true), class(1, false)], 0, 4), 1.0));
    assert!(near(plurality(&[class(2, false)], 2, 2), 0.0));
}

#[test]
fn many_samples_and_tries_stay_finite() {
    let classes: Vec<Class> = (1..60).map(|votes| Class { votes, right: votes == 30 }).collect();
    let won = plurality(&classes, 100, 64);
    assert!((0.0..=1.0).contains(&won), "{won}");
    let sure = plurality(&[Class { votes: 5000, right: true }, Class { votes: 1, right: false }], 0, 256);
    assert!(near(sure, 1.0), "{sure}");
    assert!((any_right(100_000, 1, 50_000) - 0.5).abs() < 1e-9);
}

/// Scores .9 .8 .8 .6 .3 and none, right 0 1 0 1 1 0: ½, 13/30, 11/40, 1/6, 1/12, 0.
#[test]
fn the_best_of_k_by_hand() {
    let key = [-0.9, -0.8, -0.8, -0.6, -0.3, f64::INFINITY];
    let credit = [0.0, 1.0, 0.0, 1.0, 1.0, 0.0];
    let mut ranked: Vec<Ranked> =
        key.into_iter().zip(credit).map(|(key, credit)| Ranked { key, credit }).collect();
    for (k, expect) in
        [(1, 0.5), (2, 13.0 / 30.0), (3, 11.0 / 40.0), (4, 1.0 / 6.0), (5, 1.0 / 12.0), (6, 0.0)]
    {
        assert!(near(first_ranked(&mut ranked, k), expect), "{k}");
    }
}

/// Σ l₍ᵣ₎·C(r − 1, k − 1)/C(4, k).
#[test]
fn one_waits_for_the_longest() {
    for (k, expect) in [(1, 400.0), (2, 1850.0 / 3.0), (3, 775.0), (4, 900.0)] {
        assert!(near(longest(&[200.0, 100.0, 900.0, 400.0], k), expect), "{k}");
    }
}

/// Right .9 .6, wrong .7 .2: three of four pairs are in order.
#[test]
fn a_score_tells_right_from_wrong() {
    assert_eq!(discrimination(&[0.9, 0.6], &[0.7, 0.2]), Some(0.75));
    assert_eq!(discrimination(&[0.5], &[0.5, 0.4]), Some(0.75));
    assert_eq!(discrimination(&[0.5], &[]), None);
}

/// Samples with a class (none: no answer) and a key.
fn samples() -> impl Strategy<Value = (Vec<(Option<u32>, u8)>, usize)> {
    let sample = (prop::option::weighted(0.85, 0_u32..4), 0_u8..6);
    prop::collection::vec(sample, 1..=12).prop_flat_map(|samples| {
        let n = samples.len();
        (Just(samples), 1..=n)
    })
}

/// Class 0 is the right one.
fn right(class: Option<u32>) -> bool {
    class == Some(0)
}

fn vote_of(sums: &[f64; 4]) -> f64 {
    let top = sums.iter().copied().fold(0.0, f64::max);
    let tied = sums.iter().filter(|sum| top > 0.0 && near(**sum, top)).count();
    if tied > 0 && near(sums[0], top) { 1.0 / tied as f64 } else { 0.0 }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn closed_forms_are_the_mean_over_all_subsets((samples, k) in samples()) {
        let n = samples.len();
        let c = samples.iter().filter(|sample| right(sample.0)).count();
        let hits = |chosen: &[usize]| chosen.iter().filter(|at| right(samples[**at].0)).count();
        let share = |flag: bool| f64::from(u8::from(flag));
        prop_assert!(near(any_right(n, c, k), brute_force(n, k, |chosen| share(hits(chosen) > 0))));
        prop_assert!(near(all_right(n, c, k), brute_force(n, k, |chosen| share(hits(chosen) == k))));

        let mut ranked: Vec<Ranked> = samples
            .iter()
            .map(|sample| Ranked { key: f64::from(sample.1), credit: share(right(sample.0)) })
            .collect();
        let first = brute_force(n, k, |chosen| {
            let least = chosen.iter().map(|at| samples[*at].1).min().unwrap();
            let tied: Vec<usize> = chosen.iter().copied().filter(|at| samples[*at].1 == least).collect();
            tied.iter().filter(|at| right(samples[**at].0)).count() as f64 / tied.len() as f64
        });
        prop_assert!(near(first_ranked(&mut ranked, k), first));

        let classes: Vec<Class> = (0..4)
            .map(|class| Class {
                votes: samples.iter().filter(|sample| sample.0 == Some(class)).count(),
                right: class == 0,
            })
            .collect();
        let silent = samples.iter().filter(|sample| sample.0.is_none()).count();
        let voted = brute_force(n, k, |chosen| {
            let mut sums = [0.0; 4];
            chosen.iter().filter_map(|at| samples[*at].0).for_each(|class| sums[class as usize] += 1.0);
            vote_of(&sums)
        });
        prop_assert!(near(plurality(&classes, silent, k), voted));
    }
}
