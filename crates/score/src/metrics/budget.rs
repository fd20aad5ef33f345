//! The budget curve: accuracy if the thinking had been cut.

use tables::{Better, Score, Term, Unit};

use crate::metric::{Contribution, Metric, MetricRow, Samples};
use crate::observing::unless;
use crate::plan::Plan;
use crate::reasons::{indicator, not_graded, sigma, unjudged};

/// See [`TERM`].
pub(super) struct Budget;

static TERM: Term = Term {
    name: "budget@b",
    title: "Accuracy at a budget of b tokens",
    unit: Unit::Share,
    better: Better::More,
    about: "share of replies that are right and whose thinking holds the right answer within b tokens (σ and T̂ ≤ b): \
            accuracy if the thinking had been cut at b and the answer read off there. From recorded traces, no model is \
            asked; it never falls with b and ends at accuracy. Left out: no reply, no known answer, judge failed, \
            not judged",
    headline: None,
};

impl Metric for Budget {
    fn term(&self) -> &'static Term {
        &TERM
    }

    fn observe_together(&self, samples: &Samples<'_>, budget: u32, contribution: &mut Contribution) {
        for score in samples.scores {
            let reason = not_graded(score).or_else(|| unseen(score));
            let unthought = score.reasoning_tokens == Some(0);
            let within = score.first_correct_tokens.map_or(unthought, |tokens| tokens <= budget);
            contribution.add(unless([reason], || sigma(score) * indicator(within)));
        }
    }

    fn members(&self, plan: &Plan) -> Vec<MetricRow> {
        MetricRow::all(&TERM, plan.budgets.iter().copied())
    }
}

/// Where nothing was thought, the answer was there at once.
fn unseen(score: &Score) -> Option<&'static str> {
    unjudged(score).filter(|_| score.reasoning_tokens != Some(0))
}
