//! The answer engine over files of pairs: a verdict per pair, and how often verdicts are right where the truth is
//! known.
//!
//! A row of JSON lines, CSV or Parquet holds `gold` (a text, a number, or a list of acceptable ones) and `pred`, and
//! may hold `id`, `kind` ([`Kind`]), `family`, `expected` (whether the two are equal; for `extract` the texts that may
//! come out) and `policy` (a question of convention: counted apart). [`run()`] streams verdicts in the rows' order,
//! grading a chunk on all cores while it reads the next, and returns a [`Report`]. Memory does not depend on the
//! number of rows.

mod error;
mod judge;
mod mark;
mod pair;
mod report;
mod run;
mod sink;
mod table;
mod tally;

pub use answer::Policy;
pub use error::GradeError;
pub use judge::{Graded, grade};
pub use mark::Mark;
pub use pair::{Expected, Kind, Pair};
pub use report::Report;
pub use run::{Settings, run};
pub use sink::{LineFormat, Output};
pub use tally::{Accuracy, Tally};
