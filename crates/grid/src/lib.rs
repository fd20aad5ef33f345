//! Grids of coloured cells, as puzzles of the ARC-AGI kind have them: from 1×1 to 30×30, ten colours.
//!
//! [`read()`] finds the one that a reply ends in, in whatever shape it is written, and says why there is none; nothing is ever
//! repaired. [`Grid::cells_right`] compares two, [`svg()`] draws one.

mod colours;
mod grid;
mod list;
mod read;
mod rows;
mod svg;

pub use grid::{Fault, Grid};
pub use read::{Found, in_thinking, read};
pub use svg::svg;
