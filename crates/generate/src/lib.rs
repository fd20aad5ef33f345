//! Problems to generations: ask a model, or take recorded replies, and tell thinking from answer.
//!
//! A generator hands over raw replies in the order of the problems; [`think`] then divides each into
//! thinking and answer, the same way for a live model and for another tool's recording. A call that failed
//! for good is a row with its reason, never a gap.

mod assemble;
mod error;
pub mod generators;
mod messages;
mod model;
pub mod think;

pub use assemble::Cost;
pub use error::GenerateError;
pub use generators::{GENERATORS, Generator};
pub use llm::Price;
pub use model::{GenerateIo, Model, parse};

#[cfg(test)]
mod tests;
