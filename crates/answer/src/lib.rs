//! Final answers: extract them, compare them, find where a step of thinking asserts one.
//!
//! Beside it the [`switches`] between lines of thought, which several stages count and cut at.
//!
//! No network, no backtracking, no clock, no randomness: a verdict depends on its arguments alone. Any input is
//! safe; what would take too long ends as [`Outcome::Unknown`] with a reason.

mod assertions;
mod compare;
mod extract;
mod policy;
pub mod switches;
mod verdict;

pub use assertions::{Assertion, CUES, Evidence, Seeker, assertions};
pub use compare::{Parsed, compare, compare_parsed, parse};
pub use extract::{Extracted, extract};
pub use policy::Policy;
pub use verdict::{Outcome, Verdict};
