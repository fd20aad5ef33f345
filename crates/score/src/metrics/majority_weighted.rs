//! maj@k with votes weighted by confidence.

use stats::{Vote, weighted_plurality};
use tables::{Better, Score, Term, Unit};

use crate::metric::{Contribution, Metric, MetricRow, Observation, Samples};
use crate::observing::at_least;
use crate::plan::Plan;
use crate::reasons::why;

/// See [`TERM`].
pub(super) struct MajorityWeighted;

static TERM: Term = Term {
    name: "maj_weighted@k",
    title: "A weighted vote among k samples is right",
    unit: Unit::Share,
    better: Better::More,
    about: "as maj@k, each vote weighing what the verifier's column says ([score] verifier), or the judge's confidence; \
            what weighs less than 0, or has no weight, does not vote. Over all subsets where there are at most 20,000, \
            else over as many seeded draws. A judge who was shown the right answer makes this an upper bound and no way to \
            pick one. Left out: no reply, no known answer, problems with fewer than k samples or \
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
        let weights: Vec<Option<f64>> = graded.iter().map(|score| samples.plan.confidence(score)).collect();
        if weights.iter().all(Option::is_none) {
            return contribution.leave_out(why::NO_CONFIDENCE, graded.len());
        }
        let vote = |(score, weight): (&&Score, &Option<f64>)| Vote {
            class: score.answer_class,
            weight: weight.unwrap_or_default(),
            right: score.correct == Some(true),
        };
        let votes: Vec<Vote> = graded.iter().zip(&weights).map(vote).collect();
        contribution.together(weighted_plurality(&votes, k as usize, samples.plan.seed), graded.len());
    }

    fn members(&self, plan: &Plan) -> Vec<MetricRow> {
        MetricRow::all(&TERM, plan.tries(2))
    }
}
