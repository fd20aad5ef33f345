//! The only crate that speaks HTTP to models: chat client, retry, rate, reply cache.
//!
//! [`Client::chat`] looks into the [`ReplyCache`] first, then keeps at most [`Execution::concurrency`] calls
//! in flight and retries what may pass, a bounded number of times. What it hands back is a whole reply or a
//! named failure, never a reply that was cut on its way without anybody noticing.

mod address;
mod attempt;
mod backend;
mod backoff;
mod batch;
mod budget;
mod cache;
mod call_errors;
mod client;
mod continuing;
pub mod env;
mod error;
mod execution;
mod failure;
mod gather;
mod go_on;
mod health;
mod http;
mod limit;
mod perform;
mod piece;
mod rate;
mod request;
mod retry;
mod scoring;
pub mod serve;
mod server;
mod session;
mod sse;
mod template;
#[cfg(test)]
mod tests;
mod told_chances;

pub use address::{address, shown_address};
pub use backend::{Backend, Call};
pub use backoff::Backoff;
pub use batch::{Batch, BatchError, BatchReport, Named, Written};
pub use budget::Budget;
pub use cache::{
    CacheError, CacheFilter, CacheStats, Exported, FailureStats, Imported, ModelStats, ReplyCache, ShareError,
};
pub use call_errors::{CallErrors, ErrorCount, Outcome};
pub use chat::{
    BackoffSeconds, CallError, ChatReply, ChatRequest, Dialect, Dialogue, Endpoint, Message, Next, Price,
    Question, Replies, Role, Sampling, Timeouts, Trial, Tried, execution_keys,
};
pub use client::Client;
pub use error::LlmError;
pub use execution::Execution;
pub use failure::Failure;
pub use perform::perform;
pub use session::Session;
