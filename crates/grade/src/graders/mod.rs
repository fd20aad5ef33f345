//! The graders, one a file. A new one is a new file, a `mod` line and a word in the sorted list.

mod answer;
mod code;
/// The example of the manual, which has to work.
#[cfg(test)]
#[path = "../../../../docs/src/ends_in.rs"]
mod ends_in;
mod grid;
mod llm;
mod recorded;

use plugin::{Component, Registry, entry};

use crate::Grader;

/// The grader that asks a model whether two answers are the same.
pub const BY_MODEL: &str = llm::Llm::KIND;

/// All graders, by kind.
pub static GRADERS: Registry<dyn Grader> = Registry::new(
    "grader",
    &[
        entry::<answer::Answer>(),
        entry::<code::Code>(),
        entry::<grid::Grid>(),
        entry::<llm::Llm>(),
        entry::<recorded::Recorded>(),
    ],
)
.usually(answer::Answer::KIND);
