//! Whether later solutions try anything new.

use tables::Score;

use super::{Member, Metric, Observation, Plan, Samples, Share, no_reply, share, why};
use crate::rounds::opens;

/// See [`Metric::about`].
pub(super) struct Distinctness;

impl Metric for Distinctness {
    fn name(&self) -> &'static str {
        "distinctness@m"
    }

    fn title(&self) -> &'static str {
        "New strategy in the m-th solution"
    }

    fn unit(&self) -> &'static str {
        "share"
    }

    fn about(&self) -> &'static str {
        "share of m-th solutions that open a strategy not seen before in the same reply, over the replies with at \
         least m solutions; 1 at m = 1. Left out: no reply, nobody looked for solutions, fewer solutions, strategies \
         unknown. After arXiv 2412.21187"
    }

    fn observe(&self, _: &Score) -> Observation {
        Observation::LeftOut(why::TOGETHER)
    }

    fn observe_together(&self, samples: &Samples<'_>, place: u32, share: &mut Share) {
        samples.scores.iter().for_each(|score| share.add(observe(score, place)));
    }

    fn members(&self, plan: &Plan) -> Vec<Member> {
        Member::all("distinctness", 1..=plan.positions)
    }
}

fn observe(score: &Score, place: u32) -> Observation {
    let Some(solutions) = &score.solutions else {
        return Observation::LeftOut(no_reply(score).unwrap_or(why::NO_SOLUTIONS));
    };
    let at = place as usize - 1;
    if at >= solutions.len() {
        return Observation::LeftOut(why::FEWER_SOLUTIONS);
    }
    opens(solutions, at)
        .map_or(Observation::LeftOut(why::NO_STRATEGIES), |new| Observation::Value(share(new)))
}
