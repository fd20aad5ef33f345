//! How much shorter than the mean of the problem's samples: (mean − len) / mean.
//!
//! The plainest rule with a baseline in the samples themselves. That a wrong answer gets at most 0, so that it never gains by
//! being short, is our choice, after the rule of Kimi k1.5.

use super::{Peers, RewardConfig, Rule, Sample};

pub(super) const RULE: Rule = Rule { name: "relative", reward, of: |rewards| rewards.relative };

fn reward(sample: Sample, peers: &Peers, _: &RewardConfig) -> f64 {
    let shorter = (peers.mean - sample.tokens) / peers.mean;
    if sample.right > 0.0 { shorter } else { shorter.min(0.0) }
}
