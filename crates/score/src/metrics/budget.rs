//! The budget curve: accuracy if the thinking had been cut.

use tables::Score;

use super::{Member, Metric, Observation, Plan, Samples, Share, not_graded, sigma, unjudged, unless, why};

/// See [`Metric::about`].
pub(super) struct Budget;

impl Metric for Budget {
    fn name(&self) -> &'static str {
        "budget@b"
    }

    fn title(&self) -> &'static str {
        "Accuracy at a budget of b tokens"
    }

    fn unit(&self) -> &'static str {
        "share"
    }

    fn about(&self) -> &'static str {
        "share of replies that are right and whose thinking holds the right answer within b tokens (σ and T̂ ≤ b): \
         accuracy if the thinking had been cut at b and the answer read off there. From recorded traces, no model is \
         asked; it never falls with b and ends at accuracy. Left out: no reply, no known answer, judge failed, \
         not judged"
    }

    fn observe(&self, _: &Score) -> Observation {
        Observation::LeftOut(why::TOGETHER)
    }

    fn observe_together(&self, samples: &Samples<'_>, budget: u32, share: &mut Share) {
        for score in samples.scores {
            let reason = not_graded(score).or_else(|| unseen(score));
            let within = score.first_correct_tokens.unwrap_or_default() <= budget;
            share.add(unless([reason], || sigma(score) * super::share(within)));
        }
    }

    fn members(&self, plan: &Plan) -> Vec<Member> {
        Member::all("budget", plan.budgets.iter().copied())
    }
}

/// Where nothing was thought, the answer was there at once.
fn unseen(score: &Score) -> Option<&'static str> {
    unjudged(score).filter(|_| score.reasoning_tokens > 0)
}
