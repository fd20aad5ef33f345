//! How far from the budget.

use tables::{Better, Score, Term, Unit};

use crate::Plan;
use crate::metric::{Metric, MetricRow, Observation};
use crate::observing::known_of_reply;
use crate::reasons::why;

/// See [`TERM`].
pub(super) struct BudgetDeviation;

static TERM: Term = Term {
    name: "budget_deviation",
    title: "Deviation from the budget",
    unit: Unit::Count,
    better: Better::Less,
    about: "mean of |T − B| / B: how far the tokens of a reply are from the budget B that it was given, either way, as a share of it. Left out: no reply, no budget, hidden thinking that nobody counted",
    headline: None,
};

impl Metric for BudgetDeviation {
    fn term(&self) -> &'static Term {
        &TERM
    }

    fn members(&self, plan: &Plan) -> Vec<MetricRow> {
        MetricRow::of_manners(&TERM, plan)
    }

    fn observe(&self, score: &Score) -> Observation {
        let off = score
            .budget
            .zip(score.budgeted_tokens)
            .map(|(budget, spent)| spent.abs_diff(budget) as f64 / budget as f64);
        known_of_reply(score, off, why::NO_BUDGET)
    }
}
