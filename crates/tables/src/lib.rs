//! The tables that stages exchange.
//!
//! A table is one Parquet file of one row type. From [`Generation`] on every table of a model holds **one
//! row per generation, in the same order**, so stages zip ([`Aligned`]) and never join. Every file names its
//! schema, the schema's version and the fingerprint of the stage that wrote it in its footer; a reader
//! refuses what it does not know. Nothing here knows tokio, HTTP or any stage.

mod align;
mod blame;
mod checked;
mod column;
mod error;
mod guard;
mod lookup;
mod options;
mod packing;
mod part;
mod pending;
mod ranges;
mod reader;
mod row;
mod rows;
mod sums;
mod term;
mod thousands;
mod writer;
mod writing;

pub use align::{Aligned, Key, Keyed, ProblemCursor, TestCursor};
pub use arrow_array::RecordBatch;
pub use arrow_schema::Field;
pub use blame::{Blame, Blamed};
pub use column::{Column, label};
pub use error::TableError;
pub use guard::guarded;
pub use lookup::Lookup;
pub use options::{back, drawn_order, lettered, option_letter, rank};
pub use part::columns_of;
pub use pending::{PendingFile, folder_of, move_over, replace, unfinished};
pub use ranges::{PROBLEMS_FROM, PROBLEMS_OF, ROWS_OF, range_in, ranges_note};
pub use reader::{TableReader, peek};
pub use row::{BatchError, Row, decode, encode};
pub use rows::{
    Block, ChoiceFacts, Confidence, Demand, EvalThink, Finish, ForcedAnswer, Generation, Grade, GridFacts,
    JudgeState, Judgment, MetricValue, OperatingPoint, Problem, Rating, Reply, Rewards, Rollout, Score,
    SearchCost, Solution, SolutionScore, Split, Step, TaskNote, Test, Thought, Tree, TreeNode, Verdict, Vote,
    VoteState,
};
pub use term::{Better, Headline, Term, Unit};
pub use thousands::thousands;
pub use writer::{FAILED, Provenance, TableWriter};
pub use writing::Writing;
