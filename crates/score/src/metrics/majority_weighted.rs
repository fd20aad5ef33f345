//! maj@k with votes weighted by confidence.

use tables::Score;

use super::{Member, Metric, Observation, Plan, Samples, Share, at_least, why};
use stats::{Vote, weighted_plurality};

/// See [`Metric::about`].
pub(super) struct MajorityWeighted;

impl Metric for MajorityWeighted {
    fn name(&self) -> &'static str {
        "maj_weighted@k"
    }

    fn title(&self) -> &'static str {
        "A weighted vote among k samples is right"
    }

    fn unit(&self) -> &'static str {
        "share"
    }

    fn about(&self) -> &'static str {
        "as maj@k, each vote weighing what the verifier's column says ([score] verifier), or the judge's confidence; \
         what weighs less than 0, or has no weight, does not vote. Over all subsets where there are at most 20,000, \
         else over as many seeded draws. A judge who was shown the right answer makes this an upper bound and no way to \
         pick one. Left out: no reply, no known answer, problems with fewer than k samples or \
         without any weight"
    }

    fn observe(&self, _: &Score) -> Observation {
        Observation::LeftOut(why::TOGETHER)
    }

    fn observe_together(&self, samples: &Samples<'_>, k: u32, share: &mut Share) {
        let Some(graded) = at_least(k as usize, samples, share) else { return };
        let weights: Vec<Option<f64>> = graded.iter().map(|score| samples.plan.confidence(score)).collect();
        if weights.iter().all(Option::is_none) {
            return share.leave_out(why::NO_CONFIDENCE, graded.len());
        }
        let vote = |(score, weight): (&&Score, &Option<f64>)| Vote {
            class: score.answer_class,
            weight: weight.unwrap_or_default(),
            right: score.correct == Some(true),
        };
        let votes: Vec<Vote> = graded.iter().zip(&weights).map(vote).collect();
        share.together(weighted_plurality(&votes, k as usize, samples.plan.seed), graded.len());
    }

    fn members(&self, plan: &Plan) -> Vec<Member> {
        Member::all("maj_weighted", plan.tries(2))
    }
}
