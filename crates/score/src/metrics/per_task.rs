//! What a task of grids takes, over all its test inputs and all attempts at them.

use stats::any_right;
use tables::{Better, Score, Term, Unit};

use crate::Plan;
use crate::metric::{Contribution, Metric, MetricRow, Samples};
use crate::reasons::{is_graded, no_reply, right, why};

/// A sum by the number of tasks, or of solved ones.
pub(super) struct PerTask {
    term: Term,
    of: fn(&Score) -> Option<f64>,
    missing: &'static str,
    solved: bool,
}

const fn term(name: &'static str, title: &'static str, unit: Unit, about: &'static str) -> Term {
    Term { name, title, unit, better: Better::Less, about, headline: None }
}

fn tokens(score: &Score) -> Option<f64> {
    score.reply_tokens.map(|tokens| tokens as f64)
}

/// Tokens.
pub(super) static TOKENS: PerTask = PerTask {
    term: term(
        "tokens_per_task",
        "Tokens a task",
        Unit::Tokens,
        "tokens of thinking and answer of all attempts at all test inputs, by the number of tasks. Left out: no reply, thinking \
         that nobody counted",
    ),
    of: tokens,
    missing: why::UNCOUNTED,
    solved: false,
};

/// Money.
pub(super) static COST: PerTask = PerTask {
    term: term(
        "cost_per_task",
        "Cost a task",
        Unit::Money,
        "what all attempts at all test inputs cost, by the number of tasks. Left out: no reply, no price",
    ),
    of: |score| score.cost,
    missing: why::NO_PRICE,
    solved: false,
};

/// Money a solved task.
pub(super) static COST_SOLVED: PerTask = PerTask {
    term: term(
        "cost_per_solved",
        "Cost a solved task",
        Unit::Money,
        "what all attempts cost, by the number of tasks that they solve (each test input with its share of its task, solved if one \
         of all attempts at it is right). Left out: no reply, no price",
    ),
    of: |score| score.cost,
    missing: why::NO_PRICE,
    solved: true,
};

impl Metric for PerTask {
    fn term(&self) -> &Term {
        &self.term
    }

    fn members(&self, plan: &Plan) -> Vec<MetricRow> {
        MetricRow::where_any(&self.term, plan.grids)
    }

    fn observe_together(&self, samples: &Samples<'_>, _: u32, contribution: &mut Contribution) {
        let inputs =
            samples.scores.iter().find_map(|score| score.grid.as_ref()).map_or(1, |grid| grid.inputs.max(1));
        let mut counted = 0;
        for score in samples.scores {
            match (no_reply(score), (self.of)(score)) {
                (Some(why), _) => contribution.leave_out(why, 1),
                (None, None) => contribution.leave_out(self.missing, 1),
                (None, Some(value)) => {
                    contribution.sum += value;
                    counted += 1;
                }
            }
        }
        let graded: Vec<&Score> = samples.scores.iter().copied().filter(|score| is_graded(score)).collect();
        let share = if self.solved { any_right(graded.len(), right(&graded), graded.len()) } else { 1.0 };
        contribution.weight += if counted > 0 { share / f64::from(inputs) } else { 0.0 };
        contribution.n += counted;
    }

    fn has_completed_scope(&self) -> bool {
        false
    }
}
