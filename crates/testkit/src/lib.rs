//! A scripted OpenAI-compatible server, a scripted model hub and fixtures, for tests of every crate.
//!
//! Both servers run in a thread of their own, so plain and asynchronous tests use them alike, and both speak
//! HTTP over bare sockets: a test that wants a connection torn down in the middle of a character needs that.
//! The binary `scripted-server` is the same server as a process.

mod book;
mod chain;
mod chances;
mod doubter;
mod fault;
pub mod fixtures;
mod going_on;
mod http;
mod hub;
mod relay;
mod replies;
mod said;
mod script;
mod server;
mod solver;
mod wire;

pub use book::Logged;
pub use chain::{Chain, LEAST_WORDS, chain_states};
pub use doubter::Doubter;
pub use fault::{Fault, Faults};
pub use going_on::Dialect;
pub use hub::{HubScript, ScriptedHub};
pub use relay::Relay;
pub use replies::Replies;
pub use said::{Asked, Said};
pub use script::{Behaviour, Raw, Script, Stragglers, Thinking, UsageStyle};
pub use server::ScriptedServer;
pub use solver::{by_strategy, doubtful, judge, solve};
