//! Which solution is the first right one.

use tables::Score;

use super::{Member, Metric, Observation, Plan, Samples, Share, no_reply, share, why};

/// See [`Metric::about`].
pub(super) struct FirstCorrectSolution;

const FAMILY: &str = "first_correct_solution";

impl Metric for FirstCorrectSolution {
    fn name(&self) -> &'static str {
        "first_correct_solution@m"
    }

    fn title(&self) -> &'static str {
        "First right solution is the m-th"
    }

    fn unit(&self) -> &'static str {
        "share"
    }

    fn about(&self) -> &'static str {
        "histogram of the place of the first right solution: share of the replies that hold a right solution in \
         which it is the m-th, or (m+) a later one. The rows add up to 1. Left out: no reply, nobody looked for \
         solutions, no right solution. After arXiv 2412.21187"
    }

    fn observe(&self, _: &Score) -> Observation {
        Observation::LeftOut(why::TOGETHER)
    }

    fn observe_together(&self, samples: &Samples<'_>, place: u32, share: &mut Share) {
        let last = samples.plan.positions + 1;
        samples.scores.iter().for_each(|score| share.add(observe(score, place, last)));
    }

    fn members(&self, plan: &Plan) -> Vec<Member> {
        let rest =
            Member { name: format!("{FAMILY}@{}+", plan.positions + 1), parameter: plan.positions + 1 };
        let told_apart = Member::all(FAMILY, 1..=plan.positions);
        told_apart.into_iter().chain(plan.more_positions.then_some(rest)).collect()
    }
}

/// Places count from 1; `last` stands for all from there on.
fn observe(score: &Score, place: u32, last: u32) -> Observation {
    match score.first_correct_solution {
        Some(first) => Observation::Value(share((first + 1).min(last) == place)),
        None if score.solutions.is_some() => Observation::LeftOut(why::NO_RIGHT_SOLUTION),
        None => Observation::LeftOut(no_reply(score).unwrap_or(why::NO_SOLUTIONS)),
    }
}
