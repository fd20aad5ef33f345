//! Length rewards for trainers, of one problem's samples at a time.

use pyo3::prelude::*;
use score::{RewardConfig, reward};
use tables::{Finish, Score};

use crate::failure::Failure;

/// What each rule gives each sample of a problem: `{"kimi": [...], …}` with `None` where it is unknown whether the sample is
/// right. `tokens` are the lengths of the replies; `config` is a text of JSON, the table `score.rewards` of a pipeline.
#[pyfunction]
#[pyo3(signature = (correct, tokens, config=None))]
pub(crate) fn rewards(
    correct: Vec<Option<bool>>,
    tokens: Vec<u32>,
    config: Option<&str>,
) -> PyResult<Vec<Option<[f64; 5]>>> {
    let config =
        config.map(serde_json::from_str).transpose().map_err(|error| Failure::of("config", error))?;
    let config: RewardConfig = config.map_or_else(
        || Ok(RewardConfig::default()),
        |table| plugin::parse(&table, "config").map_err(Failure::from),
    )?;
    let sample = |(correct, tokens): (Option<bool>, u32)| Score {
        correct,
        reasoning_tokens: Some(tokens),
        finish: Finish::Stop,
        ..Score::default()
    };
    let mut samples: Vec<Score> = correct.into_iter().zip(tokens).map(sample).collect();
    reward(&mut samples, &config);
    Ok(samples.into_iter().map(|score| score.rewards.map(listed)).collect())
}

/// In the order of the names in `thinkmeter/rewards.py`.
fn listed(rewards: tables::Rewards) -> [f64; 5] {
    [rewards.kimi, rewards.lcpo_exact, rewards.lcpo_max, rewards.o1_pruner, rewards.relative]
}
