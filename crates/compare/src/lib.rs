//! Two models, or two runs of one, over the same problems: what differs, and whether it is more than chance.
//!
//! Scores are paired by problem and sample where samples are the same draws, else the means over the samples of each
//! problem are. Each measure gets the mean difference over the pairs, a 95 % interval
//! (over problems), a p-value (McNemar's exact test for accuracy with one sample a problem, else a
//! permutation test that flips whole problems), corrected after Holm over the measures, and how many problems it would
//! take to tell. What was set up differently is said, or refused where it would make the difference meaningless.
//! [`by_set()`] does the same for accuracy on several sets of problems, and on average.

mod by_set;
mod comparison;
mod deviation;
mod efficiency;
mod error;
mod gate;
mod measures;
mod model_run;
mod pairing;
mod pairs;
mod setup;
pub mod views;

pub use by_set::{BySet, OnSet, by_set, differences};
pub use comparison::{Comparison, Comparisons, Outcome, Row, Settings, compare};
pub use deviation::{Aspect, Deviation};
pub use efficiency::{Efficiency, Estimate};
pub use error::CompareError;
pub use gate::{Gate, GateResult};
pub use measures::usual_measures;
pub use model_run::{ModelRun, model_runs};
pub use pairing::Pairing;
pub use pairs::Unpaired;
