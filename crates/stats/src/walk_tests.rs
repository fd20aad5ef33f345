//! The walk beside brute force over all orders, and drawn orders beside the walk.

use proptest::prelude::*;

use super::*;
use crate::{agreement, beats_runner_up};

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-9
}

fn heap(says: Says, size: u32, tokens: f64) -> Heap {
    Heap { says, size, tokens: Some(tokens) }
}

const RIGHT: Says = Says::One { right: true };
const WRONG: Says = Says::One { right: false };
const LONE: Says = Says::Many { right: false };

fn beta(threshold: f64) -> impl Fn(&[u32]) -> bool {
    move |votes| {
        let mut sorted = [votes, &[0, 0]].concat();
        sorted.sort_unstable_by(|a, b| b.cmp(a));
        beats_runner_up(sorted[0], sorted[1]) >= threshold
    }
}

fn pace(least: u32, batch: u32, most: u32) -> Pace {
    Pace { least, batch, most }
}

/// Classes of 5, 2 and 1 samples, the first right; lengths 100 120 140 200 240, 300 340, 400. Beta .90: 48/7 samples and 10600/7
/// tokens of 8 and 1840, by hand-checked enumeration of all orders.
#[test]
fn a_recorded_pool_has_its_published_expectations() {
    let heaps = [heap(RIGHT, 5, 160.0), heap(WRONG, 2, 320.0), heap(LONE, 1, 400.0)];
    let stopped = replay(&heaps, Stops::Votes(&beta(0.9)), pace(1, 1, 8), Effort::FULL);
    assert!(near(stopped.samples, 48.0 / 7.0), "{stopped:?}");
    assert!(near(stopped.tokens.unwrap(), 10_600.0 / 7.0) && near(stopped.credit, 1.0), "{stopped:?}");
    // One window of 4 fits: C(5, 4) / C(8, 4) of the orders begin with four right ones; the second window cannot be one.
    let stopped = replay(&heaps, Stops::Unanimous, pace(4, 4, 8), Effort::FULL);
    let first = 5.0 / 70.0;
    assert!(near(stopped.samples, 4.0 * first + 8.0 * (1.0 - first)) && near(stopped.early, first));
}

#[test]
fn nobody_votes_in_silence_and_unknown_lengths_stay_unknown() {
    let silent = Heap { says: Says::Nothing, size: 3, tokens: None };
    let stopped = replay(&[silent], Stops::Votes(&beta(0.9)), pace(1, 1, 8), Effort::FULL);
    assert_eq!((stopped.samples, stopped.tokens, stopped.credit, stopped.early), (3.0, None, 0.0, 0.0));
    let empty = replay(&[], Stops::Unanimous, pace(1, 1, 8), Effort::FULL);
    assert_eq!((empty.samples, empty.tokens, empty.credit), (0.0, Some(0.0), 0.0));
}

#[test]
fn drawn_orders_come_close_to_all_of_them() {
    let heaps = [heap(RIGHT, 14, 100.0), heap(WRONG, 8, 300.0), heap(LONE, 2, 500.0)];
    let few = Effort { states: 10, ..Effort::FULL };
    for stops in [Stops::Votes(&beta(0.95)), Stops::Unanimous] {
        let exact = replay(&heaps, stops, pace(1, 3, 20), Effort::FULL);
        let drawn = replay(&heaps, stops, pace(1, 3, 20), few);
        assert!(drawn.drawn && !exact.drawn);
        assert!((exact.samples - drawn.samples).abs() < 0.15, "{exact:?} {drawn:?}");
        assert!((exact.credit - drawn.credit).abs() < 0.015, "{exact:?} {drawn:?}");
        assert_eq!(drawn, replay(&heaps, stops, pace(1, 3, 20), few), "the seed decides");
    }
}

