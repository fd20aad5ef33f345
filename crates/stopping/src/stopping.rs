//! A rule with all that says when to ask it.

use std::collections::BTreeMap;
use std::fmt;

use stats::{Effort, Heap, Pace, Stopped, Stops};

/// Whether the votes of each answer make one this sure, from 0 to 1.
pub(crate) type Sure = fn(&[u32], f64) -> bool;

/// What makes it enough.
#[derive(Clone, Copy)]
pub enum Rule {
    /// The votes make one sure enough.
    Sure {
        /// How sure that is.
        threshold: f64,
        /// Whether they make one that sure.
        sure: Sure,
    },
    /// All samples of the last batch give the same answer.
    Unanimous,
}

/// A rule with all that says when to ask it.
#[derive(Clone)]
pub struct Stopping {
    /// Its name in tables, such as `beta95`; no two rules share one.
    pub label: String,
    /// No look before so many samples.
    pub least: u32,
    /// At so many samples it ends.
    pub most: Option<u32>,
    /// A look behind every so many.
    pub batch: u32,
    /// What makes it enough.
    pub rule: Rule,
}

impl Stopping {
    /// Whether samples with these answers, in their order, are enough; none is a sample without an answer. Looks behind whole
    /// batches alone.
    pub fn enough(&self, answers: &[Option<u32>]) -> bool {
        let drawn = answers.len();
        if drawn < self.least.max(1) as usize || !drawn.is_multiple_of(self.batch.max(1) as usize) {
            return false;
        }
        match self.rule {
            Rule::Sure { threshold, sure } => sure(&votes(answers), threshold),
            Rule::Unanimous => {
                let batch = &answers[drawn - self.batch as usize..];
                batch[0].is_some() && batch.iter().all(|answer| *answer == batch[0])
            }
        }
    }

    /// What it would have drawn of these samples, over all orders in which they could have come.
    pub fn replay(&self, heaps: &[Heap], effort: Effort) -> Stopped {
        let pace = Pace { least: self.least, batch: self.batch, most: self.most.unwrap_or(u32::MAX) };
        match self.rule {
            Rule::Sure { threshold, sure } => {
                let enough = |votes: &[u32]| sure(votes, threshold);
                stats::replay(heaps, Stops::Votes(&enough), pace, effort)
            }
            Rule::Unanimous => stats::replay(heaps, Stops::Unanimous, pace, effort),
        }
    }
}

/// The votes of each answer.
fn votes(answers: &[Option<u32>]) -> Vec<u32> {
    let mut votes: BTreeMap<u32, u32> = BTreeMap::new();
    answers.iter().flatten().for_each(|answer| *votes.entry(*answer).or_default() += 1);
    votes.into_values().collect()
}

/// The votes of the two leading answers.
pub(crate) fn leaders(votes: &[u32]) -> (u32, u32) {
    votes.iter().fold((0, 0), |(first, second), votes| match *votes {
        votes if votes > first => (votes, first),
        votes => (first, second.max(votes)),
    })
}

/// The label says all.
impl PartialEq for Stopping {
    fn eq(&self, other: &Self) -> bool {
        self.label == other.label
    }
}

impl fmt::Debug for Stopping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.label)
    }
}

#[cfg(test)]
#[path = "stopping_tests.rs"]
mod tests;
