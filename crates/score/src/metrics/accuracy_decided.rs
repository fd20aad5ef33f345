//! accuracy_decided: accuracy over the replies that could be decided.

use tables::{Better, Score, Term, Unit, Verdict};

use super::accuracy::Accuracy;
use crate::Plan;
use crate::metric::{Metric, MetricRow, Observation};
use crate::reasons::why;

/// See [`TERM`].
pub(super) struct AccuracyDecided;

static TERM: Term = Term {
    name: "accuracy_decided",
    title: "Accuracy over what could be decided",
    unit: Unit::Share,
    better: Better::More,
    about: "accuracy over the replies whose final answer could be shown equal to a known one or different from all: what is undecided \
            is neither right nor wrong, and accuracy counts it as not right. Left out: undecided, no reply, no known answer",
    headline: None,
};

impl Metric for AccuracyDecided {
    fn term(&self) -> &'static Term {
        &TERM
    }

    fn members(&self, plan: &Plan) -> Vec<MetricRow> {
        MetricRow::where_any(&TERM, plan.undecided)
    }

    fn observe(&self, score: &Score) -> Observation {
        let undecided = score.grade == Verdict::Undecided;
        if undecided { Observation::LeftOut(why::UNDECIDED) } else { Accuracy.observe(score) }
    }
}
