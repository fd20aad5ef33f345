//! pass^k: all of k samples are right.

use stats::all_right;
use tables::{Better, Score, Term, Unit};

use crate::metric::{Contribution, Metric, MetricRow, Observation, Samples};
use crate::observing::at_least;
use crate::plan::Plan;
use crate::reasons::why;

/// See [`TERM`].
pub(super) struct PassAll;

static TERM: Term = Term {
    name: "pass^k@k",
    title: "All of k samples are right",
    unit: Unit::Share,
    better: Better::More,
    about: "pass^k: mean over problems of C(c, k)/C(n, k), the chance that all of k of the n samples are right, c being \
            the right ones. Left out: no reply, no known answer, problems with fewer than k samples. After arXiv \
            2406.12045",
    headline: None,
};

impl Metric for PassAll {
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
            contribution.together(all_right(graded.len(), right, k), graded.len());
        }
    }

    fn members(&self, plan: &Plan) -> Vec<MetricRow> {
        MetricRow::all(&TERM, plan.tries(2))
    }
}
