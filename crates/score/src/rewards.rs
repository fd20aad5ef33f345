//! Length rewards: what rules that train models to think shorter would give each recorded sample.
//!
//! A rule looks at a reply's length (thinking and answer, in the evaluated model's tokens), at whether it is right, and at
//! the other samples of its problem. They are computed on what is recorded, as a column of the scores and as
//! figures; nothing is trained here. [`RULES`] lists the rules.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tables::{Finish, Rewards, Score};

/// The constants of the rules.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct RewardConfig {
    /// The length that LCPO asks for, in tokens; if not given, the mean of the problem's samples.
    #[schemars(range(min = 1.0))]
    pub target_tokens: Option<f64>,
    /// LCPO: what a token too many or too few costs.
    pub alpha: f64,
    /// LCPO-Max: what a right answer of exactly the asked length gets.
    pub delta: f64,
    /// O1-Pruner: what accuracy weighs beside length.
    pub lambda: f64,
}

impl Default for RewardConfig {
    fn default() -> Self {
        Self { target_tokens: None, alpha: 0.0003, delta: 0.5, lambda: 2.0 }
    }
}

/// A reply as the rules see it.
#[derive(Clone, Copy, Debug)]
struct Sample {
    /// Its length; at least 1.
    tokens: f64,
    /// σ as 1 or 0.
    right: f64,
}

/// The samples of a problem.
#[derive(Clone, Copy, Debug)]
struct Peers {
    /// Mean, least and greatest length.
    mean: f64,
    min: f64,
    max: f64,
    /// Mean of σ.
    accuracy: f64,
    /// The length that is asked for.
    target: f64,
}

/// A rule.
pub(crate) struct Rule {
    /// Its name in tables.
    pub(crate) name: &'static str,
    /// Its value in a record of all of them.
    pub(crate) of: fn(&Rewards) -> f64,
}

/// Every rule, sorted by name.
pub(crate) static RULES: &[Rule] = &[
    Rule { name: "kimi", of: |rewards| rewards.kimi },
    Rule { name: "lcpo_exact", of: |rewards| rewards.lcpo_exact },
    Rule { name: "lcpo_max", of: |rewards| rewards.lcpo_max },
    Rule { name: "o1_pruner", of: |rewards| rewards.o1_pruner },
    Rule { name: "relative", of: |rewards| rewards.relative },
];

/// Gives the samples of one problem their rewards. A reply has none where it is unknown whether it is right, or where
/// there is no other reply to compare it with and no length was asked for; a call that failed is no sample.
pub fn reward(samples: &mut [Score], config: &RewardConfig) {
    let Some(peers) = Peers::of(samples, config) else { return };
    for score in samples.iter_mut().filter(|score| score.finish != Finish::Error) {
        let (Some(correct), Some(tokens)) = (score.correct, length(score)) else { continue };
        let sample = Sample { tokens, right: f64::from(u8::from(correct)) };
        score.rewards = Some(Rewards {
            relative: relative(sample, &peers),
            kimi: kimi(sample, &peers),
            o1_pruner: o1_pruner(sample, &peers, config),
            lcpo_exact: lcpo_exact(sample, &peers, config),
            lcpo_max: lcpo_max(sample, &peers, config),
        });
    }
}

/// The length reward of Kimi k1.5 (arXiv 2501.12599, section 2.3.3).
///
/// λ = 0.5 − (len − min) / (max − min) over the samples of the problem. A right answer gets λ, a wrong one min(0, λ); where
/// all samples have one length, everything gets 0. In training it is added to the reward for being right.
fn kimi(sample: Sample, peers: &Peers) -> f64 {
    if peers.max <= peers.min {
        return 0.0;
    }
    let lambda = 0.5 - (sample.tokens - peers.min) / (peers.max - peers.min);
    if sample.right > 0.0 { lambda } else { lambda.min(0.0) }
}

/// LCPO-Exact (L1, arXiv 2503.04697): σ − α · |target − len|, α = 0.0003.
///
/// In the paper the target stands in each prompt. Recorded samples were not asked for a length, so the target is the mean
/// of the problem's samples unless one is configured; that is our choice.
fn lcpo_exact(sample: Sample, peers: &Peers, config: &RewardConfig) -> f64 {
    sample.right - config.alpha * (peers.target - sample.tokens).abs()
}

/// LCPO-Max (L1, arXiv 2503.04697): σ · clip(α · (target − len) + δ, 0, 1), α = 0.0003, δ = 0.5.
///
/// The target is a bound here. As for LCPO-Exact, it is the mean of the problem's samples unless one is configured, which
/// is our choice.
fn lcpo_max(sample: Sample, peers: &Peers, config: &RewardConfig) -> f64 {
    sample.right * (config.alpha * (peers.target - sample.tokens) + config.delta).clamp(0.0, 1.0)
}

/// The length-harmonizing reward of O1-Pruner (arXiv 2501.12570): L̄ / L − 1 + λ · (A − Ā), λ = 2.
///
/// In the paper L̄ and Ā are mean length and accuracy of samples of the reference model before training. Recorded samples
/// are their own reference here: L̄ and Ā are over the samples of the problem.
fn o1_pruner(sample: Sample, peers: &Peers, config: &RewardConfig) -> f64 {
    peers.mean / sample.tokens - 1.0 + config.lambda * (sample.right - peers.accuracy)
}

/// How much shorter than the mean of the problem's samples: (mean − len) / mean.
///
/// The plainest rule with a baseline in the samples themselves. That a wrong answer gets at most 0, so that it never gains by
/// being short, is our choice, after the rule of Kimi k1.5.
fn relative(sample: Sample, peers: &Peers) -> f64 {
    let shorter = (peers.mean - sample.tokens) / peers.mean;
    if sample.right > 0.0 { shorter } else { shorter.min(0.0) }
}

