//! Replies without any text.

use tables::{Better, Score, Term, Unit};

use crate::metric::{Metric, Observation};
use crate::observing::unless;
use crate::reasons::{indicator, no_reply};

/// See [`TERM`].
pub(super) struct Empty;

static TERM: Term = Term {
    name: "empty",
    title: "Empty",
    unit: Unit::Share,
    better: Better::Less,
    about: "share of replies with neither thinking nor answer to be read. Left out: no reply at all (see \
            errors)",
    headline: None,
};

impl Metric for Empty {
    fn term(&self) -> &'static Term {
        &TERM
    }

    fn observe(&self, score: &Score) -> Observation {
        unless([no_reply(score)], || indicator(score.empty))
    }
}
