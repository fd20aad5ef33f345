//! The judges, one a file. A new one is a new file, a `mod` line and a word in the sorted list.

mod cascade;
mod llm;
mod panel;
mod recorded;
mod rule;

use plugin::{Registry, entry};

use crate::Judge;

/// All judges, by kind.
pub static JUDGES: Registry<dyn Judge> = Registry::new(
    "judge",
    &[
        entry::<cascade::Cascade>(),
        entry::<llm::Llm>(),
        entry::<panel::Panel>(),
        entry::<recorded::Recorded>(),
        entry::<rule::Rule>(),
    ],
);
