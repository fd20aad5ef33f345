//! From votes to ratings.

mod agreement;
mod bias;
mod bootstrap;
mod bound;
mod control;
mod elo;
mod errors;
mod graph;
mod island;
mod newton;
mod pairs;
mod rated;
mod sample;
mod scale;
mod thinking;
mod truth;

pub(crate) use control::{POSITION, SAME_FAMILY};

use std::collections::BTreeMap;

use plugin::ConfigError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::ArenaError;
use crate::result::Arena;
use crate::vote::{Cluster, Vote, Votes};

/// How votes become ratings.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What a tie is.
    pub ties: Ties,
    /// What counts as one observation, if not what the votes know.
    pub cluster: Option<Cluster>,
    /// How intervals are made.
    pub intervals: Intervals,
    /// Replicates of the bootstrap.
    pub resamples: u32,
    /// Seed of all draws.
    pub seed: u64,
    /// Weight of one virtual tie for each pair that met; 0 for none.
    pub prior: f64,
    /// A model whose points are given; else the mean has 1000.
    pub anchor: Option<Anchor>,
    /// What is held equal.
    pub control: Vec<String>,
    /// By name of a model or judge: its family.
    pub families: BTreeMap<String, String>,
    /// What a vote moves at most in Elo.
    pub k: f64,
    /// How often votes are shuffled to see what their order does to Elo.
    pub shuffles: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            ties: Ties::Half,
            cluster: None,
            intervals: Intervals::Sandwich,
            resamples: 1000,
            seed: 0,
            prior: 0.0,
            anchor: None,
            control: Vec::new(),
            families: BTreeMap::new(),
            k: 4.0,
            shuffles: 100,
        }
    }
}

/// What a tie is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ties {
    /// Half a win for both.
    Half,
    /// No vote.
    Drop,
}

/// How intervals are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intervals {
    /// From the spread of what clusters say.
    Sandwich,
    /// From clusters drawn with replacement.
    Bootstrap,
}

/// A model whose points are given.
#[derive(Clone, Debug, PartialEq)]
pub struct Anchor {
    /// Its name.
    pub model: String,
    /// Its points.
    pub points: f64,
}

/// Rates the models of these votes.
///
/// # Errors
/// A setting names what the votes do not have, or no vote is left.
pub fn rate(votes: &Votes, settings: &Settings) -> Result<Arena, ArenaError> {
    check(votes, settings)?;
    let mut counted = votes.clone();
    let is_tie = |vote: &Vote| vote.share == 0.5;
    let ties = votes.votes.iter().filter(|vote| is_tie(vote)).count() as u64;
    let both_bad = votes.votes.iter().filter(|vote| vote.both_bad).count() as u64;
    let dropped = settings.ties == Ties::Drop;
    if dropped {
        counted.keep(|vote| !is_tie(vote));
    }
    if counted.votes.is_empty() {
        return Err(ArenaError::NoVotes { reason: "all of them are ties, which are dropped".to_owned() });
    }
    let (elo, elo_order) = elo::elo(&counted, settings.k, settings.shuffles, settings.seed);
    Ok(Arena {
        files: votes.files.clone(),
        votes: counted.votes.len() as u64,
        ties,
        both_bad,
        dropped_ties: if dropped { ties } else { 0 },
        islands: island::islands(&counted, settings),
        position: bias::bias(votes),
        agreement: agreement::agreement(votes),
        truth: truth::truth(votes),
        elo,
        elo_order,
        shuffles: settings.shuffles,
        seed: settings.seed,
    })
}

/// Whoever holds the scale is among the models.
pub(crate) fn check_anchor(settings: &Settings, models: &[&str]) -> Result<(), ArenaError> {
    match &settings.anchor {
        Some(anchor) if !models.contains(&anchor.model.as_str()) => Err(ArenaError::Setting(
            ConfigError::unknown("--anchor", "model", &anchor.model, models).to_string(),
        )),
        _ => Ok(()),
    }
}

/// Every setting is about something that the votes have.
fn check(votes: &Votes, settings: &Settings) -> Result<(), ArenaError> {
    let refuse = |fault: ConfigError| Err(ArenaError::Setting(fault.to_string()));
    let models: Vec<&str> = votes.models.iter().map(String::as_str).collect();
    check_anchor(settings, &models)?;
    let known = control::known(votes, &settings.families);
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    if let Some(name) = settings.control.iter().find(|name| !known.contains(&name.as_str())) {
        return refuse(ConfigError::unknown("--control", "column", name, &known));
    }
    if !(settings.prior >= 0.0 && settings.prior.is_finite()) {
        return refuse(ConfigError::new("--prior", "expected a number of 0 or more"));
    }
    Ok(())
}

#[cfg(test)]
pub(crate) mod testing {
    pub(crate) use super::newton::logistic;
}
