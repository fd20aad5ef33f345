//! How many times a reply arrives at an answer.

use tables::{Better, Score, Term, Unit};

use crate::metric::{Metric, Observation};
use crate::observing::known;
use crate::reasons::{no_reply, why};

/// See [`TERM`].
pub(super) struct Solutions;

static TERM: Term = Term {
    name: "solutions",
    title: "Solutions per reply",
    unit: Unit::Count,
    better: Better::Neither,
    about: "mean number of solutions in a reply: stretches of the thinking that each end in an explicit answer, a check \
            that arrives at an answer among them. A reply without any in its thinking has one, itself (see \
            solution_implied). Left out: no reply, nobody looked for solutions. After arXiv 2412.21187",
    headline: None,
};

impl Metric for Solutions {
    fn term(&self) -> &'static Term {
        &TERM
    }

    fn observe(&self, score: &Score) -> Observation {
        let count = score.solutions.as_ref().map(|solutions| solutions.len() as f64);
        known(count, no_reply(score).unwrap_or(why::NO_SOLUTIONS))
    }
}
