//! Whether the model did as it was told.

use tables::{Better, Score, Term, Unit};

use crate::Plan;
use crate::metric::{Metric, MetricRow, Observation};
use crate::observing::known_of_reply;
use crate::reasons::why;

/// See [`TERM`].
pub(super) struct Obeyed;

static TERM: Term = Term {
    name: "obeyed",
    title: "Obeyed",
    unit: Unit::Share,
    better: Better::More,
    about: "share of replies that did what the strategy asked: no thinking, a short answer, a budget kept; of notes the share of lines that are short enough. Left out: no reply, strategies that ask nothing that can be checked, and replies of which it is unknown",
    headline: None,
};

impl Metric for Obeyed {
    fn term(&self) -> &'static Term {
        &TERM
    }

    fn members(&self, plan: &Plan) -> Vec<MetricRow> {
        MetricRow::of_manners(&TERM, plan)
    }

    fn observe(&self, score: &Score) -> Observation {
        known_of_reply(score, score.obeyed, why::NO_CRITERION)
    }
}
