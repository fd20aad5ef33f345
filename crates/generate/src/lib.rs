//! Problems to generations: ask a model, or take recorded replies, and tell thinking from answer.
//!
//! A [`Generator`] takes recorded replies or opens conversations about each problem; [`think`] then divides each reply into
//! thinking and answer, the same way for a live model and for another tool's recording. A call that failed
//! for good is a row with its reason, never a gap.

mod assemble;
mod error;
pub mod generators;
mod messages;
mod model;
mod run;
pub mod think;

pub use error::GenerateError;
pub use generators::{GENERATORS, Generator, recorded_model};
pub use model::{Model, parse};
pub use run::GenerateStage;

#[cfg(test)]
mod tests;
