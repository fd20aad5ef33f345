//! What a stage and whoever runs it tell each other.

use std::collections::BTreeMap;

/// Progress of a stage since its last word.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tick {
    /// Rows that are done.
    pub rows: u64,
    /// Rows among them that failed and were written as failures.
    pub failed: u64,
    /// Tokens that models produced for them.
    pub tokens: u64,
    /// Rows that came from the reply cache and cost nothing.
    pub cached: u64,
}

impl Tick {
    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            rows: self.rows + other.rows,
            failed: self.failed + other.failed,
            tokens: self.tokens + other.tokens,
            cached: self.cached + other.cached,
        }
    }
}

/// Whoever runs a stage: a progress bar, a log, a test.
pub trait Observer: Send + Sync {
    /// The stage knows how many rows it has to do.
    fn total(&self, _rows: u64) {}
    /// Something got done.
    fn advance(&self, _tick: Tick) {}
    /// A line worth a person's attention.
    fn note(&self, _message: &str) {}
    /// A person asked to stop: finish what is in flight, start nothing new, return [`Interrupted`].
    fn interrupted(&self) -> bool {
        false
    }
}

/// Nobody listens.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Observer for Silent {}

/// A stage stopped because its observer asked for it. What was finished is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("interrupted after {done} rows; run the same command again to go on")]
pub struct Interrupted {
    /// Rows that were finished.
    pub done: u64,
}

/// What a finished stage reports.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Summary {
    /// Rows written.
    pub rows: u64,
    /// Rows among them that record a failure and should be tried again (a stage with failures is not final).
    pub failed: u64,
    /// Rows among them that were not this stage's to do, such as those whose reply had failed before.
    #[serde(default, skip_serializing_if = "is_none")]
    pub skipped: u64,
    /// Counts worth showing, such as `truncated` or `model_calls`.
    pub counts: BTreeMap<String, u64>,
}

fn is_none(count: &u64) -> bool {
    *count == 0
}

impl Summary {
    /// Rows that were this stage's to do.
    pub fn own_rows(&self) -> u64 {
        self.rows.saturating_sub(self.skipped)
    }

    /// The share of these that failed, from 0 to 1; 0 where there was none to do.
    pub fn failed_share(&self) -> f64 {
        self.failed as f64 / self.own_rows().max(1) as f64
    }
}
