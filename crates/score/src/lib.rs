//! Judgments to scores to metrics, with intervals.
//!
//! [`score`] walks one model's problems, generations, splits and judgments in step and writes one
//! [`Score`](tables::Score) per generation: was the final answer right, when did the thinking first hold it,
//! and what came after. [`measure()`] turns the scores of all models into one row per figure, group and model,
//! each with what stands behind it and an interval. Everything is pure and synchronous; a figure is
//! one file in `metrics/`.

mod adherence;
mod by_selector;
mod config;
mod error;
pub mod evalthink;
mod frontier;
mod group;
mod intervals;
mod judge_error;
mod measure;
mod metric;
pub mod metrics;
mod natural_sort;
mod observing;
mod plan;
mod points;
mod reasons;
mod replayed;
mod rewards;
mod row;
mod row_error;
mod scores;
mod selecting;
mod selector;
mod selectors;
mod stage;
mod stages;
mod subsets;
mod survey;
mod tally;
mod thoughts;
mod valued;
mod verified;
mod waste;

use answer::switches;

pub use self::stage::{ScoreIo, score};
pub use chat::Price;
pub use config::{Bootstrap, Compat, ScoreConfig, SwitchMarkers, Weighting};
pub use error::ScoreError;
pub use frontier::{Contender, Cost, frontier};
pub use intervals::kind_of;
pub use judge_error::JudgeErrors;
pub use measure::{figures, measure};
pub use metric::{Aggregate, Contribution, Draws, Metric, MetricRow, Observation, Samples};
pub use metrics::{METRICS, terms};
pub use natural_sort::natural_order;
pub use plan::Plan;
pub use points::{Asked, Point, Points, Spent, points};
pub use replayed::Replays;
pub use rewards::{RewardConfig, reward};
pub use row::{ScoredModel, Scorer};
pub use row_error::RowError;
pub use scores::{ScoreRows, Scores};
pub use selector::{Seen, Selector};
pub use selectors::SELECTORS;
pub use stages::{MeasureStage, ScoreStage};

#[cfg(test)]
mod simulated_tests;
