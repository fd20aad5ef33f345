//! What length rewards give right and wrong replies.

use tables::{Better, Term, Unit};

use crate::metric::{Contribution, Metric, MetricRow, Observation, Samples};
use crate::observing::known;
use crate::plan::Plan;
use crate::reasons::{ungraded, why};
use crate::rewards::{RULES, Rule};

/// The mean of each rule over right replies, or over wrong ones.
pub(super) struct Reward {
    term: &'static Term,
    right: bool,
}

pub(super) static RIGHT: Reward = Reward {
    // What a rule gives says something about the rule; the model is none the better for it.
    term: &Term {
        name: "reward_right@rule",
        title: "Length reward of right replies",
        unit: Unit::Reward,
        better: Better::Neither,
        about: "mean of what a length reward gives the right replies: kimi (arXiv 2501.12599), lcpo_exact and lcpo_max \
                (2503.04697), o1_pruner (2501.12570), relative (shorter than the mean of the problem's samples). Computed \
                on recorded samples; their reference is the problem's own samples. Left out: no reply, no known answer, \
                undecided, wrong, no other sample of \
                the problem",
        headline: None,
    },
    right: true,
};

pub(super) static WRONG: Reward = Reward {
    // What a rule gives says something about the rule; the model is none the better for it.
    term: &Term {
        name: "reward_wrong@rule",
        title: "Length reward of wrong replies",
        unit: Unit::Reward,
        better: Better::Neither,
        about: "mean of what a length reward gives the wrong replies; where it is above that of right ones, the rule pays for \
                being short rather than for being right. Left out: no reply, no known answer, undecided, right, no other sample of \
                the problem",
        headline: None,
    },
    right: false,
};

impl Metric for Reward {
    fn term(&self) -> &'static Term {
        self.term
    }

    fn observe_together(&self, samples: &Samples<'_>, rule: u32, contribution: &mut Contribution) {
        for score in samples.scores {
            let value =
                score.rewards.as_ref().zip(RULES.get(rule as usize)).map(|(all, rule)| (rule.of)(all));
            let other = if self.right { why::WRONG } else { why::RIGHT };
            let reason = ungraded(score).or((score.correct != Some(self.right)).then_some(other));
            contribution.add(reason.map_or_else(|| known(value, why::NO_REWARD), Observation::LeftOut));
        }
    }

    fn members(&self, _: &Plan) -> Vec<MetricRow> {
        let row = |(at, rule): (u32, &Rule)| MetricRow { name: self.term.member(rule.name), parameter: at };
        (0..).zip(RULES).map(row).collect()
    }
}
