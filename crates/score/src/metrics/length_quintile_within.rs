//! Accuracy of the shorter and of the longer samples of the same problem.

use tables::{Better, Score, Term, Unit};

use crate::metric::{Contribution, Metric, MetricRow, Samples};
use crate::observing::at_least_measured;
use crate::plan::Plan;
use crate::reasons::sigma;

/// See [`TERM`].
pub(super) struct LengthQuintileWithin;

const FIFTHS: usize = 5;

static TERM: Term = Term {
    name: "length_quintile_within@q",
    title: "Accuracy in the q-th fifth of a problem",
    unit: Unit::Share,
    better: Better::More,
    about: "mean over problems of the accuracy of the q-th fifth of the problem's own samples by length of thinking, 1 the \
            shortest. Every problem counts alike in every fifth, so that hard problems being longer does not show \
            (Simpson's paradox). A sample on the border counts in both fifths by its parts, equally long ones in all \
            fifths that they span. Left out: no reply, no known answer, problems with fewer than 5 samples",
    headline: None,
};

impl Metric for LengthQuintileWithin {
    fn term(&self) -> &'static Term {
        &TERM
    }

    fn observe_together(&self, samples: &Samples<'_>, fifth: u32, contribution: &mut Contribution) {
        if let Some(graded) = at_least_measured(FIFTHS, samples, contribution) {
            contribution.together(accuracy_in(&graded, fifth as usize), graded.len());
        }
    }

    fn members(&self, _: &Plan) -> Vec<MetricRow> {
        MetricRow::all(&TERM, 1..=5)
    }
}

/// Samples lie side by side on a line of length 1, the shortest first, each as wide as any other.
fn accuracy_in(samples: &[&Score], fifth: usize) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by_key(|score| score.reasoning_tokens);
    let width = 1.0 / sorted.len() as f64;
    let (low, high) = ((fifth - 1) as f64 / FIFTHS as f64, fifth as f64 / FIFTHS as f64);
    let (mut right, mut from) = (0.0, 0);
    for ties in sorted.chunk_by(|a, b| a.reasoning_tokens == b.reasoning_tokens) {
        let to = from + ties.len();
        let overlap = (to as f64 * width).min(high) - (from as f64 * width).max(low);
        let accuracy = ties.iter().map(|score| sigma(score)).sum::<f64>() / ties.len() as f64;
        right += overlap.max(0.0) * accuracy;
        from = to;
    }
    right * FIFTHS as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(samples: &[(u32, bool)], expect: [f64; 5]) {
        let score = |(tokens, right): &(u32, bool)| Score {
            reasoning_tokens: Some(*tokens),
            correct: Some(*right),
            ..Score::default()
        };
        let scores: Vec<Score> = samples.iter().map(score).collect();
        let scores: Vec<&Score> = scores.iter().collect();
        let found = [1, 2, 3, 4, 5].map(|fifth| accuracy_in(&scores, fifth));
        assert!(found.iter().zip(expect).all(|(a, b)| (a - b).abs() < 1e-12), "{found:?} is not {expect:?}");
    }

    #[test]
    fn samples_on_a_border_count_by_their_parts() {
        check(&[(50, false), (10, true), (20, true), (30, false), (40, true)], [1.0, 1.0, 0.0, 1.0, 0.0]);
        check(&[(1, true), (1, false), (1, false), (1, false), (1, false)], [0.2; 5]);
        let six = [(1, true), (2, false), (3, false), (4, false), (5, false), (6, true)];
        check(&six, [5.0 / 6.0, 0.0, 0.0, 0.0, 5.0 / 6.0]);
    }
}
