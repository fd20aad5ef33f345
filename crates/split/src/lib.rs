//! Generations to steps.
//!
//! A [`Splitter`] is pure: a text in, spans out. One that needs a model's word opens a conversation about the text
//! instead, and the stage puts its questions. Which splitters there are stands in [`SPLITTERS`]; each is one file in
//! `splitters/`. [`SplitStage`] walks over a table of generations, cuts each [`text()`], and counts the tokens of the steps
//! from one encoding of the whole.

mod error;
#[cfg(test)]
mod evalthink;
mod run;
mod spans;
mod splitters;
mod verbatim;

use std::ops::Range;

use answer::Work;
use chat::{Dialogue, Endpoint};

pub use error::SplitError;
pub use run::{SplitStage, Splitting, configured, text};
pub use splitters::SPLITTERS;

/// Cuts a text into steps.
pub trait Splitter: Send + Sync {
    /// Byte ranges of the steps: in order, disjoint, at character boundaries, with nothing but separators
    /// and blanks between, before and behind them. A text of blanks alone has no step.
    fn spans(&self, text: &str) -> Vec<Range<usize>>;

    /// The same, counting the bytes that are looked at. A splitter with loops of its own counts what each of them takes, so
    /// that a test sees without a clock that a text that loops costs what it is long.
    fn spans_counted(&self, text: &str, work: &Work) -> Vec<Range<usize>> {
        work.bytes(text.len());
        self.spans(text)
    }

    /// Opens the conversation that ends in the spans; a splitter that asks nobody knows them at once.
    fn open<'a>(&'a self, text: &'a str) -> Box<dyn Dialogue<Cut> + 'a> {
        Box::new(chat::done(Cut { spans: self.spans(text), ..Cut::default() }))
    }

    /// Where its questions go; a splitter without endpoints may never ask.
    fn endpoints(&self) -> Vec<&Endpoint> {
        vec![]
    }
}

/// What a splitter came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cut {
    /// The steps, as [`Splitter::spans`] gives them.
    pub spans: Vec<Range<usize>>,
    /// What there is to say about them, such as that another splitter had to stand in.
    pub note: Option<String>,
    /// A call failed that may succeed another time.
    pub lost: bool,
}
