//! OAA: right within so many tokens.

use tables::Score;

use super::{Member, Metric, Observation, Plan, Samples, Share, not_graded, sigma, unless, why};

/// See [`Metric::about`].
pub(super) struct Oaa;

impl Metric for Oaa {
    fn name(&self) -> &'static str {
        "oaa@t"
    }

    fn title(&self) -> &'static str {
        "Overthinking-adjusted accuracy at t"
    }

    fn unit(&self) -> &'static str {
        "share"
    }

    fn about(&self) -> &'static str {
        "mean of σ·1[T < t]: right, with fewer than t tokens of thinking; t at the quarters of [score] t_max. Left out: \
         no reply, no known answer. After arXiv 2508.13141"
    }

    fn observe(&self, _: &Score) -> Observation {
        Observation::LeftOut(why::TOGETHER)
    }

    fn observe_together(&self, samples: &Samples<'_>, t: u32, share: &mut Share) {
        for score in samples.scores {
            let within = super::share(score.reasoning_tokens < t);
            share.add(unless([not_graded(score)], || sigma(score) * within));
        }
    }

    fn members(&self, plan: &Plan) -> Vec<Member> {
        let mut ends: Vec<u32> = (1..=4_u64)
            .map(|quarter| u32::try_from((u64::from(plan.t_max) * quarter).div_ceil(4)).unwrap_or(u32::MAX))
            .collect();
        ends.dedup();
        Member::all("oaa", ends)
    }
}
