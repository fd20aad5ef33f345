//! Weighted votes beside brute force over all subsets.

use proptest::prelude::*;

use super::*;
use crate::{Class, plurality};

fn vote(class: u32, value: f64) -> Vote {
    Vote { class: Some(class), value: Some(value), right: class == 0 }
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-12
}

fn check(votes: &[Vote], k: usize, weighing: Weighing, expect: f64) {
    let found = weighted_plurality(votes, k, weighing, Effort::FULL);
    assert!(near(found.value, expect) && !found.drawn, "{weighing:?}@{k}: {found:?} is not {expect}");
}

fn votes(classes: &[u32], values: &[f64]) -> Vec<Vote> {
    classes.iter().zip(values).map(|(class, value)| vote(*class, *value)).collect()
}

/// argmax of Σ w over equal answers; those that tie share the credit. Class 0 is right.
#[test]
fn votes_by_hand() {
    let raw = Weighing::Raw;
    check(&votes(&[0, 0, 1, 1, 2], &[0.4, 0.3, 0.5, 0.2, 0.7]), 5, raw, 1.0 / 3.0);
    check(&votes(&[0, 0, 1], &[0.2, 0.25, 0.6]), 3, raw, 0.0);
    check(&votes(&[0, 1, 1], &[0.9, 0.3, 0.3]), 3, raw, 1.0);
    let silent = Vote { class: None, value: Some(9.0), right: false };
    check(&[vote(0, 1.0), silent, vote(1, 0.0)], 3, raw, 1.0);
    check(&[silent, silent], 2, raw, 0.0);
}

/// w = exp(c/τ): of .9 .6 .6 for B A A, τ = 1 gives A .597 of all and τ = .1 gives B .909.
#[test]
fn temperature_decides_how_much_the_best_counts() {
    let three = votes(&[1, 0, 0], &[0.9, 0.6, 0.6]);
    check(&three, 3, Weighing::Softmax { temperature: 1.0 }, 1.0);
    check(&three, 3, Weighing::Softmax { temperature: 0.1 }, 0.0);
    let far = votes(&[0, 1, 1], &[-500.0, -900.0, -900.0]);
    check(&far, 3, Weighing::Softmax { temperature: 1.0 }, 1.0);
    check(&far, 1, Weighing::Softmax { temperature: 1.0 }, 1.0 / 3.0);
}

/// AAABB by .2 .3 .4 .9 .8: the best .4 of 5 are BB; over all 4-subsets the best half is right in 1 of 5 for A and 4 for B.
#[test]
fn the_best_share_votes_alone() {
    let values = [0.2, 0.3, 0.4, 0.9, 0.8];
    check(&votes(&[0, 0, 0, 1, 1], &values), 5, Weighing::Top { share: 0.4 }, 0.0);
    check(&votes(&[0, 0, 0, 1, 1], &values), 4, Weighing::Top { share: 0.5 }, 0.2);
    check(&votes(&[1, 1, 1, 0, 0], &values), 4, Weighing::Top { share: 0.5 }, 0.8);
    // One seat, two equals: half a vote each.
    check(&votes(&[0, 1, 1], &[0.5, 0.5, 0.1]), 3, Weighing::Top { share: 0.3 }, 0.5);
}

#[test]
fn ranks_are_shared_by_equals() {
    // 4 against 3 + 1.5 + 1.5.
    check(&votes(&[0, 1, 1, 1], &[9.0, 2.0, 1.0, 1.0]), 4, Weighing::Rank, 0.0);
    check(&votes(&[0, 1, 2, 2], &[9.0, 2.0, 1.0, 1.0]), 4, Weighing::Rank, 1.0);
}

#[test]
fn weights_that_say_nothing_are_silent() {
    for useless in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        check(&votes(&[0, 0, 0], &[useless; 3]), 2, Weighing::Raw, 0.0);
        check(&[votes(&[1, 1], &[useless; 2]), votes(&[0], &[0.1])].concat(), 3, Weighing::Raw, 1.0);
    }
}

#[test]
fn drawn_subsets_come_close_to_all_of_them() {
    let votes: Vec<Vote> = (0..25).map(|at| vote(at % 3, 1.0)).collect();
    let classes = [9, 8, 8].map(|votes| Class { votes, right: votes == 9 });
    let exact = plurality(&classes, 0, 8);
    let drawn = weighted_plurality(&votes, 8, Weighing::Raw, Effort::FULL);
    assert!(drawn.drawn && (exact - drawn.value).abs() < 0.015, "{exact} {drawn:?}");
    assert_eq!(drawn, weighted_plurality(&votes, 8, Weighing::Raw, Effort::FULL), "the seed decides");
}

#[test]
fn many_problems_share_the_work() {
    assert_eq!(Effort::of_each(1, 7), Effort { seed: 7, ..Effort::FULL });
    assert_eq!(Effort::of_each(10_000, 0), Effort { seed: 0, draws: 100, states: 2_000 });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn it_is_the_mean_over_all_subsets(
        samples in prop::collection::vec((prop::option::weighted(0.85, 0_u32..4), -1_i8..4), 1..=8),
        part in 0.01_f64..1.0,
    ) {
        let votes: Vec<Vote> = samples
            .iter()
            .map(|(class, value)| Vote { class: *class, value: Some(f64::from(*value) / 4.0), right: *class == Some(0) })
            .collect();
        let n = votes.len();
        let k = ((n as f64 * part).ceil() as usize).clamp(1, n);
        let (mut total, mut count) = (0.0, 0.0);
        for set in (0_u32..1 << n).filter(|set| set.count_ones() as usize == k) {
            let mut sums = [0.0; 4];
            for vote in (0..n).filter(|at| set & (1 << at) != 0).map(|at| votes[at]) {
                if let (Some(class), Some(value)) = (vote.class, vote.value) {
                    sums[class as usize] += value.max(0.0);
                }
            }
            let top = sums.iter().copied().fold(0.0, f64::max);
            let tied = sums.iter().filter(|sum| top > 0.0 && near(**sum, top)).count();
            total += if tied > 0 && near(sums[0], top) { 1.0 / tied as f64 } else { 0.0 };
            count += 1.0;
        }
        let found = weighted_plurality(&votes, k, Weighing::Raw, Effort::FULL);
        prop_assert!(near(found.value, total / count), "{votes:?} {k}: {found:?} is not {}", total / count);
    }
}
