//! ξ_UT: how much of a wrong reply came after a thought that had the answer.

use tables::{Better, Score, Term, Unit};

use crate::metric::{Metric, Observation};
use crate::observing::known;
use crate::reasons::{hidden, length, ungraded, why};

/// See [`TERM`].
pub(super) struct Underthinking;

static TERM: Term = Term {
    name: "underthinking",
    title: "Underthinking ξ_UT",
    unit: Unit::Ratio,
    better: Better::Less,
    about: "(1/N) Σ (1 − T̂/T) over the N wrong replies; T̂ runs through the end of the first thought that reaches the right \
            answer, in whole steps, and is T where none does. Near 1: the answer was there early and was given up. With \
            [score] judge_error its interval carries the judge's measured error. Left out: no reply, no known answer, \
            undecided, right, no thinking, nobody looked for thoughts. After arXiv 2501.18585",
    headline: None,
};

impl Metric for Underthinking {
    fn term(&self) -> &'static Term {
        &TERM
    }

    fn observe(&self, score: &Score) -> Observation {
        let right = (score.correct == Some(true)).then_some(why::RIGHT);
        let silent = (score.reasoning_tokens == Some(0)).then_some(why::NO_THINKING);
        if let Some(why) = ungraded(score).or(right).or(hidden(score)).or(silent) {
            return Observation::LeftOut(why);
        }
        let total = length(score);
        known(
            score.first_correct_thought_tokens.map(|first| 1.0 - f64::from(first) / total),
            why::NO_THOUGHTS,
        )
    }

    fn sensitivity(&self, _: &Score) -> f64 {
        -1.0
    }
}
