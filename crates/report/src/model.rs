//! The report as data, read from the tables of a run: what is measured, counted and known, and nothing about how it looks.

mod about;
mod health;
mod ledger;
mod positions;
mod questions;
mod report;
mod strategy;

pub use about::{About, AboutModel, Configuration, ModelKind, StageFingerprint};
pub use health::{Health, Judged, Mean};
pub use ledger::Ledger;
pub use positions::Positions;
pub use questions::Questions;
pub(crate) use questions::{Question, Spent};
pub use report::{Extreme, Group, Report};
pub(crate) use strategy::Strategy;
