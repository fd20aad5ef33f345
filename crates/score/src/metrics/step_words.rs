//! How long a line of notes is.

use tables::{Better, Score, Term, Unit};

use crate::Plan;
use crate::metric::{Metric, MetricRow, Observation};
use crate::observing::known_of_reply;
use crate::reasons::why;

/// See [`TERM`].
pub(super) struct StepWords;

static TERM: Term = Term {
    name: "step_words",
    title: "Words a line",
    unit: Unit::Count,
    better: Better::Less,
    about: "mean words of a line of notes, blank-separated, so that operators and numbers are words too. Left out: no reply, strategies that ask for no notes, replies without any",
    headline: None,
};

impl Metric for StepWords {
    fn term(&self) -> &'static Term {
        &TERM
    }

    fn members(&self, plan: &Plan) -> Vec<MetricRow> {
        MetricRow::of_manners(&TERM, plan)
    }

    fn observe(&self, score: &Score) -> Observation {
        known_of_reply(score, score.step_words, why::NO_NOTES)
    }
}
