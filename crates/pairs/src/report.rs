//! What a whole file came to.

use answer::Outcome;
use serde_json::Value;
use stats::Times;

use crate::{Accuracy, Graded};

/// Counts and times of all rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// Rows.
    pub rows: u64,
    /// Rows whose answers are equal.
    pub equal: u64,
    /// Rows whose answers are different.
    pub different: u64,
    /// Rows that could not be decided.
    pub unknown: u64,
    /// Against the truth, for rows that say it.
    pub accuracy: Accuracy,
    /// How long extraction and comparison took.
    pub times: Times,
    /// What counted as the same answer: the keys of a [`Policy`](answer::Policy).
    pub policy: Value,
}

impl Report {
    pub(crate) fn add(&mut self, graded: &Graded) {
        self.rows += 1;
        *match graded.verdict {
            Outcome::Equal => &mut self.equal,
            Outcome::Different => &mut self.different,
            Outcome::Unknown => &mut self.unknown,
        } += 1;
        self.accuracy.add(graded);
        self.times.add(graded.microseconds);
    }
}
