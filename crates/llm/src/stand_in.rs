//! Answering in a server's place: batch files and forecasts see exactly the requests that a run would send.

use std::fmt::Debug;

use serde_json::{Map, Value};

use crate::{CallError, ChatReply, ChatRequest, Execution, request::ReplyKey};

/// A request as a server would get it, without the keys that only say how to receive the reply.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// The key of its reply in the cache: unique for endpoint, body and sample.
    pub key: &'a ReplyKey,
    /// The server's address.
    pub address: &'a str,
    /// The model's name at the server.
    pub model: &'a str,
    /// The body that would be sent.
    pub body: &'a Map<String, Value>,
    /// The question behind the body.
    pub request: &'a ChatRequest,
}

/// Takes the calls that a server would get. With a stand-in in [`Execution`] nothing goes over the network.
pub trait StandIn: Debug + Send + Sync {
    /// The reply, or why there is none. A reply is kept in the cache as if a server had given it.
    fn answer(&self, call: &Call<'_>) -> Result<ChatReply, CallError>;

    /// The reply cache holds the reply to this one or, offline, the server's last word that there is none.
    fn kept(&self, _call: &Call<'_>, _said: Result<&ChatReply, &CallError>) {}

    /// Calls that were put aside to be asked later, since it was made. A stage that put calls aside publishes
    /// nothing: it ends with [`Aside`].
    fn aside(&self) -> u64 {
        0
    }
}

/// Questions were put aside, so there is no result yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{questions} questions are still to be asked")]
pub struct Aside {
    /// How many.
    pub questions: u64,
}

/// What a stage asks before it publishes: were any of its questions put aside?
#[derive(Clone, Copy, Debug)]
pub struct AsideCheck {
    before: u64,
}

impl AsideCheck {
    /// Starts to watch.
    pub fn new(execution: &Execution) -> Self {
        Self { before: aside(execution) }
    }

    /// An error if questions were put aside since.
    pub fn done(self, execution: &Execution) -> Result<(), Aside> {
        match aside(execution) - self.before {
            0 => Ok(()),
            questions => Err(Aside { questions }),
        }
    }
}

fn aside(execution: &Execution) -> u64 {
    execution.stand_in.as_ref().map_or(0, |stand_in| stand_in.aside())
}
