//! The policies of search, one a file. A new one is a new file, a `mod` line and a word in the sorted list.

mod beam;
mod best_first;
mod dvts;

use plugin::{Registry, entry};

use crate::policy::Policy;

/// All policies, by kind.
pub static SEARCHES: Registry<dyn Policy> = Registry::new(
    "search",
    &[entry::<beam::Beam>(), entry::<best_first::BestFirst>(), entry::<dvts::Dvts>()],
);

#[cfg(test)]
mod tests;
