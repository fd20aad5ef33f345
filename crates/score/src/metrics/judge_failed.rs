//! Judgments that gave no verdict.

use tables::{Better, Score, Term, Unit};

use crate::metric::{Metric, Observation};
use crate::observing::unless;
use crate::reasons::{indicator, unjudged, why};

/// See [`TERM`].
pub(super) struct JudgeFailed;

static TERM: Term = Term {
    name: "judge_failed",
    title: "Judge failed",
    unit: Unit::Share,
    better: Better::Less,
    about: "share of generations put to the judge on which it gave no verdict that can be read. A \
            failure is no verdict: nothing is assumed in its place. Left out: no reply, nothing to \
            judge",
    headline: None,
};

impl Metric for JudgeFailed {
    fn term(&self) -> &'static Term {
        &TERM
    }

    fn observe(&self, score: &Score) -> Observation {
        let reason = unjudged(score);
        let failed = reason == Some(why::JUDGE_FAILED);
        unless([reason.filter(|_| !failed)], || indicator(failed))
    }
}
