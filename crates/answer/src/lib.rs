//! Final answers: extract them, compare them, say whether a reply is right, find where a step of thinking asserts one.
//!
//! Next to it the [`switches`] between lines of thought, which several stages count and cut at.
//!
//! No network, no backtracking, no clock, no randomness: a verdict depends on its arguments alone. Any input is
//! safe; what would take too long ends as [`Outcome::Unknown`] with a reason.

mod answer_kind;
mod asked_options;
mod assertions;
mod classes;
mod compare;
mod comparison;
mod extract;
mod grade;
mod label;
mod options;
mod pattern;
mod phrases;
mod policy;
mod stated_confidence;
pub mod switches;
mod work;

pub use answer_kind::answer_kind;
pub use asked_options::{AskedOptions, asked_options, stem};
pub use assertions::{
    Assertion, AssertionFinder, CUES, CueSection, Evidence, assertions, cue_sections, is_hedged,
};
pub use classes::{Classes, classes};
pub use compare::{Parsed, compare, compare_parsed, parse};
pub use comparison::{Comparison, Outcome};
pub use extract::{Extracted, extract, extract_stated};
pub use grade::{Grade, Reply, Verdict, final_answer, grade};
pub use options::{compare_any, compare_any_within, names_option, option_of};
pub use policy::Policy;
pub use stated_confidence::stated_confidence;
pub use work::Work;
