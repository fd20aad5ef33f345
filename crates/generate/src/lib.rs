//! Problems to generations: ask a model, or take recorded replies, and tell thinking from answer.
//!
//! A [`Generator`] takes recorded replies or opens conversations about each problem; [`think`] then divides each reply into
//! thinking and answer, the same way for a live model and for another tool's recording. A call that failed
//! for good is a row with its reason, never a gap.

mod assemble;
mod confidence;
mod drawing;
mod error;
mod estimate;
mod force;
pub mod generators;
mod going_on;
mod growing;
mod grown;
mod longer;
mod manner;
mod messages;
mod model;
mod policy;
mod reading;
mod recording;
mod redraw;
mod reply;
mod returned;
mod rows;
mod run;
pub mod search;
mod searching;
mod spread;
pub mod strategies;
mod strategy;
mod switch;
pub mod think;
mod told;
mod worded;

pub use error::GenerateError;
pub use generators::{GENERATORS, Generator, recorded_model};
pub use manner::Manner;
pub use model::{Model, parse};
pub use reading::Reading;
pub use recording::Recording;
pub use run::GenerateStage;
pub use search::SEARCHES;
pub use strategies::STRATEGIES;

#[cfg(test)]
mod tests;
