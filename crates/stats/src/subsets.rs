//! Expectations over all k-subsets of a problem's samples, in closed form.
//!
//! With n samples of a problem, "k tries" can be any of C(n, k) subsets. The figures here are the exact means over all of
//! them, so nothing is drawn and nothing depends on the order of the samples. The one exception is voting with weights,
//! for which there is no closed form: it is summed over all subsets where these are few, and over seeded draws
//! where they are many.

use crate::{draw, generator};

/// Up to so many subsets a weighted vote is summed over all of them; beyond, over so many draws.
const SUBSETS: usize = 20_000;
/// The generator's stream for these draws.
const VOTING_STREAM: u64 = u64::MAX - 1;
/// Sums of the same weights in another order differ by less than this share.
const SAME_SUM: f64 = 1e-12;

/// C(m, k) / C(n, k): the chance that all of k samples out of n are among m certain ones.
fn all_among(m: usize, n: usize, k: usize) -> f64 {
    if m < k { 0.0 } else { (0..k).map(|i| (m - i) as f64 / (n - i) as f64).product() }
}

/// pass@k: the chance that one of k samples is right, when c of n are (arXiv 2107.03374).
pub fn any_right(n: usize, c: usize, k: usize) -> f64 {
    1.0 - all_among(n - c, n, k)
}

/// pass^k: the chance that all of k samples are right (arXiv 2406.12045).
pub fn all_right(n: usize, c: usize, k: usize) -> f64 {
    all_among(c, n, k)
}

/// A sample that can be ranked: the smallest key comes first.
#[derive(Clone, Copy, Debug)]
pub struct Ranked {
    /// What it is ranked by.
    pub key: f64,
    /// What it counts when it is picked.
    pub credit: f64,
}

/// The expected credit of the sample that ranks first among k of n. The sample at rank r is picked from
/// C(n − r, k − 1) of the C(n, k) subsets; samples that tie are picked with equal chance.
pub fn first_ranked(samples: &mut [Ranked], k: usize) -> f64 {
    samples.sort_by(|a, b| a.key.total_cmp(&b.key));
    let n = samples.len();
    let (mut expected, mut from) = (0.0, n);
    for ties in samples.chunk_by(|a, b| a.key == b.key) {
        let behind = from - ties.len();
        let picked = all_among(from, n, k) - all_among(behind, n, k);
        let credit: f64 = ties.iter().map(|sample| sample.credit).sum();
        expected += picked * credit / ties.len() as f64;
        from = behind;
    }
    expected
}

/// A class of equal answers.
#[derive(Clone, Copy, Debug)]
pub struct Class {
    /// Samples that give it.
    pub votes: usize,
    /// It is the right one.
    pub right: bool,
}

/// maj@k: the expected credit of a vote among k of the samples. The classes with most votes share the credit; `silent`
/// samples have no answer and do not vote; a vote in which nobody votes is lost.
///
/// The number of votes of each class in a random k-subset is that of independent binomials (of any one
/// probability) under the condition that they add up to k. So it takes one walk over the classes for each number of
/// votes with which the right class may win.
pub fn plurality(classes: &[Class], silent: usize, k: usize) -> f64 {
    let n = silent + classes.iter().map(|class| class.votes).sum::<usize>();
    let p = k as f64 / (n + 1) as f64;
    let winners = classes.iter().enumerate().filter(|(_, class)| class.right);
    let won: f64 = winners.map(|(at, _)| weight_of_wins(classes, at, silent, k, p)).sum();
    won / binomials(n, p, k)[k]
}

/// The probability that class `at` wins, times its share of the credit, under independent binomials that add up to k.
fn weight_of_wins(classes: &[Class], at: usize, silent: usize, k: usize, p: f64) -> f64 {
    let own = binomials(classes[at].votes, p, k);
    let others = || classes.iter().enumerate().filter(move |(other, _)| *other != at).map(|(_, c)| c.votes);
    let with = |votes: usize| {
        let ties = ways(others(), silent, k - votes, votes, p);
        let shared = ties.iter().enumerate().map(|(ties, weight)| weight / (ties + 1) as f64);
        own[votes] * shared.sum::<f64>()
    };
    (1..=k.min(classes[at].votes)).map(with).sum()
}

