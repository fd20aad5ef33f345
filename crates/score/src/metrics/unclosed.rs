//! Replies whose thinking never ended.

use tables::{Better, Generation, Score, Term, Unit};

use crate::metric::{Metric, Observation};
use crate::observing::unless;
use crate::reasons::{indicator, no_reply};

/// See [`TERM`].
pub(super) struct Unclosed;

static TERM: Term = Term {
    name: "unclosed",
    title: "Unclosed",
    unit: Unit::Share,
    better: Better::Less,
    about: "share of replies whose thinking never ended, so that there is no answer to grade. Left \
            out: no reply",
    headline: None,
};

impl Metric for Unclosed {
    fn term(&self) -> &'static Term {
        &TERM
    }

    fn observe(&self, score: &Score) -> Observation {
        unless([no_reply(score)], || indicator(score.reasoning_source == Generation::UNCLOSED))
    }

    fn has_completed_scope(&self) -> bool {
        false
    }
}
