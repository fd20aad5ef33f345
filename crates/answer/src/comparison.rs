//! What a comparison finds.

use serde::{Deserialize, Serialize};

/// Whether two answers are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// They are.
    Equal,
    /// They are not.
    Different,
    /// It could not be decided; never to be read as either.
    Unknown,
}

/// An outcome and the way to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    /// What was found.
    pub outcome: Outcome,
    /// How it was decided, or why it could not be, in a few words.
    pub how: String,
}

impl Comparison {
    pub(crate) fn new(outcome: Outcome, how: impl Into<String>) -> Self {
        Self { outcome, how: how.into() }
    }

    pub(crate) fn equal(how: &str) -> Self {
        Self::new(Outcome::Equal, how)
    }

    pub(crate) fn different(how: &str) -> Self {
        Self::new(Outcome::Different, how)
    }

    pub(crate) fn unknown(how: impl Into<String>) -> Self {
        Self::new(Outcome::Unknown, how)
    }

    /// Equal or different from a truth value.
    pub(crate) fn of(equal: bool, how: &str) -> Self {
        if equal { Self::equal(how) } else { Self::different(how) }
    }

    /// The answers are the same.
    pub fn is_equal(&self) -> bool {
        self.outcome == Outcome::Equal
    }
}
