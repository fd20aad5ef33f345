//! Replies in whose thinking no solution was found.

use tables::{Better, Score, Term, Unit};

use crate::metric::{Metric, Observation};
use crate::observing::unless;
use crate::reasons::{indicator, no_reply, why};

/// See [`TERM`].
pub(super) struct SolutionImplied;

static TERM: Term = Term {
    name: "solution_implied",
    title: "No solution in the thinking",
    unit: Unit::Share,
    better: Better::Neither,
    about: "share of replies in whose thinking no solution was found; they count as one solution as a whole, which makes \
            outcome and process efficiency look good. Left out: no reply, nobody looked for solutions",
    headline: None,
};

impl Metric for SolutionImplied {
    fn term(&self) -> &'static Term {
        &TERM
    }

    fn observe(&self, score: &Score) -> Observation {
        let unseen = score.solutions.is_none().then_some(why::NO_SOLUTIONS);
        unless([no_reply(score), unseen], || indicator(score.solution_implied))
    }
}