/// For every number of ties: the probability that the others draw `rest` samples in which no class has more than `most`
/// votes and so many classes have exactly `most`.
fn ways(others: impl Iterator<Item = usize>, silent: usize, rest: usize, most: usize, p: f64) -> Vec<f64> {
    let mut table = vec![vec![0.0; rest + 1]; rest / most + 1];
    table[0] = binomials(silent, p, rest);
    for votes in others {
        let chances = binomials(votes, p, rest.min(most));
        let mut next = vec![vec![0.0; rest + 1]; table.len()];
        for (ties, row) in table.iter().enumerate() {
            for (drawn, weight) in row.iter().enumerate().filter(|(_, weight)| **weight > 0.0) {
                for (more, chance) in chances.iter().enumerate().take(rest - drawn + 1) {
                    next[ties + usize::from(more == most)][drawn + more] += weight * chance;
                }
            }
        }
        table = next;
    }
    table.iter().map(|row| row[rest]).collect()
}

/// The chances of 0 to `top` hits in n trials of probability p.
fn binomials(n: usize, p: f64, top: usize) -> Vec<f64> {
    let mut chances = vec![0.0; top + 1];
    let mut chance = (1.0 - p).powf(n as f64);
    for (hits, slot) in chances.iter_mut().enumerate().take(n + 1) {
        *slot = chance;
        chance *= (n - hits) as f64 / (hits + 1) as f64 * p / (1.0 - p);
    }
    chances
}

/// A vote with a weight.
#[derive(Clone, Copy, Debug)]
pub struct Vote {
    /// The class of the answer; none does not vote.
    pub class: Option<u32>,
    /// How much it counts; nothing below 0 counts.
    pub weight: f64,
    /// The answer is right.
    pub right: bool,
}

/// maj@k with weights: as [`plurality`], with the sums of weights in place of the numbers of votes.
pub fn weighted_plurality(votes: &[Vote], k: usize, seed: u64) -> f64 {
    let mut credits = Credits::new(votes);
    if subsets(votes.len(), k) <= SUBSETS {
        let mut chosen: Vec<usize> = (0..k).collect();
        loop {
            credits.add(&chosen);
            if !advance(&mut chosen, votes.len()) {
                return credits.mean();
            }
        }
    }
    let mut generator = generator(seed, VOTING_STREAM);
    let mut order: Vec<usize> = (0..votes.len()).collect();
    for _ in 0..SUBSETS {
        for at in 0..k {
            let with = at + draw(&mut generator, votes.len() - at);
            order.swap(at, with);
        }
        credits.add(&order[..k]);
    }
    credits.mean()
}

/// C(n, k), or more than [`SUBSETS`].
fn subsets(n: usize, k: usize) -> usize {
    let k = k.min(n - k);
    let mut count = 1;
    for i in 0..k {
        count = count * (n - i) / (i + 1);
        if count > SUBSETS {
            break;
        }
    }
    count
}

/// The next subset in lexical order.
fn advance(chosen: &mut [usize], n: usize) -> bool {
    let k = chosen.len();
    let Some(at) = (0..k).rev().find(|at| chosen[*at] < n - k + at) else { return false };
    chosen[at] += 1;
    for next in at + 1..k {
        chosen[next] = chosen[next - 1] + 1;
    }
    true
}

/// The credits of votes among subsets.
struct Credits<'a> {
    votes: &'a [Vote],
    /// Of each class: the sum of weights, and whether it is right.
    sums: Vec<(f64, bool)>,
    total: f64,
    count: f64,
}

impl<'a> Credits<'a> {
    fn new(votes: &'a [Vote]) -> Self {
        let classes = votes.iter().filter_map(|vote| vote.class).max().map_or(0, |most| most as usize + 1);
        let mut sums = vec![(0.0, false); classes];
        for vote in votes {
            if let Some(class) = vote.class {
                sums[class as usize].1 |= vote.right;
            }
        }
        Self { votes, sums, total: 0.0, count: 0.0 }
    }

    fn add(&mut self, chosen: &[usize]) {
        self.sums.iter_mut().for_each(|sum| sum.0 = 0.0);
        for vote in chosen.iter().map(|at| self.votes[*at]) {
            if let Some(class) = vote.class {
                self.sums[class as usize].0 += vote.weight.max(0.0);
            }
        }
        self.total += self.credit();
        self.count += 1.0;
    }

    fn credit(&self) -> f64 {
        let top = self.sums.iter().map(|sum| sum.0).fold(0.0, f64::max);
        let tied = self.sums.iter().filter(|sum| top > 0.0 && sum.0 >= top * (1.0 - SAME_SUM));
        let (right, all) =
            tied.fold((0.0, 0.0), |(right, all), sum| (right + f64::from(u8::from(sum.1)), all + 1.0));
        if all > 0.0 { right / all } else { 0.0 }
    }

    fn mean(&self) -> f64 {
        self.total / self.count
    }
}

#[cfg(test)]
#[path = "subset_tests.rs"]
mod tests;
