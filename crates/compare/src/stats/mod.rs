//! The statistics of paired differences. Everything is seeded, and the same on every machine.

mod bootstrap;
mod holm;
mod mcnemar;
mod permutation;
mod power;
mod units;

pub(crate) use bootstrap::interval;
pub use holm::holm;
pub use mcnemar::mcnemar;
pub use permutation::permutation;
pub(crate) use power::{Power, power};
pub use units::Unit;

#[cfg(test)]
mod simulation;
