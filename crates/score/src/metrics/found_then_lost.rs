//! The right answer was found and is not the final one.

use tables::{Better, Score, Term, Unit};

use crate::metric::{Metric, Observation};
use crate::observing::unless;
use crate::reasons::{indicator, ungraded, unjudged};

/// See [`TERM`].
pub(super) struct FoundThenLost;

static TERM: Term = Term {
    name: "found_then_lost",
    title: "Found, then lost",
    unit: Unit::Share,
    better: Better::Less,
    about: "share of generations whose thinking asserts the known answer while the final answer is \
            wrong. Left out: no reply, no known answer, undecided, judge failed, nothing to judge",
    headline: None,
};

impl Metric for FoundThenLost {
    fn term(&self) -> &'static Term {
        &TERM
    }

    fn observe(&self, score: &Score) -> Observation {
        unless([ungraded(score), unjudged(score)], || indicator(score.found_then_lost))
    }
}
