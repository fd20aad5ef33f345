//! Votes with weights over all k-subsets of a problem's samples.
//!
//! There is no closed form: the mean is summed over all subsets where these are few, and over seeded draws where they are
//! many.

use rand_chacha::ChaCha8Rng;

use crate::subsets::any_right;
use crate::{draw, generator};

/// The generator's stream for these draws.
const VOTING_STREAM: u64 = u64::MAX - 1;
/// Sums of the same weights in another order differ by less than this share.
const SAME_SUM: f64 = 1e-12;

/// How much work an expectation may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effort {
    /// Seed of what is drawn.
    pub seed: u64,
    /// Up to so many subsets are all taken; of more, so many are drawn.
    pub draws: usize,
    /// Up to so many states are all walked through; beyond, `draws` orders are drawn.
    pub states: usize,
}

impl Effort {
    /// What a single problem is worth.
    pub const FULL: Self = Self { seed: 0, draws: 20_000, states: 200_000 };

    /// So much for each of so many problems that the mean over them is off by at most 0.0005 (one standard error), and that
    /// ten thousand take no longer than some hundred do.
    pub fn of_each(problems: usize, seed: u64) -> Self {
        let share = |all: usize, least: usize, most: usize| (all / problems.max(1)).clamp(least, most);
        let Self { draws, states, .. } = Self::FULL;
        Self { seed, draws: share(1_000_000, 100, draws), states: share(20_000_000, 2_000, states) }
    }
}

/// An expectation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Expected {
    /// Its value.
    pub value: f64,
    /// It is a mean over draws, not over everything that there is.
    pub drawn: bool,
}

/// A sample that may vote.
#[derive(Clone, Copy, Debug)]
pub struct Vote {
    /// The class of the answer; without one it does not vote.
    pub class: Option<u32>,
    /// How much is thought of it, the more the better; without a number it does not vote.
    pub value: Option<f64>,
    /// The answer is right.
    pub right: bool,
}

/// What a vote weighs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Weighing {
    /// As much as its value; 0 and less is silent.
    Raw,
    /// exp(value / temperature), as a share of all (arXiv 2502.06233). The lower the temperature, the more the best decides.
    Softmax {
        /// Above 0.
        temperature: f64,
    },
    /// 1 for the least, 2 for the next and so on; equals share their places.
    Rank,
    /// One for each of the best, and none for the others (arXiv 2508.15260); equals at the edge share the places left.
    Top {
        /// The share that votes, rounded up to whole votes.
        share: f64,
    },
}

impl Weighing {
    /// The weights of votes with these values, the highest first.
    fn weigh(self, values: &[f64], weights: &mut Vec<f64>) {
        weights.clear();
        match self {
            Self::Raw => weights.extend(values),
            // By the best of them, or all would vanish where values are far below 0.
            Self::Softmax { temperature } => {
                weights.extend(values.iter().map(|value| ((value - values[0]) / temperature).exp()));
            }
            Self::Rank => {
                by_place(values, weights, |from, to| values.len() as f64 - (from + to - 1) as f64 / 2.0)
            }
            Self::Top { share } => {
                // A share of 0.1 of 30 is a little more than 3 in binary.
                let seats = (share * values.len() as f64 - 1e-9).ceil().max(1.0);
                by_place(values, weights, |from, to| {
                    ((seats - from as f64) / (to - from) as f64).clamp(0.0, 1.0)
                });
            }
        }
    }
}

/// Gives equals the weight of their places, `from..to`.
fn by_place(values: &[f64], weights: &mut Vec<f64>, weight: impl Fn(usize, usize) -> f64) {
    for equals in values.chunk_by(|a, b| a == b) {
        let from = weights.len();
        weights.extend(std::iter::repeat_n(weight(from, from + equals.len()), equals.len()));
    }
}

/// maj@k with weights: as [`plurality`](crate::plurality), with the sums of weights in place of the numbers of votes.
pub fn weighted_plurality(votes: &[Vote], k: usize, weighing: Weighing, effort: Effort) -> Expected {
    let ballots = Ballots::new(votes, weighing);
    let (n, voters) = (votes.len(), ballots.voters.len());
    if let Some(right) = ballots.unanimous() {
        let value = if right { any_right(n, voters, k) } else { 0.0 };
        return Expected { value, drawn: false };
    }
    if subsets(n, k, effort.draws) <= effort.draws {
        return Expected { value: over_all(ballots, n, k), drawn: false };
    }
    Expected { value: over_draws(ballots, n, k, effort), drawn: true }
}

