//! Judgments to scores to metrics, with intervals.
//!
//! [`score`] walks one model's problems, generations, splits and judgments in step and writes one
//! [`Score`](tables::Score) per generation: was the final answer right, when did the thinking first hold it,
//! and what came after. [`measure()`] turns the scores of all models into one row per figure, group and model,
//! each with what stands behind it and a bootstrap interval. Everything is pure and synchronous; a figure is
//! one file in `metrics/`.

mod bootstrap;
mod choice;
mod config;
mod error;
pub mod evalthink;
mod grade;
mod measure;
pub mod metrics;
mod natural;
mod row;
mod stage;
mod tally;

use answer::switches;

pub use config::{Bootstrap, Compat, ScoreConfig, SwitchMarkers};
pub use error::ScoreError;
pub use grade::Grade;
pub use measure::measure;
pub use metrics::{METRICS, Metric, Observation, Term, glossary};
pub use natural::natural_order;
pub use row::Scorer;
pub use stage::{ScoreIo, score};
