//! Runs to read: which traces there are ([`TraceIndex`]), and one of them with everything that was found in it ([`Trace`]).
//!
//! A run may be of any size: the index keeps some tens of bytes a trace, and a trace is read from the tables by its place.

mod error;
pub mod html;
mod index;
mod numbers;
mod query;
mod run;
mod trace;

pub use error::RunReaderError;
pub use index::{TraceEntry, TraceIndex, TraceOutcome};
pub use numbers::whole;
pub use query::{FoundTraces, TraceOrder, TraceQuery};
pub use run::{Run, RunModel, model_folders};
pub use trace::{Phase, Segment, Trace};
