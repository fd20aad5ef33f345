//! laconic@k: the shortest of k samples.

use tables::Score;

use super::{Member, Metric, Observation, Plan, Samples, Share, at_least, sigma, why};
use stats::{Ranked, first_ranked};

/// See [`Metric::about`].
pub(super) struct Laconic;

impl Metric for Laconic {
    fn name(&self) -> &'static str {
        "laconic@k"
    }

    fn title(&self) -> &'static str {
        "The shortest of k samples is right"
    }

    fn unit(&self) -> &'static str {
        "share"
    }

    fn about(&self) -> &'static str {
        "mean over problems of the chance that the sample with the shortest thinking among k of the n is right, exactly: \
         the sample at rank r is picked with probability C(n−r, k−1)/C(n, k), equally long ones with equal chance. \
         Left out: no reply, no known answer, problems with fewer than k samples"
    }

    fn observe(&self, _: &Score) -> Observation {
        Observation::LeftOut(why::TOGETHER)
    }

    fn observe_together(&self, samples: &Samples<'_>, k: u32, share: &mut Share) {
        if let Some(graded) = at_least(k as usize, samples, share) {
            let rank =
                |score: &&Score| Ranked { key: f64::from(score.reasoning_tokens), credit: sigma(score) };
            let mut ranked: Vec<Ranked> = graded.iter().map(rank).collect();
            share.together(first_ranked(&mut ranked, k as usize), graded.len());
        }
    }

    fn members(&self, plan: &Plan) -> Vec<Member> {
        Member::all("laconic", plan.tries(2))
    }
}
