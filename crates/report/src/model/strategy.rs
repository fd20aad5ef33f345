//! What is kept of the replies that a strategy asked for, to put it beside another one.

use std::collections::BTreeMap;

use stats::{Pairs, Unit};
use tables::{Finish, Score, Verdict};

/// The replies of one model by one strategy.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Strategy {
    /// Its kind and keys.
    pub(crate) label: String,
    /// What the replies cost whose price is known; none where it is known of no reply.
    pub(crate) cost: Option<f64>,
    /// Replies of which it is not.
    pub(crate) unpriced: u64,
    /// How many of the replies to each problem are right.
    right: BTreeMap<String, Unit>,
}

impl Strategy {
    pub(crate) fn new(label: &str) -> Self {
        Self { label: label.to_owned(), ..Self::default() }
    }

    pub(crate) fn add(&mut self, score: &Score) {
        if score.finish == Finish::Error {
            return;
        }
        match score.cost {
            Some(cost) => self.cost = Some(self.cost.unwrap_or_default() + cost),
            None => self.unpriced += 1,
        }
        if score.grade != Verdict::NoGold {
            let right = if score.correct == Some(true) { 1.0 } else { 0.0 };
            self.right.entry(score.problem_id.clone()).or_default().add(right);
        }
    }

    /// Accuracy against that of another strategy, by problem; `self` is the second of each pair.
    pub(crate) fn against(&self, first: &Self) -> Pairs {
        let mut pairs = Pairs::default();
        for (problem, own) in &self.right {
            let Some(other) = first.right.get(problem) else { continue };
            pairs.single &= own.n == 1.0 && other.n == 1.0;
            pairs.begin(other.sum / other.n, own.sum / own.n);
        }
        pairs
    }
}
