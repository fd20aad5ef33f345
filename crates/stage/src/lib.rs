//! What a stage is, and what it and whoever runs it tell each other.

mod progress;

pub use progress::{Interrupted, Observer, Silent, Summary, Tick};
