//! ξ_O: how much of the whole stood before the first right solution was there.

use tables::{Better, Score, Term, Unit};

use crate::metric::{Metric, Observation};
use crate::observing::known;
use crate::reasons::{not_graded, sigma, ungraded, why};

/// See [`TERM`].
pub(super) struct OutcomeEfficiency;

static TERM: Term = Term {
    name: "outcome_efficiency",
    title: "Outcome efficiency ξ_O",
    unit: Unit::Ratio,
    better: Better::More,
    about: "(1/N) Σ σ·T̂/T over all N graded generations, right or wrong; T̂ runs through the first right solution, T over \
            all the thinking, its tail behind the last solution included. A right reply in which no solution was found to \
            be right has T̂ = T; a reply without any solution in its thinking is one solution as a whole, so that one \
            solution a reply gives accuracy. With [score] judge_error its interval carries the judge's measured error. \
            Left out: no reply, no known answer, nobody looked for solutions. After arXiv 2412.21187, where σ is 1 \
            if any solution is right; here it is the final answer",
    headline: None,
};

impl Metric for OutcomeEfficiency {
    fn term(&self) -> &'static Term {
        &TERM
    }

    fn observe(&self, score: &Score) -> Observation {
        if let Some(why) = not_graded(score) {
            return Observation::LeftOut(why);
        }
        // What could not be decided counts as not right, as in accuracy.
        let undecided = ungraded(score).and(score.solutions.as_ref()).map(|_| 0.0);
        known(score.outcome_efficiency.or(undecided), why::NO_SOLUTIONS)
    }

    fn sensitivity(&self, score: &Score) -> f64 {
        sigma(score)
    }
}
