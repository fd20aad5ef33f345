//! What a stage is: tables in, tables out, and nobody known but through [`Ask`](chat::Ask).
//!
//! A stage crate holds one [`Stage`], which reads its part of a pipeline file and becomes a [`ConfiguredStage`] stage. That one
//! says what it reads and writes, what its result depends on and whom it asks, and runs over [`Files`]. Three things are
//! the same for every stage and stand here: the [`Walk`] over tables that belong together, the [loop](drive()) that works on
//! rows and asks about them, and the [layout](RunLayout) and [`Manifest`] of a run.
//!
//! Pure: no runtime, no HTTP. Whoever runs a stage brings somebody who asks.

mod about;
mod changes;
mod cost;
mod drive;
mod error;
mod files;
mod guard;
mod layout;
mod manifest;
mod model;
mod progress;
mod stage;
mod walk;

pub use about::{About, AboutModel, Replies};
pub use changes::{Change, changes};
pub use cost::{CACHED_PROMPT_TOKENS, COMPLETION_TOKENS, Cost, PROMPT_TOKENS, USAGE_UNKNOWN};
pub use drive::{DialogueEnd, RowWork, drive};
pub use error::StageError;
pub use files::{FileError, write_atomically, write_soon};
pub use guard::{beside, guarded};
pub use layout::{FileNames, Files, RunLayout, Table, table};
pub use manifest::{Entry, Manifest};
pub use model::{Model, ModelFacts, ModelTable};
pub use progress::{Interrupted, Observer, Silent, Summary, Tick};
pub use stage::{ConfiguredStage, Document, Run, Stage, Target};
pub use walk::{Followers, Walk, Walked, chunk};
