//! Which models meet, and on which problems.

use std::num::NonZeroU64;

use plugin::ConfigError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stage::StageError;

use super::meeting::Meeting;
use crate::error::ArenaError;

/// How pairs are written down.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(super) enum Pairs {
    /// `all` or `against:MODEL`.
    Word(String),
    /// Some of all.
    Drawn(Drawn),
}

/// So many of all.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct Drawn {
    /// The most pairs.
    most: NonZeroU64,
    /// Draws which.
    #[serde(default)]
    seed: u64,
}

impl Default for Pairs {
    fn default() -> Self {
        Self::Word("all".to_owned())
    }
}

/// Which models meet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Pairing {
    /// Each with each.
    All,
    /// One with each other.
    Against(String),
    /// Each with each, as long as they are among so many.
    Drawn {
        /// The most pairs.
        most: u64,
        /// Draws which.
        seed: u64,
    },
}

impl Pairing {
    pub(super) fn of(pairs: &Pairs) -> Result<Self, ConfigError> {
        let word = match pairs {
            Pairs::Drawn(Drawn { most, seed }) => {
                return Ok(Self::Drawn { most: most.get(), seed: *seed });
            }
            Pairs::Word(word) => word,
        };
        match word.split_once(':') {
            None if word == "all" => Ok(Self::All),
            Some(("against", "")) => Err(ConfigError::new("pairs", "names no model behind `against:`")),
            Some(("against", model)) => Ok(Self::Against(model.to_owned())),
            _ => Err(ConfigError::new(
                "pairs",
                format!(
                    "expected `all`, `against:MODEL` or a table `{{ most = N, seed = N }}`, not `{word}`"
                ),
            )),
        }
    }

    /// Two models of these names may meet.
    pub(super) fn meet(&self, one: &str, other: &str) -> bool {
        match self {
            Self::Against(model) => model == one || model == other,
            Self::All | Self::Drawn { .. } => true,
        }
    }

    /// # Errors
    /// There are fewer than two models, or the one that is to meet the others is not there.
    pub(super) fn check(&self, models: &[String]) -> Result<(), ArenaError> {
        if models.len() < 2 {
            let only = models.first().map_or("none", String::as_str);
            return Err(ArenaError::Setting(format!("two models have to meet, and there is {only} alone")));
        }
        match self {
            Self::Against(model) if !models.contains(model) => {
                let known: Vec<&str> = models.iter().map(String::as_str).collect();
                Err(ArenaError::Setting(
                    ConfigError::unknown("arena.pairs", "model", model, &known).to_string(),
                ))
            }
            _ => Ok(()),
        }
    }
}

/// Which of all meetings are held: their number, and the last place by lot that is among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Chosen {
    /// How many.
    pub(crate) meetings: u64,
    /// The place by lot of the last one, and the seed; none where all are held.
    last: Option<(u64, u64)>,
}

impl Chosen {
    /// Looks at all meetings once. Which are held depends on the seed and on each of them alone, so a further problem throws out
    /// no more than a few.
    pub(super) fn of(
        pairing: &Pairing,
        meetings: impl Iterator<Item = Result<Meeting, StageError>>,
    ) -> Result<Self, StageError> {
        let Pairing::Drawn { most, seed } = *pairing else {
            let count = meetings.map(|meeting| meeting.map(|_| 1)).sum::<Result<u64, StageError>>()?;
            return Ok(Self { meetings: count, last: None });
        };
        let mut lots =
            meetings.map(|meeting| Ok(lot(seed, &meeting?))).collect::<Result<Vec<u64>, StageError>>()?;
        lots.sort_unstable();
        lots.truncate(usize::try_from(most).unwrap_or(usize::MAX));
        Ok(Self { meetings: lots.len() as u64, last: lots.last().map(|last| (*last, seed)) })
    }

    pub(super) fn holds(&self, meeting: &Meeting) -> bool {
        self.last.is_none_or(|(last, seed)| lot(seed, meeting) <= last)
    }
}

/// A place by lot.
fn lot(seed: u64, meeting: &Meeting) -> u64 {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&seed.to_le_bytes());
    let [a, b] = &meeting.sides;
    for text in [&meeting.problem.id, &a.model, &b.model] {
        hasher.update(&(text.len() as u64).to_le_bytes()).update(text.as_bytes());
    }
    let hash = hasher.finalize();
    hash.as_bytes().iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}
