//! What a scripted server was asked so far.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Fault;

/// One request that a scripted server got.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Logged {
    /// How many requests came before.
    pub number: usize,
    /// Which path was asked for.
    pub path: String,
    /// The model that was asked; empty for other paths than chat completions.
    pub model: String,
    /// The last message of the user.
    pub prompt: String,
    /// Whether a stream was asked for.
    pub stream: bool,
    /// Whether a key came along.
    pub keyed: bool,
    /// What went wrong.
    pub fault: Option<Fault>,
    /// Requests in flight when this one came, itself included.
    pub in_flight: usize,
}

#[derive(Default)]
pub(crate) struct Book {
    pub(crate) requests: Vec<Logged>,
    /// How often each body came, by its hash.
    pub(crate) bodies: HashMap<u64, usize>,
    pub(crate) in_flight: usize,
    /// Tokens of prompts and of replies, as they were told.
    pub(crate) tokens: (u64, u64),
}

impl Book {
    /// Adds what a reply is said to have taken.
    pub(crate) fn count(&mut self, usage: Option<&Value>) {
        let of = |key: &str| usage.and_then(|usage| usage.get(key)?.as_u64()).unwrap_or(0);
        self.tokens.0 += of("prompt_tokens");
        self.tokens.1 += of("completion_tokens");
    }
}
