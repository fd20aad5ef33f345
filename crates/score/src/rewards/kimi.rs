//! The length reward of Kimi k1.5 (arXiv 2501.12599, section 2.3.3).
//!
//! λ = 0.5 − (len − min) / (max − min) over the samples of the problem. A right answer gets λ, a wrong one min(0, λ); where
//! all samples have one length, everything gets 0. In training it is added to the reward for being right.

use super::{Peers, RewardConfig, Rule, Sample};

pub(super) const RULE: Rule = Rule { name: "kimi", reward, of: |rewards| rewards.kimi };

fn reward(sample: Sample, peers: &Peers, _: &RewardConfig) -> f64 {
    if peers.max <= peers.min {
        return 0.0;
    }
    let lambda = 0.5 - (sample.tokens - peers.min) / (peers.max - peers.min);
    if sample.right > 0.0 { lambda } else { lambda.min(0.0) }
}
