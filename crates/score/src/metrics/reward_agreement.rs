//! Whether two length rewards rank the samples of a problem alike.

use tables::{Rewards, Score};

use super::{Member, Metric, Observation, Plan, Samples, Share, ungraded, why};
use crate::rewards::RULES;
use stats::spearman;

/// See [`Metric::about`].
pub(super) struct RewardAgreement;

/// Two samples always agree or disagree perfectly.
const LEAST: usize = 3;

impl Metric for RewardAgreement {
    fn name(&self) -> &'static str {
        "reward_agreement@rules"
    }

    fn title(&self) -> &'static str {
        "Rank correlation of two length rewards"
    }

    fn unit(&self) -> &'static str {
        "correlation"
    }

    fn about(&self) -> &'static str {
        "Spearman's rank correlation between two length rewards over the samples of one problem, then the mean over \
         problems; equal values share the mean of their ranks. Left out: no reply, no known answer, undecided, problems \
         with fewer than 3 samples or with equal rewards for all"
    }

    fn observe(&self, _: &Score) -> Observation {
        Observation::LeftOut(why::TOGETHER)
    }

    fn observe_together(&self, samples: &Samples<'_>, pair: u32, share: &mut Share) {
        let without = samples.scores.iter().filter(|score| score.rewards.is_none());
        without.for_each(|score| share.leave_out(ungraded(score).unwrap_or(why::NO_REWARD), 1));
        let rewards: Vec<&Rewards> =
            samples.scores.iter().filter_map(|score| score.rewards.as_ref()).collect();
        if rewards.len() < LEAST {
            return share.leave_out(why::FEW_SAMPLES, rewards.len());
        }
        let (a, b) = (pair as usize / RULES.len(), pair as usize % RULES.len());
        let of = |rule: usize| rewards.iter().map(|all| (RULES[rule].of)(all)).collect::<Vec<f64>>();
        match spearman(&of(a), &of(b)) {
            Some(correlation) => share.together(correlation, rewards.len()),
            None => share.leave_out(why::ALL_ALIKE, rewards.len()),
        }
    }

    fn members(&self, _: &Plan) -> Vec<Member> {
        let pairs = (0..RULES.len()).flat_map(|a| (a + 1..RULES.len()).map(move |b| (a, b)));
        let member = |(a, b): (usize, usize)| Member {
            name: format!("reward_agreement@{}~{}", RULES[a].name, RULES[b].name),
            parameter: u32::try_from(a * RULES.len() + b).unwrap_or(u32::MAX),
        };
        pairs.map(member).collect()
    }
}
