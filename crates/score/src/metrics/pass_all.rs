//! pass^k: all of k samples are right.

use tables::Score;

use super::{Member, Metric, Observation, Plan, Samples, Share, at_least, why};
use stats::all_right;

/// See [`Metric::about`].
pub(super) struct PassAll;

impl Metric for PassAll {
    fn name(&self) -> &'static str {
        "pass^k@k"
    }

    fn title(&self) -> &'static str {
        "All of k samples are right"
    }

    fn unit(&self) -> &'static str {
        "share"
    }

    fn about(&self) -> &'static str {
        "pass^k: mean over problems of C(c, k)/C(n, k), the chance that all of k of the n samples are right, c being \
         the right ones. Left out: no reply, no known answer, problems with fewer than k samples. After arXiv \
         2406.12045"
    }

    fn observe(&self, _: &Score) -> Observation {
        Observation::LeftOut(why::TOGETHER)
    }

    fn observe_together(&self, samples: &Samples<'_>, k: u32, share: &mut Share) {
        let k = k as usize;
        if let Some(graded) = at_least(k, samples, share) {
            let right = graded.iter().filter(|score| score.correct == Some(true)).count();
            share.together(all_right(graded.len(), right, k), graded.len());
        }
    }

    fn members(&self, plan: &Plan) -> Vec<Member> {
        Member::all("pass^k", plan.tries(2))
    }
}
