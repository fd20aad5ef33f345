//! The only crate that speaks HTTP to models: chat client, retry, rate, reply cache.
//!
//! [`Client::chat`] looks into the [`ReplyCache`] first, then keeps at most [`Execution::concurrency`] calls
//! in flight and retries what may pass, a bounded number of times. What it hands back is a whole reply or a
//! named failure, never a reply that was cut on its way without anybody noticing.

mod address;
mod asking;
mod attempt;
mod batch;
mod bill;
mod budget;
mod cache;
mod client;
mod desk;
pub mod env;
mod error;
mod execution;
mod failure;
mod gather;
mod http;
mod limit;
mod piece;
mod rate;
mod request;
mod retry;
mod sse;
mod stand_in;
mod template;
#[cfg(test)]
mod tests;
mod troubles;
mod waiting;

pub use address::{address, shown_address};
pub use asking::Asked;
pub use batch::{Batch, BatchError, BatchReport, Named, Written};
pub use bill::{Bill, TokenSum};
pub use budget::Budget;
pub use cache::{
    CacheError, CacheFilter, CacheStats, Exported, FailureStats, Imported, ModelStats, ReplyCache, ShareError,
};
pub use chat::{
    BackoffSeconds, CallError, ChatReply, ChatRequest, Dialogue, Endpoint, Message, Next, Price, Question,
    Replies, Role, Sampling, Timeouts, execution_keys,
};
pub use client::Client;
pub use desk::{Desk, MOST_ROUNDS, Stopped, Talk};
pub use error::LlmError;
pub use execution::{Backoff, Execution};
pub use stand_in::{Aside, AsideCheck, Call, StandIn};
pub use troubles::{End, Trouble, Troubles};
