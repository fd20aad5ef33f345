//! A verdict against the truth.

use serde::{Deserialize, Serialize};

/// A verdict against the truth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// As it should be.
    Right,
    /// Equal, but should be different.
    FalsePositive,
    /// Different, but should be equal.
    FalseNegative,
    /// Not decided.
    Unknown,
}
