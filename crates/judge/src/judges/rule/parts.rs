//! Which parts of a compound answer a trace has arrived at.

use answer::{Assertion, AssertionFinder};

/// The score from which on a part counts as arrived at.
const ARRIVED: f64 = 1.0;

/// The parts of the first known answer, and the best score of each so far.
pub(super) struct Parts {
    best: Vec<Option<f64>>,
    /// Those that the completing step brought.
    last: Vec<usize>,
}

/// What a step says of a compound answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Arrival {
    /// It brings the last part: the score of the weakest one.
    Complete(f64),
    /// All were there, and the last one comes out once more.
    Again(f64),
}

impl Parts {
    pub(super) fn of(finder: &AssertionFinder) -> Self {
        Self { best: vec![None; finder.parts(0)], last: vec![] }
    }

    /// Reads the next step.
    pub(super) fn next(&mut self, mentions: &[Assertion]) -> Option<Arrival> {
        let arrived = mentions.iter().filter(|mention| mention.gold == 0 && mention.score >= ARRIVED);
        let arrived: Vec<usize> = arrived
            .filter_map(|mention| {
                let part = mention.part?;
                let best = self.best.get_mut(part)?;
                *best = Some(best.map_or(mention.score, |best| best.max(mention.score)));
                Some(part)
            })
            .collect();
        let weakest = self.weakest()?;
        if self.last.is_empty() {
            self.last = arrived;
            return Some(Arrival::Complete(weakest));
        }
        arrived.iter().any(|part| self.last.contains(part)).then_some(Arrival::Again(ARRIVED))
    }

    /// Of all parts; none while one is missing.
    fn weakest(&self) -> Option<f64> {
        let arrived: Option<Vec<f64>> = self.best.iter().copied().collect();
        arrived?.into_iter().reduce(f64::min)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_step_with_the_last_part_completes_an_answer() {
        let finder = AssertionFinder::new(
            "What are length and time?",
            &[],
            &["(7, 14)".to_owned()],
            &answer::Policy::default(),
        );
        let mut parts = Parts::of(&finder);
        let mut read = |step: &str| parts.next(&finder.assertions(step));
        assert_eq!(read("So the length is 7."), None);
        assert_eq!(read("If the time is 14, then what?"), None);
        assert!(matches!(read("So the time is 14."), Some(Arrival::Complete(score)) if score >= ARRIVED));
        assert_eq!(read("Now the length is 7 again."), None);
        assert_eq!(read("Again the time is 14."), Some(Arrival::Again(ARRIVED)));
    }
}
