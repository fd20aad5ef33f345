//! arc_score@k: tasks of grids, by their test inputs.

use stats::any_right;
use tables::{Better, Term, Unit};

use crate::Plan;
use crate::metric::{Contribution, Metric, MetricRow, Samples};
use crate::observing::at_least;
use crate::reasons::right;

/// See [`TERM`].
pub(super) struct ArcScore;

static TERM: Term = Term {
    name: "arc_score@k",
    title: "Tasks of grids, by their test inputs",
    unit: Unit::Share,
    better: Better::More,
    about: "mean over tasks of the mean over a task's test inputs of the chance that one of k of the n attempts is the right \
            grid, 1 − C(n−c, k)/C(n, k); ARC Prize takes k = 2. A task whose attempts cannot be read counts as not solved. \
            Left out: no reply, no known answer, test inputs with fewer than k attempts",
    headline: None,
};

/// The most attempts that anybody asks for: ARC Prize allows 2, the first rules of ARC 3.
const MOST: u32 = 3;

impl Metric for ArcScore {
    fn term(&self) -> &'static Term {
        &TERM
    }

    fn members(&self, plan: &Plan) -> Vec<MetricRow> {
        MetricRow::all(&TERM, plan.attempts(MOST).filter(|_| plan.grids))
    }

    /// The test inputs of a task share its weight: a mean over inputs so weighted is one over tasks.
    fn observe_together(&self, samples: &Samples<'_>, k: u32, contribution: &mut Contribution) {
        let Some(kept) = at_least(k as usize, samples, contribution) else { return };
        let inputs = kept.iter().find_map(|score| score.grid.as_ref()).map_or(1, |grid| grid.inputs.max(1));
        let weight = 1.0 / f64::from(inputs);
        contribution.sum += weight * any_right(kept.len(), right(&kept), k as usize);
        contribution.weight += weight;
        contribution.n += kept.len() as u64;
    }
}
