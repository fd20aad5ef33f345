//! best_of@k: the sample of k that a verifier likes best.

use tables::Score;

use super::{Member, Metric, Observation, Plan, Samples, Share, at_least, sigma, why};
use stats::{Ranked, first_ranked};

/// See [`Metric::about`].
pub(super) struct BestOf;

impl Metric for BestOf {
    fn name(&self) -> &'static str {
        "best_of@k"
    }

    fn title(&self) -> &'static str {
        "The best of k samples is right"
    }

    fn unit(&self) -> &'static str {
        "share"
    }

    fn about(&self) -> &'static str {
        "mean over problems of the chance that the sample with the highest score among k of the n is right, exactly, \
         over all subsets; the score is the verifier's column ([score] verifier), or the judge's confidence. Equal \
         scores are picked with equal chance, a sample without one comes last. A judge who was shown the right answer \
         makes this an upper bound and no way to pick an answer. Left out: no reply, no known \
         answer, problems with fewer than k samples or without any score"
    }

    fn observe(&self, _: &Score) -> Observation {
        Observation::LeftOut(why::TOGETHER)
    }

    fn observe_together(&self, samples: &Samples<'_>, k: u32, share: &mut Share) {
        let Some(graded) = at_least(k as usize, samples, share) else { return };
        let keys: Vec<Option<f64>> = graded.iter().map(|score| samples.plan.confidence(score)).collect();
        if keys.iter().all(Option::is_none) {
            return share.leave_out(why::NO_CONFIDENCE, graded.len());
        }
        let rank = |(score, key): (&&Score, &Option<f64>)| Ranked {
            key: key.map_or(f64::INFINITY, |key| -key),
            credit: sigma(score),
        };
        let mut ranked: Vec<Ranked> = graded.iter().zip(&keys).map(rank).collect();
        share.together(first_ranked(&mut ranked, k as usize), graded.len());
    }

    fn members(&self, plan: &Plan) -> Vec<Member> {
        Member::all("best_of", plan.tries(2))
    }
}
