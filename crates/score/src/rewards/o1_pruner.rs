//! The length-harmonizing reward of O1-Pruner (arXiv 2501.12570): L̄ / L − 1 + λ · (A − Ā), λ = 2.
//!
//! In the paper L̄ and Ā are mean length and accuracy of samples of the reference model before training. Recorded samples
//! are their own reference here: L̄ and Ā are over the samples of the problem.

use super::{Peers, RewardConfig, Rule, Sample};

pub(super) const RULE: Rule = Rule { name: "o1_pruner", reward, of: |rewards| rewards.o1_pruner };

fn reward(sample: Sample, peers: &Peers, config: &RewardConfig) -> f64 {
    peers.mean / sample.tokens - 1.0 + config.lambda * (sample.right - peers.accuracy)
}
