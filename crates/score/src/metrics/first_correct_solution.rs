//! Which solution is the first right one.

use tables::{Better, Score, Term, Unit};

use crate::metric::{Contribution, Metric, MetricRow, Observation, Samples};
use crate::plan::Plan;
use crate::reasons::{indicator, no_reply, why};

/// See [`TERM`].
pub(super) struct FirstCorrectSolution;

static TERM: Term = Term {
    name: "first_correct_solution@m",
    title: "First right solution is the m-th",
    unit: Unit::Share,
    better: Better::Neither,
    about: "histogram of the place of the first right solution: share of the replies that hold a right solution in \
            which it is the m-th, or (m+) a later one. The rows add up to 1. Left out: no reply, nobody looked for \
            solutions, no right solution. After arXiv 2412.21187",
    headline: None,
};

impl Metric for FirstCorrectSolution {
    fn term(&self) -> &'static Term {
        &TERM
    }

    fn observe_together(&self, samples: &Samples<'_>, place: u32, contribution: &mut Contribution) {
        let last = samples.plan.positions + 1;
        samples.scores.iter().for_each(|score| contribution.add(observe(score, place, last)));
    }

    fn members(&self, plan: &Plan) -> Vec<MetricRow> {
        let next = plan.positions + 1;
        let rest = MetricRow { name: TERM.member(format_args!("{next}+")), parameter: next };
        let told_apart = MetricRow::all(&TERM, 1..=plan.positions);
        told_apart.into_iter().chain(plan.more_positions.then_some(rest)).collect()
    }
}

/// Places count from 1; `last` stands for all from there on.
fn observe(score: &Score, place: u32, last: u32) -> Observation {
    match score.first_correct_solution {
        Some(first) => Observation::Value(indicator((first + 1).min(last) == place)),
        None if score.solutions.is_some() => Observation::LeftOut(why::NO_RIGHT_SOLUTION),
        None => Observation::LeftOut(no_reply(score).unwrap_or(why::NO_SOLUTIONS)),
    }
}
