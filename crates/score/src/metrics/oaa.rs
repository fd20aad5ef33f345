//! OAA: right within so many tokens.

use tables::{Better, Term, Unit};

use crate::metric::{Contribution, Metric, MetricRow, Samples};
use crate::observing::unless;
use crate::plan::Plan;
use crate::reasons::{indicator, not_graded, sigma, unmeasured};

/// See [`TERM`].
pub(super) struct Oaa;

static TERM: Term = Term {
    name: "oaa@t",
    title: "Overthinking-adjusted accuracy at t",
    unit: Unit::Share,
    better: Better::More,
    about: "mean of σ·1[T < t]: right, with fewer than t tokens of thinking; t at the quarters of [score] t_max. Left out: \
            no reply, no known answer, hidden thinking that nobody counted. After arXiv 2508.13141",
    headline: None,
};

impl Metric for Oaa {
    fn term(&self) -> &'static Term {
        &TERM
    }

    fn observe_together(&self, samples: &Samples<'_>, t: u32, contribution: &mut Contribution) {
        for score in samples.scores {
            let within = indicator(score.reasoning_tokens.is_some_and(|tokens| tokens < t));
            contribution.add(unless([not_graded(score), unmeasured(score)], || sigma(score) * within));
        }
    }

    fn members(&self, plan: &Plan) -> Vec<MetricRow> {
        let mut ends: Vec<u32> = (1..=4_u64)
            .map(|quarter| u32::try_from((u64::from(plan.t_max) * quarter).div_ceil(4)).unwrap_or(u32::MAX))
            .collect();
        ends.dedup();
        MetricRow::all(&TERM, ends)
    }
}
