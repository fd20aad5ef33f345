//! ξ_P: how much of the whole went into solutions that try something new.

use tables::{Better, Score, Term, Unit};

use crate::metric::{Contribution, Metric, Observation, Samples};
use crate::observing::known;
use crate::reasons::{no_reply, why};

/// See [`TERM`].
pub(super) struct ProcessEfficiency;

static TERM: Term = Term {
    name: "process_efficiency",
    title: "Process efficiency ξ_P",
    unit: Unit::Ratio,
    better: Better::More,
    about: "(1/N) Σ D/T over all generations, right or wrong; D are the tokens of the solutions that open a strategy not \
            seen before in the same reply, T those of all the thinking, its tail behind the last solution included. The \
            first solution always opens one; but where nobody looked for strategies and some replies have several \
            solutions, those with one are left out too, or they alone would make the figure. Left out: no reply, \
            nobody looked for solutions, strategies unknown. After arXiv 2412.21187",
    headline: None,
};

impl Metric for ProcessEfficiency {
    fn term(&self) -> &'static Term {
        &TERM
    }

    fn observe(&self, score: &Score) -> Observation {
        let unseen = score.solutions.is_none().then_some(why::NO_SOLUTIONS);
        let reason = no_reply(score).or(unseen).unwrap_or(why::NO_STRATEGIES);
        known(score.process_efficiency, reason)
    }

    fn observe_together(&self, samples: &Samples<'_>, _: u32, contribution: &mut Contribution) {
        for score in samples.scores {
            let observation = match self.observe(score) {
                Observation::Value(_) if !samples.plan.strategies => Observation::LeftOut(why::NO_STRATEGIES),
                observation => observation,
            };
            contribution.add(observation);
        }
    }
}
