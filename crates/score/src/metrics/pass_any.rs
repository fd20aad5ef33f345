//! pass@k: one of k samples is right.

use stats::any_right;
use tables::{Better, Score, Term, Unit};

use crate::metric::{Contribution, Metric, MetricRow, Observation, Samples};
use crate::observing::at_least;
use crate::plan::Plan;
use crate::reasons::why;

/// See [`TERM`].
pub(super) struct PassAny;

static TERM: Term = Term {
    name: "pass@k",
    title: "One of k samples is right",
    unit: Unit::Share,
    better: Better::More,
    about: "mean over problems of 1 − C(n−c, k)/C(n, k): the chance that at least one of k of the n samples is right, c \
            being the right ones; every problem counts alike. Left out: no reply, no known answer, problems with fewer \
            than k samples. After arXiv 2107.03374",
    headline: None,
};

impl Metric for PassAny {
    fn term(&self) -> &'static Term {
        &TERM
    }

    fn observe(&self, _: &Score) -> Observation {
        Observation::LeftOut(why::TOGETHER)
    }

    fn observe_together(&self, samples: &Samples<'_>, k: u32, contribution: &mut Contribution) {
        let k = k as usize;
        if let Some(graded) = at_least(k, samples, contribution) {
            let right = graded.iter().filter(|score| score.correct == Some(true)).count();
            contribution.together(any_right(graded.len(), right, k), graded.len());
        }
    }

    fn members(&self, plan: &Plan) -> Vec<MetricRow> {
        MetricRow::all(&TERM, plan.tries(1))
    }
}
