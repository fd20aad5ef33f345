//! Asking a model: the cache first, then the queue, then as many tries as are allowed.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::{
    task::JoinHandle,
    time::{Instant, sleep},
};

use crate::{
    Asked, Backoff, Call, CallError, ChatReply, ChatRequest, Endpoint, Execution, LlmError, Sampling,
    Troubles, address,
    attempt::{self, attempt},
    budget::Reservation,
    cache::Origin,
    failure::Failure,
    http::Target,
    limit::{Limiter, Permit},
    rate::Rate,
    request::{self, ReplyKey},
    retry,
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
    backoff: Backoff,
    limiter: Limiter,
    rate: Rate,
    /// The server has answered at least once, whatever it said.
    answered: AtomicBool,
}

impl Client {
    /// A client for the endpoint; reads the key from the environment and sends nothing yet.
    pub fn new(endpoint: &Endpoint, execution: &Execution) -> Result<Self, LlmError> {
        let address = address::address(endpoint)
            .ok_or_else(|| LlmError::NoAddress { model: endpoint.model.clone() })?;
        address::check(&endpoint.timeouts)?;
        let silent = execution.offline || execution.stand_in.is_some();
        let target = Target::new(endpoint, &address, silent)?;
        if endpoint.model.is_empty() {
            return Err(LlmError::NoModel { address: target.shown });
        }
        request::check_extra(&endpoint.extra_body)?;
        let backoff = address::backoff(endpoint, execution)?;
        let limiter = Limiter::new(execution.concurrency, execution.adaptive);
        let rate = Rate::new(endpoint);
        let (endpoint, execution) = (endpoint.clone(), execution.clone());
        let answered = AtomicBool::new(false);
        let shared = Shared { endpoint, address, target, execution, backoff, limiter, rate, answered };
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

    /// Calls that may be in flight at this moment.
    pub(crate) fn concurrency(&self) -> usize {
        self.shared.limiter.limit()
    }

    /// Asks for one reply: from the cache, or from the server, and then it is durable before it is returned.
    ///
    /// Dropping the future ends the call; what was stored before stays. Two equal requests at the same time
    /// are two calls, but both get the reply that was stored first.
    pub async fn chat(&self, request: &ChatRequest) -> Result<ChatReply, CallError> {
        match self.ask(request, &|| true).await {
            Asked::Answered(answer) => answer,
            // Nobody said stop.
            Asked::Stopped => Err(CallError::Offline { model: self.model().to_owned() }),
        }
    }

    /// The same for as long as `go_on` says so: a question that only waits (for its turn, its rate, its next
    /// try) when it turns false is not asked any more.
    pub(crate) async fn ask(&self, request: &ChatRequest, go_on: GoOn<'_>) -> Asked {
        let asked = self.asked(request, go_on).await;
        // What a stand-in does not know was never asked.
        if let (Asked::Answered(Err(error)), None) = (&asked, &self.shared.execution.stand_in) {
            self.shared.troubles().inspect(|troubles| troubles.failed(self.model(), error));
        }
        asked
    }

    async fn asked(&self, request: &ChatRequest, go_on: GoOn<'_>) -> Asked {
        let shared = &self.shared;
        let question = request::question(&shared.endpoint, request);
        let text = request::canonical_text(&question);
        let key = request::key(&shared.address, &text, request.sample);
        let stand_in = shared.execution.stand_in.as_deref();
        let model = &shared.endpoint.model;
        let call = Call { key: &key, address: &shared.address, model, body: &question, request };
        match shared.kept(&key) {
            Ok(None) => {}
            Ok(Some(kept)) => {
                stand_in.inspect(|stand_in| stand_in.kept(&call, Ok(&kept)));
                return Asked::Answered(Ok(ChatReply { cached: true, ..kept }));
            }
            Err(error) => return Asked::Answered(Err(error)),
        }
        match shared.last_word(&key) {
            Ok(None) => {}
            Ok(Some(error)) => {
                stand_in.inspect(|stand_in| stand_in.kept(&call, Err(&error)));
                return Asked::Answered(Err(error));
            }
            Err(error) => return Asked::Answered(Err(error)),
        }
        if let Some(stand_in) = stand_in {
            return Asked::Answered(match stand_in.answer(&call) {
                Ok(reply) => shared.keep(key, reply).await,
                Err(error) => Err(shared.note(key, error)),
            });
        }
        if shared.execution.offline {
            return Asked::Answered(Err(CallError::Offline { model: shared.endpoint.model.clone() }));
        }
        let body = request::body(text, shared.endpoint.stream);
        match shared.call(body, &request.sampling, go_on).await {
            Outcome::Stopped => Asked::Stopped,
            Outcome::Replied(reply) => Asked::Answered(shared.keep(key, reply).await),
            Outcome::Failed(error) => Asked::Answered(Err(shared.note(key, error))),
        }
    }
}

/// A task that nobody needs any more is ended.
struct EndedWhenDropped<T>(JoinHandle<T>);

impl<T> Drop for EndedWhenDropped<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Whether what waits should go on waiting.
type GoOn<'a> = &'a (dyn Fn() -> bool + Sync);

/// What came of all the tries of one call.
enum Outcome {
    Replied(ChatReply),
    Failed(CallError),
    Stopped,
}

/// How long a sleep goes on before it looks whether to stop.
const NAP: Duration = Duration::from_millis(200);

/// False if it was time to stop before the end.
async fn sleep_while(pause: Duration, go_on: GoOn<'_>) -> bool {
    let end = Instant::now() + pause;
    while go_on() {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return true;
        }
        sleep(left.min(NAP)).await;
    }
    false
}

