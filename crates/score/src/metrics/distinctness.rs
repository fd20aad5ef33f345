//! Whether later solutions try anything new.

use tables::{Better, Score, Term, Unit};

use crate::metric::{Contribution, Metric, MetricRow, Observation, Samples};
use crate::plan::Plan;
use crate::reasons::{indicator, no_reply, why};

/// See [`TERM`].
pub(super) struct Distinctness;

static TERM: Term = Term {
    name: "distinctness@m",
    title: "New strategy in the m-th solution",
    unit: Unit::Share,
    better: Better::Neither,
    about: "share of m-th solutions that open a strategy not seen before in the same reply, over the replies with at \
            least m solutions; 1 at m = 1. Left out: no reply, nobody looked for solutions, fewer solutions, strategies \
            unknown. After arXiv 2412.21187",
    headline: None,
};

impl Metric for Distinctness {
    fn term(&self) -> &'static Term {
        &TERM
    }

    fn observe_together(&self, samples: &Samples<'_>, place: u32, contribution: &mut Contribution) {
        samples.scores.iter().for_each(|score| contribution.add(observe(score, place)));
    }

    fn members(&self, plan: &Plan) -> Vec<MetricRow> {
        MetricRow::all(&TERM, 1..=plan.positions)
    }
}

fn observe(score: &Score, place: u32) -> Observation {
    let Some(found) = &score.solutions else {
        return Observation::LeftOut(no_reply(score).unwrap_or(why::NO_SOLUTIONS));
    };
    let at = place as usize - 1;
    if at >= found.len() {
        return Observation::LeftOut(why::FEWER_SOLUTIONS);
    }
    let strategies: Vec<Option<u32>> = found.iter().map(|solution| solution.strategy).collect();
    solutions::opens(&strategies, at)
        .map_or(Observation::LeftOut(why::NO_STRATEGIES), |new| Observation::Value(indicator(new)))
}
