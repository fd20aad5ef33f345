//! Asking a model: the cache first, then the queue, then as many tries as are allowed.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use chat::{Answer, Dialect};
use tokio::time::Instant;

use crate::{
    Backend, Backoff, Call, CallError, CallErrors, ChatReply, ChatRequest, Endpoint, Execution, LlmError,
    ReplyCache, address,
    budget::Reservation,
    cache::{Claim, Flight, Origin},
    failure::Failure,
    go_on::{GoOn, POLL, sleep_while},
    http::Target,
    limit::{Limiter, Permit},
    rate::Rate,
    request::{self, ReplyKey},
    retry, serve,
    server::Http,
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
    /// The address without a slash at its end, or what a server of one's own is known by, as it goes into keys of the cache.
    identity: String,
    /// The address as it may be shown.
    address: String,
    backend: Arc<dyn Backend>,
    execution: Execution,
    backoff: Backoff,
    limiter: Limiter,
    rate: Rate,
    /// The server has answered at least once, whatever it said.
    answered: AtomicBool,
    /// The last request was not in the cache: the next one is claimed first, and then looked for once and not twice.
    missed: AtomicBool,
}

/// Where an endpoint is asked.
struct Place {
    identity: String,
    address: String,
    backend: Arc<dyn Backend>,
}

impl Place {
    fn of(endpoint: &Endpoint, execution: &Execution) -> Result<Self, LlmError> {
        if let Some(serve) = &endpoint.serve {
            return Self::served(endpoint, serve, execution);
        }
        let identity = address::address(endpoint)
            .ok_or_else(|| LlmError::NoAddress { model: endpoint.model.clone() })?;
        let silent = execution.offline || execution.backend.is_some();
        let target = Arc::new(Target::new(endpoint, &identity, silent, &execution.secrets)?);
        let (address, backend) = (target.shown.clone(), Arc::new(Http::new(&target, endpoint)));
        Ok(Self { identity, address, backend })
    }

    fn served(endpoint: &Endpoint, serve: &chat::Serve, execution: &Execution) -> Result<Self, LlmError> {
        let chosen = serve::choose(endpoint, serve)?;
        let (identity, address) = (chosen.identity(), chosen.shown());
        let servers = execution.servers.as_ref().ok_or(serve::ServeError::NotHere)?;
        let slot = servers.slot(chosen);
        let backend = Arc::new(serve::Served::new(servers, slot, endpoint, execution.concurrency));
        Ok(Self { identity, address, backend })
    }
}

