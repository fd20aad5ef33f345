//! Steps to judgments: which step first asserts the right answer; one judge a file.
//!
//! A [`Judge`] never does any IO: it opens a conversation about an [`Item`] that either knows the verdict or
//! names the questions that a model has to answer first. The stage ([`run`]) reads the tables, asks, and writes
//! one [`Judgment`] per generation in the order of the generations. A verdict that cannot be read is `failed`
//! with its raw text and a reason, never a verdict.
//!
//! [`Judgment`]: tables::Judgment

mod error;
mod item;
pub mod judges;
mod poll;
#[cfg(test)]
mod rehearsal;
mod stage;
pub mod verdict;

pub use error::JudgeError;
pub use item::{Item, Judge, absent, at_once, failed, found, known};
pub use judges::JUDGES;
pub use stage::{JudgeIo, run};

#[cfg(test)]
mod tests;
