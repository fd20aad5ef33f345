//! T̂ / T over the correctly answered.

use tables::{Better, Headline, Score, Term, Unit};

use crate::metric::{Metric, Observation};
use crate::observing::known;
use crate::reasons::{ungraded, unjudged, why};

/// See [`TERM`].
pub(super) struct TokenEfficiency;

static TERM: Term = Term {
    name: "token_efficiency",
    title: "Token efficiency",
    unit: Unit::Ratio,
    better: Better::More,
    about: "(1/N) Σ T̂/T over the N correctly answered generations, as EvalThink defines it (its program \
            averages in zeros for wrong ones). 1 means that the thinking stops where the answer is \
            there; a right answer that no step asserts has T̂ = T and is counted (see unlocated). With \
            [score] judge_error its interval carries the judge's measured error. Left out: no reply, no known answer, undecided, wrong, judge failed, not judged, no thinking, hidden thinking",
    headline: Some(Headline {
        title: "token efficiency",
        header: "token\nefficiency",
        short: "effic.",
        peer: "evalthink.token_efficiency",
    }),
};

impl Metric for TokenEfficiency {
    fn term(&self) -> &'static Term {
        &TERM
    }

    fn observe(&self, score: &Score) -> Observation {
        let wrong = (score.correct == Some(false)).then_some(why::WRONG);
        match ungraded(score).or(wrong).or_else(|| unjudged(score)) {
            Some(reason) => Observation::LeftOut(reason),
            None => known(score.token_efficiency, why::NO_THINKING),
        }
    }

    fn sensitivity(&self, _: &Score) -> f64 {
        1.0
    }
}
