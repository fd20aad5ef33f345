//! maj@k with votes weighted by a verifier.

use stats::{Vote, weighted_plurality};
use tables::{Better, Score, Term, Unit};

use crate::metric::{Contribution, Metric, MetricRow, Observation, Samples};
use crate::observing::at_least;
use crate::plan::Plan;
use crate::reasons::why;

use super::majority::is_right;

/// See [`TERM`].
pub(super) struct MajorityWeighted;

static TERM: Term = Term {
    name: "maj_weighted@k",
    title: "A weighted vote among k samples is right",
    unit: Unit::Share,
    better: Better::More,
    about: "as maj@k, each vote weighing what the verifier's column says; without one ([score] verifier) there is no \
            such figure. What weighs less than 0, or has no weight, does not vote. Over all subsets where there are at \
            most 20,000, else over as many seeded draws. Left out: no reply, no known answer, problems with fewer than k samples or \
            without any weight",
    headline: None,
};

impl Metric for MajorityWeighted {
    fn term(&self) -> &'static Term {
        &TERM
    }

    fn observe(&self, _: &Score) -> Observation {
        Observation::LeftOut(why::TOGETHER)
    }

    fn observe_together(&self, samples: &Samples<'_>, k: u32, contribution: &mut Contribution) {
        let Some(graded) = at_least(k as usize, samples, contribution) else { return };
        let weights: Vec<Option<f64>> = graded.iter().map(|score| score.verifier).collect();
        if weights.iter().all(Option::is_none) {
            return contribution.leave_out(why::NO_CONFIDENCE, graded.len());
        }
        let vote = |(score, weight): (&&Score, &Option<f64>)| Vote {
            class: score.answer_class,
            // A vote of weight 0 is none.
            weight: weight.unwrap_or(0.0),
            right: is_right(&graded, score.answer_class),
        };
        let votes: Vec<Vote> = graded.iter().zip(&weights).map(vote).collect();
        contribution.together(weighted_plurality(&votes, k as usize, samples.plan.seed), graded.len());
    }

    fn members(&self, plan: &Plan) -> Vec<MetricRow> {
        MetricRow::all(&TERM, plan.verified_tries(2))
    }
}
