//! How many lines of notes are longer than asked.

use tables::{Better, Score, Term, Unit};

use crate::Plan;
use crate::metric::{Metric, MetricRow, Observation};
use crate::observing::known_of_reply;
use crate::reasons::why;

/// See [`TERM`].
pub(super) struct LongLines;

static TERM: Term = Term {
    name: "long_lines",
    title: "Lines too long",
    unit: Unit::Share,
    better: Better::Less,
    about: "share of the lines of notes with more words than the strategy asks for. Left out: no reply, strategies that ask for no notes, replies without any",
    headline: None,
};

impl Metric for LongLines {
    fn term(&self) -> &'static Term {
        &TERM
    }

    fn members(&self, plan: &Plan) -> Vec<MetricRow> {
        MetricRow::of_manners(&TERM, plan)
    }

    fn observe(&self, score: &Score) -> Observation {
        known_of_reply(score, score.long_lines, why::NO_NOTES)
    }
}
