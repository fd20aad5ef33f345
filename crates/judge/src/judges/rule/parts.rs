//! Which parts of a compound answer a trace has arrived at.

use answer::{Assertion, AssertionFinder};

/// The score from which on a part counts as arrived at.
const ARRIVED: f64 = 1.0;

/// The parts of the first known answer, and the best score of each so far.
pub(super) struct Parts {
    best: Vec<Option<f64>>,
}

impl Parts {
    pub(super) fn of(finder: &AssertionFinder) -> Self {
        Self { best: vec![None; finder.parts(0)] }
    }

    /// The score of the answer if a step is the one that brings its last part: that of its weakest part.
    pub(super) fn completed_by(&mut self, mentions: &[Assertion]) -> Option<f64> {
        let complete = self.weakest().is_some();
        for mention in mentions.iter().filter(|mention| mention.gold == 0 && mention.score >= ARRIVED) {
            if let Some(best) = mention.part.and_then(|part| self.best.get_mut(part)) {
                *best = Some(best.map_or(mention.score, |best| best.max(mention.score)));
            }
        }
        self.weakest().filter(|_| !complete)
    }

    /// Of all parts; none while one is missing.
    fn weakest(&self) -> Option<f64> {
        let arrived: Option<Vec<f64>> = self.best.iter().copied().collect();
        arrived?.into_iter().reduce(f64::min)
    }
}
