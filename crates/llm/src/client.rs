//! Asking a model: the cache first, then the queue, then as many tries as are allowed.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::time::sleep;

use crate::{
    CallError, ChatReply, ChatRequest, Endpoint, Execution, LlmError, address,
    attempt::{self, attempt},
    failure::Failure,
    http::Target,
    limit::{Limiter, Permit},
    request, retry,
};

/// How often a server that never answered is tried again: a typing error should not take a minute.
const RETRIES_WITHOUT_A_WORD: u32 = 2;

/// A client of one model at one server. Cheap to clone; all clones share one queue.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
}

impl fmt::Debug for Client {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Client").field("address", &self.address()).field("model", &self.model()).finish()
    }
}

struct Shared {
    endpoint: Endpoint,
    /// The address without a slash at its end, as it goes into keys of the cache.
    address: String,
    target: Target,
    execution: Execution,
    limiter: Limiter,
    /// The server has answered at least once, whatever it said.
    answered: AtomicBool,
}

impl Client {
    /// A client for the endpoint; reads the key from the environment and sends nothing yet.
    pub fn new(endpoint: &Endpoint, execution: &Execution) -> Result<Self, LlmError> {
        let address = address::address(endpoint)
            .ok_or_else(|| LlmError::NoAddress { model: endpoint.model.clone() })?;
        address::check(&endpoint.timeouts)?;
        let target = Target::new(endpoint, &address, execution.offline)?;
        if endpoint.model.is_empty() {
            return Err(LlmError::NoModel { address: target.shown });
        }
        request::check_extra(&endpoint.extra_body)?;
        let limiter = Limiter::new(execution.concurrency, execution.adaptive);
        let (endpoint, execution) = (endpoint.clone(), execution.clone());
        let answered = AtomicBool::new(false);
        let shared = Shared { endpoint, address, target, execution, limiter, answered };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// The model's name at the server.
    pub fn model(&self) -> &str {
        &self.shared.endpoint.model
    }

    /// The server's address as it may be shown.
    pub fn address(&self) -> &str {
        &self.shared.target.shown
    }

    /// The models that the server says it has, as far as it says so; asked once, for diagnosis.
    pub async fn models(&self) -> Result<Vec<String>, CallError> {
        attempt::models(&self.shared.target, &self.shared.endpoint).await
    }

    /// Asks for one reply: from the cache, or from the server, and then it is durable before it is returned.
    ///
    /// Dropping the future ends the call; what was stored before stays. Two equal requests at the same time
    /// are two calls, but both get the reply that was stored first.
    pub async fn chat(&self, request: &ChatRequest) -> Result<ChatReply, CallError> {
        let shared = &self.shared;
        let question = request::question(&shared.endpoint, request);
        let key = request::key(&shared.address, &question, request.sample);
        let cache = shared.execution.cache.as_ref();
        let broken = |error: crate::CacheError| CallError::Cache { message: error.to_string() };
        if let Some(kept) = cache.map(|cache| cache.get(&key)).transpose().map_err(broken)?.flatten() {
            return Ok(ChatReply { cached: true, ..kept });
        }
        if shared.execution.offline {
            return Err(CallError::Offline { model: shared.endpoint.model.clone() });
        }
        let body = request::body(&question, shared.endpoint.stream);
        let reply = shared.call(body).await?;
        match cache {
            Some(cache) => cache.put(key, &shared.endpoint.model, reply).await.map_err(broken),
            None => Ok(reply),
        }
    }
}

impl Shared {
    /// The place in the queue is kept while waiting for the next try: a server in trouble gets fewer calls.
    async fn call(&self, body: Vec<u8>) -> Result<ChatReply, CallError> {
        let mut permit = self.limiter.enter().await;
        let mut tries = 0;
        loop {
            let outcome = attempt(&self.target, &self.endpoint, body.clone()).await;
            if !matches!(outcome, Err(Failure::Unreachable(_))) {
                self.answered.store(true, Ordering::Relaxed);
            }
            match outcome {
                Ok(reply) => {
                    permit.succeeded(reply.first_token_seconds.unwrap_or(reply.seconds));
                    return Ok(reply);
                }
                Err(failure) => self.wait_or_give_up(failure, tries, &mut permit).await?,
            }
            tries += 1;
        }
    }

    /// Returns after the wait if another try is due.
    async fn wait_or_give_up(
        &self,
        failure: Failure,
        tries: u32,
        permit: &mut Permit<'_>,
    ) -> Result<(), CallError> {
        let backoff = &self.execution.backoff;
        let mut pause = backoff.wait(tries, retry::chance());
        match failure {
            Failure::Final(error) => return Err(error),
            Failure::Unreachable(message) => {
                let answered = self.answered.load(Ordering::Relaxed);
                let most = if answered { u32::MAX } else { RETRIES_WITHOUT_A_WORD };
                if tries >= self.endpoint.retries.min(most) {
                    return Err(CallError::Unreachable { address: self.target.shown.clone(), message });
                }
            }
            Failure::Passing { reason, wait, too_fast } => {
                if too_fast {
                    permit.too_fast();
                }
                let too_long = wait.is_some_and(|wait| wait > backoff.most_asked);
                if tries >= self.endpoint.retries || too_long {
                    return Err(self.exhausted(tries, reason, too_long));
                }
                // A part of our own wait on top, so that those who were told the same do not come at once.
                pause = wait.map_or(pause, |asked| asked + backoff.wait(0, retry::chance()));
            }
        }
        sleep(pause).await;
        Ok(())
    }

    fn exhausted(&self, tries: u32, reason: String, too_long: bool) -> CallError {
        let limit = self.execution.backoff.most_asked.as_secs();
        let asked = format!(" (and it asks us to wait more than {limit} s)");
        let last = if too_long { reason + &asked } else { reason };
        CallError::Exhausted { model: self.endpoint.model.clone(), attempts: tries + 1, last }
    }
}
