//! Steps to judgments: which step first asserts the right answer; one judge a file.
//!
//! A [`Judge`] never does any IO: it opens a conversation about an [`Item`] that either knows the verdict or
//! names the questions that a model has to answer first. The stage ([`JudgeStage`]) reads the tables, asks, and writes
//! one [`Judgment`] per generation in the order of the generations. A verdict that cannot be read is `failed`
//! with its raw text and a reason, never a verdict.
//!
//! [`Judgment`]: tables::Judgment

mod chain;
mod completer;
mod error;
mod item;
pub mod judges;
mod judging;
mod poll;
mod recording;
mod row;
mod run;
pub mod task;
pub mod tasks;
#[cfg(test)]
mod test_support;
mod together;
pub mod verdict;

pub use chain::Chain;
pub use error::JudgeError;
pub use item::{Item, Judge, Judged, NeedsTrial, Seen, absent, at_once, failed, found, known};
pub use judges::{JUDGES, parse};
pub use judging::Judging;
pub use row::Row;
pub use run::{JudgeStage, Judges, judge};
pub use task::{Findings, Task};
pub use tasks::TASKS;

#[cfg(test)]
mod tests;
