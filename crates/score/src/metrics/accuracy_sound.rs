//! accuracy_sound: accuracy over the problems that nobody knows to be graded unfairly.

use tables::{Better, Score, Term, Unit};

use super::accuracy::Accuracy;
use crate::Plan;
use crate::metric::{Metric, MetricRow, Observation};
use crate::reasons::why;

/// See [`TERM`].
pub(super) struct AccuracySound;

static TERM: Term = Term {
    name: "accuracy_sound",
    title: "Accuracy without problems that are graded unfairly",
    unit: Unit::Share,
    better: Better::More,
    about: "accuracy over the problems of which nobody knows that right answers fail or that none can pass, such as those that \
            LiveCodeBench's makers list as errata. Left out: these problems, no reply, no known answer",
    headline: None,
};

impl Metric for AccuracySound {
    fn term(&self) -> &'static Term {
        &TERM
    }

    fn members(&self, plan: &Plan) -> Vec<MetricRow> {
        MetricRow::where_any(&TERM, plan.flawed)
    }

    fn observe(&self, score: &Score) -> Observation {
        if score.flaw.is_some() { Observation::LeftOut(why::FLAWED) } else { Accuracy.observe(score) }
    }
}
