//! Replies that the token limit cut.

use tables::{Better, Finish, Score, Term, Unit};

use crate::metric::{Metric, Observation};
use crate::observing::unless;
use crate::reasons::{indicator, no_reply};

/// See [`TERM`].
pub(super) struct Truncated;

static TERM: Term = Term {
    name: "truncated",
    title: "Truncated",
    unit: Unit::Share,
    better: Better::Less,
    about: "share of replies that ended at the token limit. They are kept in every figure; figures \
            without them have the scope completed. Left out: no reply",
    headline: None,
};

impl Metric for Truncated {
    fn term(&self) -> &'static Term {
        &TERM
    }

    fn observe(&self, score: &Score) -> Observation {
        unless([no_reply(score)], || indicator(score.finish == Finish::Length))
    }

    fn has_completed_scope(&self) -> bool {
        false
    }
}
