//! Votes between models to ratings.
//!
//! [`read()`] takes votes as others write them, [`rate`] turns them into ratings: Bradley–Terry without a penalty, by Newton's
//! method, with errors that allow for votes on one problem leaning alike; ranks by tested differences; bounds in place of
//! numbers where a model won or lost everything; and what length, layout, thinking or place have to do with it. Elo as it is
//! counted vote by vote stands beside it, with what the order of the votes makes of it.

mod cells;
mod error;
mod file_report;
mod fit;
mod formats;
mod making;
mod markup;
mod options;
mod read;
mod result;
mod stage;
pub mod views;
mod vote;

pub use error::ArenaError;
pub use file_report::{FileReport, KeptOut};
pub use fit::{Anchor, Intervals, Settings, Ties, rate};
pub use formats::formats;
pub use options::{Field, ReadOptions};
pub use read::read;
pub use result::{
    AgainstTruth, Agreement, Arena, Bound, Coefficient, Controlled, Cycle, EloPlace, Island, LeftOut, Moved,
    Pair, PositionBias, Rating,
};
pub use stage::{ArenaStage, PAGE};
pub use vote::{Cluster, Vote, Votes};

#[cfg(test)]
mod golden;
#[cfg(test)]
mod oddities;
#[cfg(test)]
mod simulation;
