//! No step of the thinking asserts the right answer.

use tables::{Better, Score, Term, Unit};

use crate::metric::{Metric, Observation};
use crate::observing::unless;
use crate::reasons::{indicator, unjudged};

/// See [`TERM`].
pub(super) struct Unlocated;

static TERM: Term = Term {
    name: "unlocated",
    title: "Not located",
    unit: Unit::Share,
    better: Better::Less,
    about: "share of judged generations in which no step asserts the known answer, so that T̂ = T. \
            Left out: no reply, nothing to judge, judge failed",
    headline: None,
};

impl Metric for Unlocated {
    fn term(&self) -> &'static Term {
        &TERM
    }

    fn observe(&self, score: &Score) -> Observation {
        unless([unjudged(score)], || indicator(!score.located))
    }
}