/// Tokens of the whole reply, where they are known; an empty one counts as one, so that a quotient exists.
fn length(score: &Score) -> Option<f64> {
    Some((f64::from(score.reasoning_tokens?) + f64::from(score.answer_tokens)).max(1.0))
}

impl Peers {
    fn of(samples: &[Score], config: &RewardConfig) -> Option<Self> {
        let replies = || samples.iter().filter(|score| score.finish != Finish::Error);
        let lengths: Vec<f64> = replies().filter_map(length).collect();
        let graded: Vec<f64> = replies().filter_map(|s| s.correct).map(|c| f64::from(u8::from(c))).collect();
        if lengths.len() < 2 && config.target_tokens.is_none() {
            return None;
        }
        let mean = mean(&lengths)?;
        Some(Self {
            mean,
            min: lengths.iter().copied().fold(f64::INFINITY, f64::min),
            max: lengths.iter().copied().fold(0.0, f64::max),
            // Where no answer is graded no sample gets a reward, so nothing asks for it.
            accuracy: self::mean(&graded).unwrap_or(0.0),
            target: config.target_tokens.unwrap_or(mean),
        })
    }
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(tokens: u32, correct: Option<bool>) -> Score {
        Score {
            reasoning_tokens: Some(tokens - 10),
            answer_tokens: 10,
            correct,
            finish: Finish::Stop,
            ..Score::default()
        }
    }

    fn check(samples: &[(u32, Option<bool>)], of: fn(&Rewards) -> f64, expect: &[Option<f64>]) {
        let mut scores: Vec<Score> =
            samples.iter().map(|(tokens, correct)| sample(*tokens, *correct)).collect();
        reward(&mut scores, &RewardConfig::default());
        let found: Vec<Option<f64>> = scores.iter().map(|score| score.rewards.as_ref().map(of)).collect();
        let near = |pair: (&Option<f64>, &Option<f64>)| match pair {
            (Some(a), Some(b)) => (a - b).abs() < 1e-12,
            (a, b) => a == b,
        };
        assert!(found.iter().zip(expect).all(near), "{found:?} is not {expect:?}");
    }

    const FOUR: &[(u32, Option<bool>)] =
        &[(100, Some(true)), (300, Some(true)), (200, Some(false)), (200, None)];

    #[test]
    fn rules_by_hand() {
        check(FOUR, |r| r.kimi, &[Some(0.5), Some(-0.5), Some(0.0), None]);
        check(FOUR, |r| r.relative, &[Some(0.5), Some(-0.5), Some(0.0), None]);
        let accuracy = 2.0 / 3.0;
        let pruner = |length: f64, right: f64| Some(200.0 / length - 1.0 + 2.0 * (right - accuracy));
        check(FOUR, |r| r.o1_pruner, &[pruner(100.0, 1.0), pruner(300.0, 1.0), pruner(200.0, 0.0), None]);
        check(FOUR, |r| r.lcpo_exact, &[Some(0.97), Some(0.97), Some(0.0), None]);
        check(FOUR, |r| r.lcpo_max, &[Some(0.53), Some(0.47), Some(0.0), None]);
    }

    #[test]
    fn a_wrong_answer_never_gains_by_being_short() {
        let pair = &[(100, Some(false)), (300, Some(false))];
        check(pair, |r| r.kimi, &[Some(0.0), Some(-0.5)]);
        check(pair, |r| r.relative, &[Some(0.0), Some(-0.5)]);
        check(pair, |r| r.lcpo_max, &[Some(0.0), Some(0.0)]);
    }

    #[test]
    fn equal_lengths_have_no_length_reward() {
        let pair = &[(100, Some(true)), (100, Some(false))];
        check(pair, |r| r.kimi, &[Some(0.0), Some(0.0)]);
        check(pair, |r| r.relative, &[Some(0.0), Some(0.0)]);
        check(pair, |r| r.o1_pruner, &[Some(1.0), Some(-1.0)]);
    }

    #[test]
    fn lcpo_is_bounded_and_takes_a_target() {
        let config = RewardConfig { target_tokens: Some(4000.0), ..RewardConfig::default() };
        let mut scores = [sample(100, Some(true)), sample(9000, Some(true))];
        reward(&mut scores, &config);
        let of = |at: usize| scores[at].rewards.unwrap();
        assert_eq!((of(0).lcpo_max, of(1).lcpo_max), (1.0, 0.0));
        assert!((of(0).lcpo_exact - (1.0 - 0.0003 * 3900.0)).abs() < 1e-12);
    }

    #[test]
    fn a_failed_call_is_no_sample() {
        let mut scores = [sample(100, Some(true)), sample(300, Some(true)), sample(10, None)];
        scores[2].finish = Finish::Error;
        reward(&mut scores, &RewardConfig::default());
        assert_eq!(scores[0].rewards.map(|r| r.relative), Some(0.5));
        assert_eq!(scores[2].rewards, None);
    }

    #[test]
    fn a_reply_alone_has_nothing_to_be_compared_with() {
        check(&[(100, Some(true))], |r| r.relative, &[None]);
        let config = RewardConfig { target_tokens: Some(100.0), ..RewardConfig::default() };
        let mut alone = [sample(200, Some(true))];
        reward(&mut alone, &config);
        assert!((alone[0].rewards.unwrap().lcpo_exact - 0.97).abs() < 1e-12);
    }

    #[test]
    fn rules_are_sorted() {
        assert!(RULES.is_sorted_by_key(|rule| rule.name));
    }
}
