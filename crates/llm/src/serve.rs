//! Servers of the user's own that the program starts, watches and ends: no engine lives in the program itself.
//!
//! Nothing is started before the first question that the reply cache cannot answer. What is asked of whom never depends on
//! the port: replies are kept under engine, model and arguments.

/// The word after which a program that starts servers watches over a command.
pub const GUARD: &str = "__guard";

mod backend;
mod chosen;
mod engine;
mod engines;
mod error;
pub mod guard;
mod process;
mod servers;

pub(crate) use backend::Served;
pub use chosen::installed;
pub(crate) use chosen::{Chosen, choose};
pub use error::ServeError;
pub use servers::Servers;
