//! What came of one completion.

use answer::Verdict;
use chat::Behind;

/// What came of one completion.
pub(super) struct Completion {
    pub(super) verdict: Verdict,
    /// The final answer, as extracted.
    pub(super) answer: Option<String>,
    pub(super) cut: bool,
    pub(super) restarted: bool,
    pub(super) tokens: Option<u64>,
    /// What was written, if that is kept.
    pub(super) text: Option<Behind>,
}

impl Completion {
    /// Its answer is right; null where that could not be decided.
    pub(super) fn correct(&self) -> Option<bool> {
        match self.verdict {
            Verdict::Right => Some(true),
            Verdict::Wrong | Verdict::NoAnswer => Some(false),
            Verdict::Undecided | Verdict::NoGold => None,
        }
    }
}
