//! Calls that gave no reply.

use tables::{Better, Score, Term, Unit};

use crate::metric::{Metric, Observation};
use crate::reasons::{indicator, no_reply};

/// See [`TERM`].
pub(super) struct Errors;

static TERM: Term = Term {
    name: "errors",
    title: "Errors",
    unit: Unit::Share,
    better: Better::Less,
    about: "share of generations for which there is no reply because the call failed for good. \
            Nothing is left out",
    headline: None,
};

impl Metric for Errors {
    fn term(&self) -> &'static Term {
        &TERM
    }

    fn observe(&self, score: &Score) -> Observation {
        Observation::Value(indicator(no_reply(score).is_some()))
    }
}
