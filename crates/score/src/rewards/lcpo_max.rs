//! LCPO-Max (L1, arXiv 2503.04697): σ · clip(α · (target − len) + δ, 0, 1), α = 0.0003, δ = 0.5.
//!
//! The target is a bound here. As for LCPO-Exact, it is the mean of the problem's samples unless one is configured, which
//! is our choice.

use super::{Peers, RewardConfig, Rule, Sample};

pub(super) const RULE: Rule = Rule { name: "lcpo_max", reward, of: |rewards| rewards.lcpo_max };

fn reward(sample: Sample, peers: &Peers, config: &RewardConfig) -> f64 {
    sample.right * (config.alpha * (peers.target - sample.tokens) + config.delta).clamp(0.0, 1.0)
}
