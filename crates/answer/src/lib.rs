//! Final answers: extract them, compare them, find where a step of thinking asserts one.
//!
//! No network, no backtracking, no clock, no randomness: a verdict depends on its arguments alone. Any input is
//! safe; what would take too long ends as [`Outcome::Unknown`] with a reason.

mod extract;
mod policy;
mod verdict;

pub use extract::{Extracted, extract};
pub use policy::Policy;
pub use verdict::{Outcome, Verdict};

/// Whether `given` is the same answer as `gold`.
pub fn compare(gold: &str, given: &str, _policy: &Policy) -> Verdict {
    let plain = |text: &str| -> String { text.chars().filter(|c| !c.is_whitespace()).collect() };
    let (gold, given) = (plain(gold), plain(given));
    match (gold.parse::<i128>(), given.parse::<i128>()) {
        _ if gold == given => Verdict::equal("same text"),
        (Ok(_), Ok(_)) => Verdict::different("integers"),
        _ => Verdict::unknown("not understood"),
    }
}
