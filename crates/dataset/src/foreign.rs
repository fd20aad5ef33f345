//! What the formats of other tools have in common: the words for what a row says, reading its cells, telling
//! formats apart, and joining files that describe one run.

mod cells;
mod columns;
mod entry;
mod file;
mod join;
mod python;
mod recognise;
mod shape;
mod tally;
mod walk;

pub(crate) use cells::{Cells, golds, last_hashes};
pub(crate) use columns::{answer_of, question_of};
pub(crate) use entry::{Answer, ForeignRow, Labels, Question, Skipped};
pub(crate) use file::{FileFacts, Stated, between, stem};
pub(crate) use join::Joins;
pub(crate) use python::text_list;
pub(crate) use recognise::{Reading, Recognised, forced, in_folder, of_problems, recognise};
pub(crate) use shape::{Fit, Need, Shape, fit, may, must, own};
pub(crate) use tally::Tally;
pub use tally::{FileReport, LeftOut};
pub(crate) use walk::{RowVisitor, walk};
