//! The stage `grade`: what a reply answers in the end, and whether that is right. Nobody decides it anywhere else.
//!
//! A [`Grader`] gives each reply its verdict. Which samples of a problem give the same answer is numbered afterwards,
//! without a look at the right one ([`number`]): that is what votes among samples go by.

mod classes;
mod engine;
mod grader;
mod graders;
mod stage;

pub use classes::number;
pub use engine::{by_engine, grade_rows};
pub use grader::{Grader, Item, at_once};
pub use graders::{BY_MODEL, GRADERS};
pub use stage::{GradeStage, Grading, configured};
