//! Final answers that could not be compared.

use tables::{Better, Score, Term, Unit};

use crate::metric::{Metric, Observation};
use crate::observing::unless;
use crate::reasons::{indicator, no_reply, ungraded, why};

/// See [`TERM`].
pub(super) struct Undecided;

static TERM: Term = Term {
    name: "undecided",
    title: "Undecided",
    unit: Unit::Share,
    better: Better::Less,
    about: "share of replies whose final answer could neither be shown equal to a known answer nor \
            different from all of them. Left out: no reply, no known answer",
    headline: None,
};

impl Metric for Undecided {
    fn term(&self) -> &'static Term {
        &TERM
    }

    fn observe(&self, score: &Score) -> Observation {
        let reason = ungraded(score);
        let no_gold = reason.filter(|reason| *reason == why::NO_GOLD);
        unless([no_reply(score), no_gold], || indicator(reason == Some(why::UNDECIDED)))
    }
}
