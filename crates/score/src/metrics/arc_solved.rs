//! arc_solved@k: tasks of grids of which every test input is solved.

use stats::any_right;
use tables::{Better, Score, Term, Unit};

use crate::Plan;
use crate::metric::{Contribution, Metric, MetricRow, Samples};
use crate::observing::at_least;
use crate::reasons::{is_graded, right, why};

/// See [`TERM`].
pub(super) struct ArcSolved;

static TERM: Term = Term {
    name: "arc_solved@k",
    title: "Tasks of grids, solved as a whole",
    unit: Unit::Share,
    better: Better::More,
    about: "mean over tasks of the chance that k attempts at each of a task's test inputs solve all of them: the product over the \
            inputs of 1 − C(n−c, k)/C(n, k). The rule of ARC-AGI's own description, which allows 3 attempts. Left out: no reply, \
            no known answer, tasks of which an input was not asked, or fewer than k times",
    headline: None,
};

/// The most attempts that anybody asks for.
const MOST: u32 = 3;

impl Metric for ArcSolved {
    fn term(&self) -> &'static Term {
        &TERM
    }

    fn members(&self, plan: &Plan) -> Vec<MetricRow> {
        MetricRow::all(&TERM, plan.attempts(MOST).filter(|_| plan.grids))
    }

    /// A task counts with its last input: the others stand before it.
    fn observe_together(&self, samples: &Samples<'_>, k: u32, contribution: &mut Contribution) {
        let Some(kept) = at_least(k as usize, samples, contribution) else { return };
        let inputs = kept.iter().find_map(|score| score.grid.as_ref()).map_or(1, |grid| grid.inputs.max(1));
        if samples.task.len() + 1 < inputs as usize {
            return;
        }
        let before: Vec<Vec<&Score>> = samples
            .task
            .iter()
            .map(|scores| scores.iter().filter(|score| is_graded(score)).collect())
            .collect();
        let all = before.iter().chain([&kept]);
        if all.clone().any(|input| input.len() < k as usize) {
            contribution.leave_out(why::FEW_SAMPLES, kept.len());
            return;
        }
        let solved: f64 = all.clone().map(|input| any_right(input.len(), right(input), k as usize)).product();
        contribution.together(solved, all.map(Vec::len).sum());
    }

    fn has_completed_scope(&self) -> bool {
        false
    }
}
