//! Final answers: extract them, compare them, say whether a reply is right, find where a step of thinking asserts one.
//!
//! Next to it the [`switches`] between lines of thought, which several stages count and cut at.
//!
//! No network, no backtracking, no clock, no randomness: a verdict depends on its arguments alone. Any input is
//! safe; what would take too long ends as [`Outcome::Unknown`] with a reason.

mod assertions;
mod classes;
mod compare;
mod comparison;
mod extract;
mod grade;
mod options;
mod policy;
pub mod switches;

pub use assertions::{Assertion, AssertionFinder, CUES, Evidence, assertions};
pub use classes::{Classes, classes};
pub use compare::{Parsed, compare, compare_parsed, parse};
pub use comparison::{Comparison, Outcome};
pub use extract::{Extracted, extract};
pub use grade::{Grade, Reply, Verdict, grade};
pub use options::compare_any;
pub use policy::Policy;