impl Client {
    /// A client for the endpoint; reads the key from the environment and sends nothing yet.
    pub fn new(endpoint: &Endpoint, execution: &Execution) -> Result<Self, LlmError> {
        address::check(&endpoint.timeouts)?;
        let place = Place::of(endpoint, execution)?;
        if endpoint.model.is_empty() {
            return Err(LlmError::NoModel { address: place.address });
        }
        request::check_extra(&endpoint.extra_body)?;
        let backoff = address::backoff(endpoint, execution)?;
        let limiter = Limiter::new(execution.concurrency, execution.adaptive);
        let rate = Rate::new(endpoint);
        let continuation = endpoint.continuation.at(&place.address);
        let (endpoint, execution) = (Endpoint { continuation, ..endpoint.clone() }, execution.clone());
        let backend = execution.backend.clone().unwrap_or(place.backend);
        let shared = Shared {
            endpoint,
            identity: place.identity,
            address: place.address,
            backend,
            execution,
            backoff,
            limiter,
            rate,
            answered: AtomicBool::new(false),
            missed: AtomicBool::new(false),
        };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// The model's name at the server.
    pub fn model(&self) -> &str {
        &self.shared.endpoint.model
    }

    /// The server's address as it may be shown.
    pub fn address(&self) -> &str {
        &self.shared.address
    }

    /// The models that the server says it has, as far as it says so; asked once, for diagnosis.
    pub async fn models(&self) -> Result<Vec<String>, CallError> {
        self.shared.backend.models().await
    }

    /// Calls that may be in flight at this moment.
    pub(crate) fn concurrency(&self) -> usize {
        self.shared.limiter.limit()
    }

    /// Asks for one reply: from the cache, or from the server, and then it is durable before it is returned.
    ///
    /// Dropping the future ends the call; what was stored before stays. Two equal requests at the same time
    /// are two calls, but both get the reply that was stored first.
    pub async fn chat(&self, request: &ChatRequest) -> Result<ChatReply, CallError> {
        // Nobody says stop.
        let answer = self.ask(request, &|| true).await;
        answer.unwrap_or_else(|| Err(CallError::Offline { model: self.model().to_owned() }))
    }

    /// The same for as long as `go_on` says so: a question that only waits (for its turn, its rate, its next
    /// try) when it turns false is not asked any more.
    pub(crate) async fn ask(&self, request: &ChatRequest, go_on: GoOn<'_>) -> Answer {
        let answer = self.send_cached(request, go_on).await;
        // What batch files do not hold was never asked.
        if let (Some(Err(error)), true) = (&answer, self.shared.backend.is_remote()) {
            self.shared.call_errors().inspect(|errors| errors.failed(self.model(), error));
        }
        answer
    }

    async fn send_cached(&self, request: &ChatRequest, go_on: GoOn<'_>) -> Answer {
        let shared = &self.shared;
        if let Some(refused) = shared.cannot_continue(request) {
            return Some(Err(refused));
        }
        let question = request::question(&shared.endpoint, request);
        let text = request::canonical_text(&question);
        let key = request::key(&shared.identity, &text, request.sample);
        let bytes = request::body(text, shared.endpoint.stream);
        let model = &shared.endpoint.model;
        let call =
            Call { key: &key, address: &shared.identity, model, body: &question, bytes: &bytes, request };
        if shared.looks_first() {
            match shared.known(&call) {
                Ok(None) => {}
                Ok(Some(known)) => return Some(known),
                Err(error) => return Some(Err(error)),
            }
        }
        if shared.execution.offline && shared.backend.is_remote() {
            return Some(Err(CallError::Offline { model: model.clone() }));
        }
        let claimed = shared.claim(&call, go_on).await?;
        shared.missed.store(matches!(claimed, Claimed::Ours(_)), Ordering::Relaxed);
        let _claim = match claimed {
            Claimed::Ours(claim) => claim,
            Claimed::Known(answer) => return Some(*answer),
        };
        match shared.call(&call, go_on).await? {
            Ok(reply) => {
                let reply = match &request.continues {
                    Some(beginning) => beginning.strip(reply),
                    None => reply,
                };
                Some(shared.keep(key, reply).await)
            }
            Err(error) => Some(Err(shared.note(key, error))),
        }
    }
}

/// Whose a call is.
enum Claimed {
    /// Ours; others wait as long as this lives.
    Ours(Option<Claim>),
    /// It was another process's, and this came of it.
    Known(Box<Result<ChatReply, CallError>>),
}

impl Shared {
    /// What the cache holds: the reply or, where nobody may be asked again, the server's final word.
    fn known(&self, call: &Call<'_>) -> Result<Option<Result<ChatReply, CallError>>, CallError> {
        let Some(cache) = &self.execution.cache else { return Ok(None) };
        if let Some(reply) = cache.get(call.key).map_err(cache_error)? {
            self.backend.cached(call, Ok(&reply));
            return Ok(Some(Ok(ChatReply { cached: true, ..reply })));
        }
        let error =
            if self.execution.offline { cache.final_error(call.key).map_err(cache_error)? } else { None };
        error.iter().for_each(|error| self.backend.cached(call, Err(error)));
        Ok(error.map(Err))
    }

    /// The refusal of a request that goes on with a reply, where nobody can.
    fn cannot_continue(&self, request: &ChatRequest) -> Option<CallError> {
        let never = request.continues.is_some() && self.endpoint.continuation == Dialect::Never;
        never.then(|| CallError::CannotContinue {
            address: self.address.clone(),
            model: self.endpoint.model.clone(),
            message: "it offers no way; where it does, say which under `continuation`".to_owned(),
        })
    }

    /// The cache where calls are claimed: those that somebody would be paid for.
    fn claims(&self) -> Option<&ReplyCache> {
        let paid = self.backend.is_remote() && !self.execution.offline;
        self.execution.cache.as_deref().filter(|_| paid)
    }

    /// A reply that may be there is looked for before its call is claimed, which looks again: in between another process may
    /// have got it. Where none is there, claims come first.
    fn looks_first(&self) -> bool {
        self.claims().is_none() || !self.missed.load(Ordering::Relaxed)
    }

    /// Makes a call ours, or waits until another process that makes it has its reply; `None` if it was time to stop.
    async fn claim(&self, call: &Call<'_>, go_on: GoOn<'_>) -> Option<Claimed> {
        let Some(cache) = self.claims() else { return Some(Claimed::Ours(None)) };
        let begun = Instant::now();
        loop {
            let flight = cache.begin(call.key);
            // It may have ended just now, or while we waited.
            match self.known(call) {
                Ok(None) => {}
                Ok(Some(known)) => return Some(Claimed::Known(Box::new(known))),
                Err(error) => return Some(Claimed::Known(Box::new(Err(error)))),
            }
            if let Flight::Ours(claim) = flight {
                return Some(Claimed::Ours(Some(claim)));
            }
            // Whoever holds a call for longer than one may take is stopped or hangs: better paid twice than never.
            if begun.elapsed().as_secs_f64() > self.endpoint.timeouts.total {
                return Some(Claimed::Ours(None));
            }
            if !sleep_while(POLL, go_on).await {
                return None;
            }
        }
    }

