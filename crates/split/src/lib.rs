//! Generations to steps.
//!
//! A [`Splitter`] is pure: a text in, spans out. Which ones there are stands in [`SPLITTERS`]; each is one
//! file in `splitters/`. [`run()`] is the stage: it walks over a table of generations, cuts each thought and
//! counts the tokens of its steps from one encoding of the whole.

mod error;
#[cfg(test)]
mod evalthink;
mod run;
mod spans;
mod splitters;
mod verbatim;

use std::ops::Range;

pub use error::SplitError;
pub use run::run;
pub use splitters::SPLITTERS;

/// Cuts a text into steps.
pub trait Splitter: Send + Sync {
    /// Byte ranges of the steps: in order, disjoint, at character boundaries, with nothing but separators
    /// and blanks between, before and behind them. A text of blanks alone has no step.
    fn spans(&self, text: &str) -> Vec<Range<usize>>;
}