impl Shared {
    fn kept(&self, key: &ReplyKey) -> Result<Option<ChatReply>, CallError> {
        let Some(cache) = &self.execution.cache else { return Ok(None) };
        cache.get(key).map_err(broken)
    }

    /// What the server said for good, where it may not be asked again.
    fn last_word(&self, key: &ReplyKey) -> Result<Option<CallError>, CallError> {
        match &self.execution.cache {
            Some(cache) if self.execution.offline => cache.last_word(key).map_err(broken),
            _ => Ok(None),
        }
    }

    async fn keep(&self, key: ReplyKey, reply: ChatReply) -> Result<ChatReply, CallError> {
        match &self.execution.cache {
            Some(cache) => cache.put(key, self.origin(), reply).await.map_err(broken),
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
            Err(error) => broken(error),
        }
    }

    fn troubles(&self) -> Option<&Troubles> {
        self.execution.troubles.as_deref()
    }

    fn origin(&self) -> Origin {
        Origin::now(&self.endpoint.model, &self.target.shown)
    }

    /// The place in the queue is kept while waiting for the next try: a server in trouble gets fewer calls.
    async fn call(self: &Arc<Self>, body: Vec<u8>, sampling: &Sampling, go_on: GoOn<'_>) -> Outcome {
        let mut permit = self.limiter.enter().await;
        if !go_on() {
            return Outcome::Stopped;
        }
        let money = match self.money().await {
            Ok(money) => money,
            Err(error) => return Outcome::Failed(error),
        };
        let mut tries = 0;
        loop {
            let Some(tokens) = self.rate.take(&body, sampling, go_on).await else { return Outcome::Stopped };
            let outcome = self.attempt(body.clone()).await;
            if !matches!(outcome, Err(Failure::Unreachable(_))) {
                self.answered.store(true, Ordering::Relaxed);
            }
            let failure = match outcome {
                Ok(reply) => {
                    permit.succeeded(reply.first_token_seconds.unwrap_or(reply.seconds));
                    self.rate.correct(tokens, &reply);
                    money.inspect(|money| money.pay(&reply, body.len()));
                    return Outcome::Replied(reply);
                }
                Err(failure) => failure,
            };
            let kept = failure.clone();
            match self.pause_behind(failure, tries, &mut permit) {
                Err(error) => return Outcome::Failed(error),
                Ok(pause) if sleep_while(pause, go_on).await => {
                    self.troubles().inspect(|troubles| troubles.retried(&self.endpoint.model, &kept));
                    tries += 1;
                }
                Ok(_) => return Outcome::Stopped,
            }
        }
    }

    /// One try, as a task of its own: it and its connection wake each other without crossing threads, and calls
    /// are read on all cores whoever waits for them. Whoever stops waiting ends the try.
    async fn attempt(self: &Arc<Self>, body: Vec<u8>) -> Result<ChatReply, Failure> {
        let shared = Arc::clone(self);
        let task = tokio::spawn(async move { attempt(&shared.target, &shared.endpoint, body).await });
        let mut task = EndedWhenDropped(task);
        match (&mut task.0).await {
            Ok(outcome) => outcome,
            Err(error) => Err(Failure::passing(format!("the task of the call broke off: {error}"))),
        }
    }

    /// Only who has both a budget and a price is held to it.
    async fn money(&self) -> Result<Option<Reservation<'_>>, CallError> {
        let Some(price) = self.endpoint.price.or(self.execution.price) else { return Ok(None) };
        let Some(budget) = &self.execution.budget else { return Ok(None) };
        budget.reserve(price).await.map(Some)
    }

    /// How long to wait before the next try, or why there is none.
    fn pause_behind(
        &self,
        failure: Failure,
        tries: u32,
        permit: &mut Permit<'_>,
    ) -> Result<Duration, CallError> {
        let pause = self.backoff.wait(tries, retry::chance());
        match failure {
            Failure::Final(error) => Err(error),
            Failure::Unreachable(message) => {
                let answered = self.answered.load(Ordering::Relaxed);
                let most = if answered { u32::MAX } else { RETRIES_WITHOUT_A_WORD };
                if tries >= self.endpoint.retries.min(most) {
                    return Err(CallError::Unreachable { address: self.target.shown.clone(), message });
                }
                Ok(pause)
            }
            Failure::Passing { reason, wait, too_fast } => {
                if too_fast {
                    permit.too_fast();
                }
                let too_long = wait.is_some_and(|wait| wait > self.backoff.most_asked);
                if tries >= self.endpoint.retries || too_long {
                    return Err(self.exhausted(tries, reason, too_long));
                }
                // A part of our own wait on top, so that those who were told the same do not come at once.
                Ok(wait.map_or(pause, |asked| asked + self.backoff.wait(0, retry::chance())))
            }
        }
    }

    fn exhausted(&self, tries: u32, reason: String, too_long: bool) -> CallError {
        let limit = self.backoff.most_asked.as_secs();
        let asked = format!(" (and it asks us to wait more than {limit} s)");
        let last = if too_long { reason + &asked } else { reason };
        CallError::Exhausted { model: self.endpoint.model.clone(), attempts: tries + 1, last }
    }
}

fn broken(error: crate::CacheError) -> CallError {
    CallError::Cache { message: error.to_string() }
}
