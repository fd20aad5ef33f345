//! Charts: one model's six measures over the levels, several models side by side, where the answer first stands, what a
//! budget would have left, length against correctness, and solutions.
//!
//! Each is a function from a [`Report`](crate::Report) to a [`Chart`]: drawn panels with their figures in words and as a table, or one
//! sentence why there is none.

mod curves;
mod figure;
mod frontier;
mod levels;
mod palette;
mod panel;
mod positions;
mod scale;
mod sketch;
mod solutions;

pub use curves::budget;
pub(crate) use curves::tokens_and_correctness;
pub use figure::{Chart, Drawing, Figure};
pub use frontier::frontier;
pub use levels::{of_model, side_by_side};
pub use palette::stylesheet;
pub use positions::positions;
pub(crate) use solutions::solutions;
