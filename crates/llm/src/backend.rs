//! The seam under the client: who answers a request. Cache, budget, rate and retry are wrapped around it.

use std::fmt::Debug;

use futures::{FutureExt, future::BoxFuture};
use serde_json::{Map, Value};

use crate::{CallError, ChatReply, ChatRequest, failure::Failure, go_on::GoOn, request::ReplyKey};

/// A request as a backend gets it.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// The key of its reply in the cache: unique for endpoint, body and sample.
    pub key: &'a ReplyKey,
    /// The server's address.
    pub address: &'a str,
    /// The model's name at the server.
    pub model: &'a str,
    /// The body, without the keys that only say how to receive the reply.
    pub body: &'a Map<String, Value>,
    /// The body as a server gets it.
    pub bytes: &'a [u8],
    /// The question behind the body.
    pub request: &'a ChatRequest,
}

/// Answers requests: a server over HTTP, batch files, a forecast that only counts. With a backend of its own in
/// [`Execution`](crate::Execution) nothing goes over the network.
pub trait Backend: Debug + Send + Sync {
    /// One try at a reply. A reply is kept in the cache, whoever gave it.
    fn send<'a>(&'a self, call: &'a Call<'a>) -> BoxFuture<'a, Result<ChatReply, Failure>>;

    /// Gets ready to be asked, which may take long: a server of one's own is started. `None` if it was time to stop.
    fn prepare<'a>(&'a self, _go_on: GoOn<'a>) -> BoxFuture<'a, Option<Result<(), CallError>>> {
        futures::future::ready(Some(Ok(()))).boxed()
    }

    /// The models that the server says it has; what stands in for a server has none.
    fn models(&self) -> BoxFuture<'_, Result<Vec<String>, CallError>> {
        futures::future::ready(Ok(Vec::new())).boxed()
    }

    /// Its replies take a server's time and somebody's money, so that it waits its turn, is tried again, and may not be
    /// asked offline.
    fn is_remote(&self) -> bool {
        false
    }

    /// The reply cache holds the reply to this one or, offline, the server's final word that there is none.
    fn cached(&self, _call: &Call<'_>, _said: Result<&ChatReply, &CallError>) {}

    /// Calls that were written down to be made later, since it was made. A stage that deferred calls publishes nothing.
    fn deferred(&self) -> u64 {
        0
    }
}
