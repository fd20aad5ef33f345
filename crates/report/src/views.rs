//! What is shown, before any markup: numbers as people write them, sentences, tables, charts, and the section of traces.

pub mod charts;
pub(crate) mod choices;
pub(crate) mod frontier;
pub(crate) mod further;
pub(crate) mod headline;
pub(crate) mod health;
pub(crate) mod ledger;
pub(crate) mod measures;
pub(crate) mod numbers;
pub(crate) mod questions;
pub(crate) mod ratings;
pub(crate) mod references;
pub(crate) mod rewards;
pub(crate) mod sentences;
pub(crate) mod strategies;
pub(crate) mod table;
pub(crate) mod table_set;
pub(crate) mod traces;
pub(crate) mod variants;
