//! How often the budget is not enough.

use tables::{Better, Score, Term, Unit};

use crate::Plan;
use crate::metric::{Metric, MetricRow, Observation};
use crate::observing::known_of_reply;
use crate::reasons::{indicator, why};

/// See [`TERM`].
pub(super) struct OverBudget;

static TERM: Term = Term {
    name: "over_budget",
    title: "Over the budget",
    unit: Unit::Share,
    better: Better::Less,
    about: "share of replies with more tokens than the budget that they were given. Left out: no reply, no budget, hidden thinking that nobody counted",
    headline: None,
};

impl Metric for OverBudget {
    fn term(&self) -> &'static Term {
        &TERM
    }

    fn members(&self, plan: &Plan) -> Vec<MetricRow> {
        MetricRow::of_manners(&TERM, plan)
    }

    fn observe(&self, score: &Score) -> Observation {
        let over = score.budget.zip(score.budgeted_tokens).map(|(budget, spent)| indicator(spent > budget));
        known_of_reply(score, over, why::NO_BUDGET)
    }
}
