//! The selectors, one a file.

mod column;
mod shortest;
mod stated;
mod verifier;

use plugin::{Registry, entry};

use crate::selector::Selector;

/// Every selector, sorted by kind.
pub static SELECTORS: Registry<dyn Selector> = Registry::new(
    "selector",
    &[
        entry::<column::Column>(),
        entry::<shortest::Shortest>(),
        entry::<stated::Stated>(),
        entry::<verifier::Verifier>(),
    ],
);
