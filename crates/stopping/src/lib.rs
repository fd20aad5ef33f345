//! When enough samples of a problem were drawn.
//!
//! A rule looks at the answers that came so far, told apart without a look at the known one, and says whether the vote among
//! them is settled. A [`Stopping`] can be asked while samples are drawn, and [replayed](Stopping::replay) over samples that are
//! there. Which rules there are stands in [`STOPPING`]; each is one file in `rules/`.

mod keys;
mod parse;
mod rules;
mod stopping;

pub use parse::parse;
pub use rules::STOPPING;
pub use stopping::{Rule, Stopping};
