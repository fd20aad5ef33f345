//! The report as data, read from the tables of a run: what is measured, counted and known, and nothing about how it looks.

mod about;
mod choices;
mod drops;
mod health;
mod ledger;
mod positions;
mod questions;
mod report;
mod strategy;
mod variants;

pub use about::{About, AboutModel, Configuration, ModelKind, StageFingerprint};
pub(crate) use choices::{Choices, Letter};
pub(crate) use drops::{ALL as ALL_KINDS, Adjusted, Change, Paired, changes, drops_apart};
pub use health::{Health, Judged, Mean};
pub use ledger::Ledger;
pub use positions::Positions;
pub use questions::Questions;
pub(crate) use questions::{Question, Spent};
pub use report::{Extreme, Group, Report};
pub(crate) use strategy::Strategy;
pub(crate) use variants::{Varied, read as read_variants};
