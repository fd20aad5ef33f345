//! Files from the Hugging Face hub, and the cache that its tools share.
//!
//! A file that the cache holds is taken from there, so that a run costs the network nothing twice; the cache is
//! the one that the hub's other tools use. Which commit a revision stood for is part of the cached path
//! ([`commit_of`]). Keys come from the environment alone and stand in no message.

mod client;
mod error;
mod fetch;
mod file;
mod name;
#[cfg(test)]
#[path = "tests.rs"]
mod scripted;
mod settings;
mod store;

pub use error::HubError;
pub use fetch::{cached, commit_of, fetch, tokenizer};
pub use file::{HubFile, RepoKind};
pub use name::looks_like_repo;
pub use settings::HubSettings;