    async fn keep(&self, key: ReplyKey, reply: ChatReply) -> Result<ChatReply, CallError> {
        match &self.execution.cache {
            Some(cache) => cache.put(key, self.origin(), reply).await.map_err(cache_error),
            None => Ok(reply),
        }
    }

    /// Writes a failure of the server down, for `cache stats` to show.
    fn note(&self, key: ReplyKey, error: CallError) -> CallError {
        // Nobody waits for that: what ends the whole stage must be known before others take the place in the queue.
        let Some(cache) = self.execution.cache.as_ref().filter(|_| error.is_of_server()) else {
            return error;
        };
        match cache.put_failure(key, self.origin(), &error) {
            Ok(()) => error,
            Err(error) => cache_error(error),
        }
    }

    fn call_errors(&self) -> Option<&CallErrors> {
        self.execution.call_errors.as_deref()
    }

    fn origin(&self) -> Origin {
        Origin::now(&self.endpoint.model, &self.address)
    }

    /// The place in the queue is kept while waiting for the next try: a server in trouble gets fewer calls.
    async fn call(&self, call: &Call<'_>, go_on: GoOn<'_>) -> Answer {
        if !self.backend.is_remote() {
            return Some(self.backend.send(call).await.map_err(|failure| self.given_up(failure, 0)));
        }
        let mut permit = self.limiter.enter().await;
        if !go_on() {
            return None;
        }
        let money = match self.money().await {
            Ok(money) => money,
            Err(error) => return Some(Err(error)),
        };
        let mut tries = 0;
        loop {
            if let Err(error) = self.backend.prepare(go_on).await? {
                return Some(Err(error));
            }
            let tokens = self.rate.take(call.bytes, &call.request.sampling, go_on).await?;
            let outcome = self.backend.send(call).await;
            if !matches!(outcome, Err(Failure::Unreachable(_))) {
                self.answered.store(true, Ordering::Relaxed);
            }
            let failure = match outcome {
                Ok(reply) => {
                    permit.succeeded(reply.first_token_seconds.unwrap_or(reply.seconds));
                    self.rate.correct(tokens, &reply);
                    money.inspect(|money| money.pay(&reply, call.bytes.len()));
                    return Some(Ok(reply));
                }
                Err(failure) => failure,
            };
            let Some(pause) = self.pause_after(&failure, tries, &mut permit) else {
                return Some(Err(self.given_up(failure, tries)));
            };
            if !sleep_while(pause, go_on).await {
                return None;
            }
            self.call_errors().inspect(|errors| errors.retried(&self.endpoint.model, &failure));
            tries += 1;
        }
    }

    /// Only who has both a budget and a price is held to it.
    async fn money(&self) -> Result<Option<Reservation<'_>>, CallError> {
        let Some(price) = self.endpoint.price.or(self.execution.price) else { return Ok(None) };
        let Some(budget) = &self.execution.budget else { return Ok(None) };
        budget.reserve(price).await.map(Some)
    }

    /// How long to wait before the next try; `None` if there is none.
    fn pause_after(&self, failure: &Failure, tries: u32, permit: &mut Permit<'_>) -> Option<Duration> {
        let pause = self.backoff.wait(tries, retry::chance());
        let retries = self.endpoint.retries;
        match failure {
            Failure::Final(_) => None,
            Failure::Unreachable(_) => {
                let answered = self.answered.load(Ordering::Relaxed);
                let most = if answered { u32::MAX } else { RETRIES_WITHOUT_A_WORD };
                (tries < retries.min(most)).then_some(pause)
            }
            Failure::Passing { wait, too_fast, .. } => {
                if *too_fast {
                    permit.too_fast();
                }
                if tries >= retries || self.asks_too_much(*wait) {
                    return None;
                }
                // A part of our own wait on top, so that those who were told the same do not come at once.
                Some(wait.map_or(pause, |asked| asked + self.backoff.wait(0, retry::chance())))
            }
        }
    }

    fn asks_too_much(&self, wait: Option<Duration>) -> bool {
        wait.is_some_and(|wait| wait > self.backoff.most_asked)
    }

    /// The error of a call that is not tried again.
    fn given_up(&self, failure: Failure, tries: u32) -> CallError {
        match failure {
            Failure::Final(error) => error,
            Failure::Unreachable(message) => {
                CallError::Unreachable { address: self.address.clone(), message }
            }
            Failure::Passing { reason, wait, .. } => {
                let limit = self.backoff.most_asked.as_secs();
                let asked = format!(" (and it asks us to wait more than {limit} s)");
                let last = if self.asks_too_much(wait) { reason + &asked } else { reason };
                CallError::Exhausted { model: self.endpoint.model.clone(), attempts: tries + 1, last }
            }
        }
    }
}

fn cache_error(error: crate::CacheError) -> CallError {
    CallError::Cache { message: error.to_string() }
}
