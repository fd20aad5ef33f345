//! LCPO-Exact (L1, arXiv 2503.04697): σ − α · |target − len|, α = 0.0003.
//!
//! In the paper the target stands in each prompt. Recorded samples were not asked for a length, so the target is the mean
//! of the problem's samples unless one is configured; that is our choice.

use super::{Peers, RewardConfig, Rule, Sample};

pub(super) const RULE: Rule = Rule { name: "lcpo_exact", reward, of: |rewards| rewards.lcpo_exact };

fn reward(sample: Sample, peers: &Peers, config: &RewardConfig) -> f64 {
    sample.right - config.alpha * (peers.target - sample.tokens).abs()
}