fn over_all(mut ballots: Ballots, n: usize, k: usize) -> f64 {
    let mut chosen: Vec<usize> = (0..k).collect();
    loop {
        ballots.count(chosen.iter().copied());
        if !advance(&mut chosen, n) {
            return ballots.mean();
        }
    }
}

fn over_draws(mut ballots: Ballots, n: usize, k: usize, effort: Effort) -> f64 {
    let mut generator = generator(effort.seed, VOTING_STREAM);
    let mut order: Vec<usize> = (0..n).collect();
    let mut among = vec![false; n];
    for _ in 0..effort.draws {
        shuffle(&mut generator, &mut order, k);
        among.fill(false);
        order[..k].iter().for_each(|at| among[*at] = true);
        ballots.count((0..n).filter(|at| among[*at]));
    }
    ballots.mean()
}

/// Draws the first `k`.
pub(crate) fn shuffle<T>(generator: &mut ChaCha8Rng, order: &mut [T], k: usize) {
    for at in 0..k {
        let with = at + draw(generator, order.len() - at);
        order.swap(at, with);
    }
}

/// C(n, k), or more than `most`.
fn subsets(n: usize, k: usize, most: usize) -> usize {
    let k = k.min(n - k);
    let mut count = 1;
    for i in 0..k {
        count = count * (n - i) / (i + 1);
        if count > most {
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

/// Votes among subsets. Samples are numbered from the best voter down; behind the voters come those that are silent.
struct Ballots {
    /// Class and value.
    voters: Vec<(usize, f64)>,
    /// Of each class, whether it is right.
    right: Vec<bool>,
    weighing: Weighing,
    total: f64,
    counted: f64,
    // Kept between subsets, of which there are many.
    values: Vec<f64>,
    weights: Vec<f64>,
    sums: Vec<f64>,
}

impl Ballots {
    fn new(votes: &[Vote], weighing: Weighing) -> Self {
        let classes = votes.iter().filter_map(|vote| vote.class).max().map_or(0, |most| most as usize + 1);
        let mut right = vec![false; classes];
        let mut voters = Vec::new();
        for vote in votes {
            let Some(class) = vote.class.map(|class| class as usize) else { continue };
            right[class] |= vote.right;
            let heard = |value: &f64| value.is_finite() && (weighing != Weighing::Raw || *value > 0.0);
            voters.extend(vote.value.filter(heard).map(|value| (class, value)));
        }
        voters.sort_by(|a, b| b.1.total_cmp(&a.1));
        let (values, weights) = (Vec::new(), Vec::new());
        Self { voters, sums: vec![0.0; classes], right, weighing, total: 0.0, counted: 0.0, values, weights }
    }

    /// Whether all vote for what is right, or for the same that is not; a vote in which nobody votes is lost.
    fn unanimous(&self) -> Option<bool> {
        let Some((first, _)) = self.voters.first() else { return Some(false) };
        self.voters.iter().all(|(class, _)| class == first).then(|| self.right[*first])
    }

    /// Lets the chosen ones vote, the best first.
    fn count(&mut self, chosen: impl Iterator<Item = usize> + Clone) {
        let voters = &self.voters;
        let heard = chosen.map_while(|at| voters.get(at));
        self.values.clear();
        self.values.extend(heard.clone().map(|(_, value)| value));
        self.weighing.weigh(&self.values, &mut self.weights);
        self.sums.fill(0.0);
        heard.zip(&self.weights).for_each(|((class, _), weight)| self.sums[*class] += weight);
        self.total += self.credit();
        self.counted += 1.0;
    }

    fn credit(&self) -> f64 {
        let top = self.sums.iter().copied().fold(0.0, f64::max);
        let sums = self.sums.iter().zip(&self.right);
        let tied = sums.filter(|(sum, _)| top > 0.0 && **sum >= top * (1.0 - SAME_SUM));
        let (right, all) =
            tied.fold((0.0, 0.0), |(right, all), (_, is)| (right + f64::from(u8::from(*is)), all + 1.0));
        if all > 0.0 { right / all } else { 0.0 }
    }

    fn mean(&self) -> f64 {
        self.total / self.counted
    }
}

#[cfg(test)]
#[path = "weighted_tests.rs"]
mod tests;
