//! What was taken from a file of votes.

use serde::Serialize;

/// What was taken from a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FileReport {
    /// The file.
    pub file: String,
    /// How its votes are written.
    pub format: String,
    /// How that is known.
    pub evidence: String,
    /// Rows.
    pub rows: u64,
    /// Votes.
    pub votes: u64,
    /// What did not count, by reason.
    pub kept_out: Vec<KeptOut>,
}

/// Verdicts that do not count for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeptOut {
    /// Why.
    pub reason: String,
    /// How many.
    pub verdicts: u64,
    /// Where the first one stands.
    pub first: String,
}
