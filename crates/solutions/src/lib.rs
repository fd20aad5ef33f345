//! Rounds of solution in a thinking, and how much of it they took (Chen and others, arXiv 2412.21187).
//!
//! [`rounds()`] tells where each round ends and what it took, [`measure`] gives the two efficiencies of one text, and
//! [`Sought`] says whether a set of texts has a process efficiency at all. Whoever prints ξ_O or ξ_P asks here, so the
//! same traces have the same figures everywhere.

mod efficiency;
mod rounds;
mod sought;

pub use efficiency::{Measures, measure, opens};
pub use rounds::{Round, RoundError, rounds};
pub use sought::Sought;
