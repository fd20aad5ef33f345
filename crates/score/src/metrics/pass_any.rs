//! pass@k: one of k samples is right.

use tables::Score;

use super::{Member, Metric, Observation, Plan, Samples, Share, at_least, why};
use stats::any_right;

/// See [`Metric::about`].
pub(super) struct PassAny;

impl Metric for PassAny {
    fn name(&self) -> &'static str {
        "pass@k"
    }

    fn title(&self) -> &'static str {
        "One of k samples is right"
    }

    fn unit(&self) -> &'static str {
        "share"
    }

    fn about(&self) -> &'static str {
        "mean over problems of 1 − C(n−c, k)/C(n, k): the chance that at least one of k of the n samples is right, c \
         being the right ones; every problem counts alike. Left out: no reply, no known answer, problems with fewer \
         than k samples. After arXiv 2107.03374"
    }

    fn observe(&self, _: &Score) -> Observation {
        Observation::LeftOut(why::TOGETHER)
    }

    fn observe_together(&self, samples: &Samples<'_>, k: u32, share: &mut Share) {
        let k = k as usize;
        if let Some(graded) = at_least(k, samples, share) {
            let right = graded.iter().filter(|score| score.correct == Some(true)).count();
            share.together(any_right(graded.len(), right, k), graded.len());
        }
    }

    fn members(&self, plan: &Plan) -> Vec<Member> {
        Member::all("pass", plan.tries(1))
    }
}
