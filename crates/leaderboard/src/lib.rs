//! The benchmark table: runs over one set of problems each, joined by the names of their models.
//!
//! A cell is what `measure` found of a model on a set (accuracy with its interval, what was cut, what it thought), an average is
//! the unweighted mean of all columns and is not there while one of them is missing. [`board()`] reads the runs, [`views`] shows
//! them; what others published stands beside it and is marked as that.

mod average;
mod board;
mod cell;
mod error;
mod places;
mod references;
mod suite;
pub mod views;

pub use average::Average;
pub use board::{Board, Column, Line, Settings, board};
pub use cell::Cell;
pub use error::LeaderboardError;
pub use references::{Published, References};
pub use suite::{PartRecord, SuiteRecord};

#[cfg(test)]
mod fixture;
