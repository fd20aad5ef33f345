//! Runs to read: which traces there are ([`Index`]), and one of them with everything that was found in it ([`Trace`]).
//!
//! A run may be of any size: the index keeps some tens of bytes a trace, and a trace is read from the tables by its place.

mod error;
mod index;
pub mod page;
mod query;
mod run;
mod trace;

pub use error::ReadingError;
pub use index::{Entry, Index, Outcome};
pub use query::{Order, Page, Query};
pub use run::{Model, Run};
pub use trace::{Phase, Segment, Trace};
