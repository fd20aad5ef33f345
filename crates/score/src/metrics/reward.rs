//! What length rewards give right and wrong replies.

use tables::Score;

use super::{Member, Metric, Observation, Plan, Samples, Share, known, ungraded, why};
use crate::rewards::RULES;

/// The mean of each rule over right replies, or over wrong ones.
pub(super) struct Reward {
    name: &'static str,
    family: &'static str,
    title: &'static str,
    about: &'static str,
    right: bool,
}

pub(super) static RIGHT: Reward = Reward {
    name: "reward_right@rule",
    family: "reward_right",
    title: "Length reward of right replies",
    about: "mean of what a length reward gives the right replies: kimi (arXiv 2501.12599), lcpo_exact and lcpo_max \
            (2503.04697), o1_pruner (2501.12570), relative (shorter than the mean of the problem's samples). Computed \
            on recorded samples; their reference is the problem's own samples. Left out: no reply, no known answer, \
            undecided, wrong, no other sample of \
            the problem",
    right: true,
};

pub(super) static WRONG: Reward = Reward {
    name: "reward_wrong@rule",
    family: "reward_wrong",
    title: "Length reward of wrong replies",
    about: "mean of what a length reward gives the wrong replies; where it is above that of right ones, the rule pays for \
            being short rather than for being right. Left out: no reply, no known answer, undecided, right, no other sample of \
            the problem",
    right: false,
};

impl Metric for Reward {
    fn name(&self) -> &'static str {
        self.name
    }

    fn title(&self) -> &'static str {
        self.title
    }

    fn unit(&self) -> &'static str {
        "reward"
    }

    fn about(&self) -> &'static str {
        self.about
    }

    fn observe(&self, _: &Score) -> Observation {
        Observation::LeftOut(why::TOGETHER)
    }

    fn observe_together(&self, samples: &Samples<'_>, rule: u32, share: &mut Share) {
        for score in samples.scores {
            let value =
                score.rewards.as_ref().zip(RULES.get(rule as usize)).map(|(all, rule)| (rule.of)(all));
            let other = if self.right { why::WRONG } else { why::RIGHT };
            let reason = ungraded(score).or((score.correct != Some(self.right)).then_some(other));
            share.add(reason.map_or_else(|| known(value, why::NO_REWARD), Observation::LeftOut));
        }
    }

    fn members(&self, _: &Plan) -> Vec<Member> {
        let member = |(at, rule): (u32, &crate::rewards::Rule)| Member {
            name: format!("{}@{}", self.family, rule.name),
            parameter: at,
        };
        (0..).zip(RULES).map(member).collect()
    }
}