/// What a rule does with samples in this order, written down once more: samples, tokens, credit.
fn one_order(order: &[usize], heaps: &[Heap], unanimous: bool, pace: Pace) -> [f64; 3] {
    // A lone answer is one that no other sample gives.
    let answer = |at: usize| match heaps[order[at]].says {
        Says::One { right } => Some((order[at], right)),
        Says::Many { right } => Some((100 + at, right)),
        Says::Nothing => None,
    };
    let mut drawn = 0;
    let votes = |drawn: usize| {
        let mut votes = std::collections::BTreeMap::new();
        (0..drawn).filter_map(answer).for_each(|answer| *votes.entry(answer).or_insert(0_u32) += 1);
        votes
    };
    while drawn < order.len().min(pace.most as usize) {
        drawn += 1;
        if !drawn.is_multiple_of(pace.batch as usize) || drawn < pace.least as usize {
            continue;
        }
        let batch: Vec<_> = (drawn - pace.batch as usize..drawn).map(answer).collect();
        let enough = if unanimous {
            batch[0].is_some() && batch.iter().all(|other| *other == batch[0])
        } else {
            agreement(&votes(drawn).into_values().collect::<Vec<u32>>()) >= 0.5
        };
        if enough {
            break;
        }
    }
    let votes = votes(drawn);
    let top = votes.values().copied().max().unwrap_or(0);
    let tied: Vec<bool> =
        votes.iter().filter(|(_, votes)| **votes == top).map(|((_, right), _)| *right).collect();
    let credit = tied.iter().filter(|right| **right).count() as f64 / tied.len().max(1) as f64;
    let tokens = order[..drawn].iter().map(|heap| heaps[*heap].tokens.unwrap()).sum();
    [drawn as f64, tokens, credit]
}

/// All orders.
fn brute_force(order: &mut [usize], from: usize, figure: &mut impl FnMut(&[usize])) {
    if from == order.len() {
        return figure(order);
    }
    for at in from..order.len() {
        order.swap(from, at);
        brute_force(order, from + 1, figure);
        order.swap(from, at);
    }
}

fn pool() -> impl Strategy<Value = (Vec<Heap>, bool, Pace)> {
    let sizes = prop::collection::vec(0_u32..4, 4)
        .prop_filter("one to eight", |sizes| (1..=8).contains(&sizes.iter().sum::<u32>()));
    (sizes, any::<bool>(), (1_u32..5, 2_u32..4, 3_u32..9)).prop_map(
        |(sizes, unanimous, (least, batch, most))| {
            let says = [RIGHT, WRONG, LONE, Says::Nothing];
            let heaps = says.into_iter().zip(sizes).zip([10.0, 20.0, 50.0, 70.0]);
            let heaps = heaps.map(|((says, size), tokens)| heap(says, size, tokens)).collect();
            (heaps, unanimous, pace(least, if unanimous { batch } else { batch - 1 }, most))
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_walk_is_the_mean_over_all_orders((heaps, unanimous, pace) in pool()) {
        let enough = |votes: &[u32]| agreement(votes) >= 0.5;
        let stops = if unanimous { Stops::Unanimous } else { Stops::Votes(&enough) };
        let walked = replay(&heaps, stops, pace, Effort::FULL);
        let mut order: Vec<usize> =
            heaps.iter().enumerate().flat_map(|(at, heap)| vec![at; heap.size as usize]).collect();
        let (mut sums, mut count) = ([0.0; 3], 0.0);
        brute_force(&mut order, 0, &mut |order| {
            let found = one_order(order, &heaps, unanimous, pace);
            sums.iter_mut().zip(found).for_each(|(sum, found)| *sum += found);
            count += 1.0;
        });
        let expect = sums.map(|sum| sum / count);
        for (found, expect) in [walked.samples, walked.tokens.unwrap(), walked.credit].into_iter().zip(expect) {
            prop_assert!(near(found, expect), "{walked:?} {expect:?} {heaps:?} {pace:?} {unanimous}");
        }
    }
}
