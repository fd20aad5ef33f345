//! One try of one call: send, receive, and never take a part for the whole.

use std::future::Future;
use std::time::{Duration, Instant, SystemTime};

use chat::{Continuation, Shape};
use futures::{FutureExt, Stream, StreamExt};
use reqwest::{
    Response, Url,
    header::{CONTENT_TYPE, LOCATION},
};
use serde_json::{Map, Value};
use tokio::{task::yield_now, time::timeout};

use crate::{
    CallError, ChatReply, Endpoint, Timeouts, continuing,
    failure::{Failure, classify, for_all, shorten, status_of, words_of, words_of_value},
    gather::Gathered,
    http::{Target, causes},
    request,
    retry::asked_to_wait,
    scoring,
    sse::{Event, EventReader},
};

/// How long to wait for what may follow a reply that is whole: the usage, `[DONE]`, the end of the body.
const DRAIN: Duration = Duration::from_secs(5);

/// How long the next call waits for this one's connection.
const REUSE_WAIT: Duration = Duration::from_millis(5);

/// A list of models is short.
const PATIENCE_FOR_A_LIST: Duration = Duration::from_secs(30);

/// Bytes of a body that reports an error; a few hundred characters of it are shown.
const MOST_OF_ERROR: usize = 64 << 10;

/// Bytes of a list of models.
const MOST_OF_LIST: usize = 16 << 20;

/// One try within the endpoint's time-outs.
pub(crate) async fn attempt(
    target: &Target,
    endpoint: &Endpoint,
    body: Vec<u8>,
) -> Result<ChatReply, Failure> {
    let call = Attempt { target, endpoint, start: Instant::now() };
    call.in_time(call.run(&target.url, body)).await
}

/// The same for a question that goes on with a reply at `/completions`: the server renders the conversation first.
pub(crate) async fn complete(
    target: &Target,
    endpoint: &Endpoint,
    question: &Map<String, Value>,
    beginning: &Continuation,
) -> Result<ChatReply, Failure> {
    let call = Attempt { target, endpoint, start: Instant::now() };
    let completed = async {
        let prompt = continuing::prompt(&call.rendered(question).await?, beginning);
        let text = request::canonical_text(&continuing::completion(question, prompt));
        call.run(&target.completions, request::body(text, endpoint.stream)).await
    };
    call.in_time(completed).await
}

/// The numbers of a reward model for a question for scores.
pub(crate) async fn scores(
    target: &Target,
    endpoint: &Endpoint,
    question: &Map<String, Value>,
    shape: Shape,
) -> Result<ChatReply, Failure> {
    let call = Attempt { target, endpoint, start: Instant::now() };
    let body = request::canonical_text(&scoring::body(question));
    call.in_time(call.scored(body, shape)).await
}

/// The names in the server's list of models; one try.
pub(crate) async fn models(target: &Target, endpoint: &Endpoint) -> Result<Vec<String>, CallError> {
    let call = Attempt { target, endpoint, start: Instant::now() };
    let list = timeout(PATIENCE_FOR_A_LIST, call.list())
        .await
        .unwrap_or_else(|_| Err(call.passing("no list of models")));
    list.map_err(|failure| match failure {
        Failure::Final(error) => error,
        Failure::Unreachable(message) => CallError::Unreachable { address: target.shown.clone(), message },
        Failure::Passing { reason, .. } => {
            CallError::Exhausted { model: endpoint.model.clone(), attempts: 1, last: reason }
        }
    })
}

/// Whether the server answers a path of its own with success.
pub(crate) async fn answers(target: &Target, path: &str) -> bool {
    let mut url = target.url.clone();
    url.set_path(path);
    let asked = timeout(PATIENCE_FOR_A_LIST, target.http.get(url).send()).await;
    asked.is_ok_and(|response| response.is_ok_and(|response| response.status().is_success()))
}

struct Attempt<'a> {
    target: &'a Target,
    endpoint: &'a Endpoint,
    start: Instant,
}

/// Where llama.cpp renders a conversation as its prompt.
const RENDERS: &str = "/apply-template";

impl Attempt<'_> {
    /// A reply within the time that the endpoint gives it.
    async fn in_time(
        &self,
        reply: impl Future<Output = Result<ChatReply, Failure>>,
    ) -> Result<ChatReply, Failure> {
        let total = Duration::from_secs_f64(self.endpoint.timeouts.total);
        timeout(total, reply).await.unwrap_or_else(|_| {
            let seconds = total.as_secs_f64().ceil() as u64;
            Err(Failure::Final(CallError::TooSlow { model: self.endpoint.model.clone(), seconds }))
        })
    }

    /// The conversation of a question as the server's template has it.
    async fn rendered(&self, question: &Map<String, Value>) -> Result<String, Failure> {
        let mut url = self.target.url.clone();
        url.set_path(RENDERS);
        let asks = |key: &&str| question.contains_key(*key);
        let keys = ["messages", "chat_template_kwargs"].into_iter().filter(asks);
        let body: Map<String, Value> = keys.map(|key| (key.to_owned(), question[key].clone())).collect();
        let request = self.target.http.post(url).header(CONTENT_TYPE, "application/json");
        let sent = request.body(request::canonical_text(&body)).send();
        let response = sent.await.map_err(|error| self.transport(error))?;
        match response.status().as_u16() {
            404 | 405 => return Err(Failure::Final(self.renders_nothing())),
            status if status >= 300 => return Err(self.refusal(response).await),
            _ => {}
        }
        let (bytes, _) = body_of(response, self.most()).await;
        let said: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        let prompt = said.get("prompt").and_then(Value::as_str).map(str::to_owned);
        prompt.ok_or_else(|| Failure::Final(self.renders_nothing()))
    }

    /// What a reward model sends is whole and never streamed. What holds no scores would hold none the next time.
    async fn scored(&self, body: Vec<u8>, shape: Shape) -> Result<ChatReply, Failure> {
        let request = self.target.http.post(self.target.below_root(scoring::path(shape)));
        let sent = request.header(CONTENT_TYPE, "application/json").body(body).send().await;
        let response = sent.map_err(|error| self.transport(error))?;
        if !response.status().is_success() {
            return Err(self.refusal(response).await);
        }
        let (bytes, end) = body_of(response, self.most()).await;
        match end {
            End::Whole => {}
            End::TooLong => return Err(self.too_large()),
            End::Broken(error) => return Err(self.transport(error)),
        }
        let sent = scoring::parsed(&bytes)
            .ok_or_else(|| self.passing(&format!("the reply is not JSON: {}", words_of(&bytes))))?;
        if sent.get("error").is_some_and(|error| !error.is_null()) {
            return Err(self.reported(&sent));
        }
        let reply = scoring::reply(shape, &sent).map_err(|why| {
            let (model, message) =
                (self.endpoint.model.clone(), format!("{why}: {}", shorten(&words_of(&bytes))));
            Failure::Final(CallError::Rejected { model, status: 200, message: self.target.redact(&message) })
        })?;
        Ok(ChatReply { seconds: milliseconds(self.start.elapsed()), ..reply })
    }

    fn renders_nothing(&self) -> CallError {
        CallError::CannotContinue {
            address: self.target.shown.clone(),
            model: self.endpoint.model.clone(),
            message: format!("it renders no prompt at {RENDERS}"),
        }
    }

    async fn run(&self, url: &Url, body: Vec<u8>) -> Result<ChatReply, Failure> {
        let request = self.target.http.post(url.clone());
        let sent = request.header(CONTENT_TYPE, "application/json").body(body).send();
        let response = if self.endpoint.stream {
            // The connection has its own time-out within this one.
            let wait = self.timeouts().first_token;
            timeout(Duration::from_secs_f64(wait), sent).await.map_err(|_| self.no_first_token())?
        } else {
            sent.await
        };
        let response = response.map_err(|error| self.transport(error))?;
        if !response.status().is_success() {
            return Err(self.refusal(response).await);
        }
        if content_type(&response).is_some_and(|kind| kind.starts_with("text/html")) {
            return Err(Failure::passing("it answers with a web page; does `base_url` end in /v1?"));
        }
        if self.is_stream(&response) { self.streamed(response).await } else { self.whole(response).await }
    }

    async fn list(&self) -> Result<Vec<String>, Failure> {
        let sent = self.target.http.get(self.target.models.clone()).send();
        let response = sent.await.map_err(|error| self.transport(error))?;
        if !response.status().is_success() {
            return Err(self.refusal(response).await);
        }
        let (bytes, end) = body_of(response, MOST_OF_LIST).await;
        if !matches!(end, End::Whole) {
            return Err(self.passing("its list of models is too long, or breaks off"));
        }
        let value: Value =
            serde_json::from_slice(&bytes).map_err(|_| self.passing("its list of models is no JSON"))?;
        let models = value.get("data").and_then(Value::as_array).into_iter().flatten();
        let names = models.filter_map(|model| model.get("id").and_then(Value::as_str));
        Ok(names.map(|name| self.target.redact(name)).collect())
    }

    fn timeouts(&self) -> &Timeouts {
        &self.endpoint.timeouts
    }

    fn no_first_token(&self) -> Failure {
        Failure::passing(format!("no first token within {} s", self.timeouts().first_token))
    }

    fn passing(&self, words: &str) -> Failure {
        Failure::passing(self.target.redact(words))
    }

    fn transport(&self, error: reqwest::Error) -> Failure {
        let is_connect = error.is_connect();
        let words = self.target.redact(&causes(&error.without_url()));
        if is_connect { Failure::Unreachable(with_hint(words)) } else { Failure::passing(words) }
    }

    async fn refusal(&self, response: Response) -> Failure {
        let status = response.status().as_u16();
        let wait = asked_to_wait(response.headers(), SystemTime::now());
        let moved = response.headers().get(LOCATION).and_then(|place| place.to_str().ok());
        // A redirection may bring a key of its own along.
        let moved = moved.map(|place| secrets::without_secrets(place, &mut secrets::hidden));
        let moved = moved.map(|place| format!("it redirects to {place}; set that as `base_url`"));
        let words = match moved.filter(|_| (300..400).contains(&status)) {
            Some(words) => words,
            // Of a long body the beginning tells enough, and of one that breaks off what came.
            None => words_of(&body_of(response, MOST_OF_ERROR).await.0),
        };
        self.classify(status, &words, wait)
    }

    fn classify(&self, status: u16, words: &str, wait: Option<Duration>) -> Failure {
        let (address, endpoint) = (&self.target.shown, self.endpoint);
        let failure = classify(address, &endpoint.model, status, &self.target.redact(words), wait);
        for_all(failure, address, &endpoint.extra_body)
    }

    /// Servers may ignore `stream`, so what they say they send decides.
    fn is_stream(&self, response: &Response) -> bool {
        match content_type(response) {
            Some(kind) if kind.starts_with("text/event-stream") => true,
            Some(kind) if kind.starts_with("application/json") => false,
            _ => self.endpoint.stream,
        }
    }

    async fn whole(&self, response: Response) -> Result<ChatReply, Failure> {
        let (bytes, end) = body_of(response, self.most()).await;
        match end {
            End::Whole => {}
            End::TooLong => return Err(self.too_large()),
            End::Broken(error) => return Err(self.transport(error)),
        }
        let value: Value = serde_json::from_slice(&bytes).map_err(|error| {
            self.passing(&format!("the reply is not JSON ({error}): {}", words_of(&bytes)))
        })?;
        if value.get("error").is_some_and(|error| !error.is_null()) {
            return Err(self.reported(&value));
        }
        let mut gathered = Gathered::default();
        gathered.add(&value);
        self.reply(gathered)
    }

    /// What was gathered, all of which has come by now.
    fn reply(&self, gathered: Gathered) -> Result<ChatReply, Failure> {
        let reply = gathered.reply().map_err(|words| self.passing(&words))?;
        let reply = self.target.redact_reply(reply);
        Ok(ChatReply { seconds: milliseconds(self.start.elapsed()), ..reply })
    }

    async fn streamed(&self, response: Response) -> Result<ChatReply, Failure> {
        let mut pieces = response.bytes_stream();
        let (mut reader, mut gathered) = (EventReader::default(), Gathered::default());
        let mut first_token = None;
        let mut done = false;
        while !done {
            let patience = self.patience(first_token, gathered.is_finished());
            let piece = match timeout(patience, pieces.next()).await {
                // Some servers neither say that they are done nor hang up.
                Err(_) if gathered.is_finished() => break,
                Err(_) if first_token.is_none() => return Err(self.no_first_token()),
                Err(_) => return Err(self.silence()),
                Ok(Some(Ok(piece))) => piece,
                // What ends after its finish reason is whole, however rudely it ends.
                Ok(Some(Err(_))) if gathered.is_finished() => break,
                Ok(Some(Err(error))) => return Err(self.transport(error)),
                Ok(None) => break,
            };
            done = self.take(&mut gathered, |take| reader.push(&piece, take))?;
            if gathered.bytes() > self.most() {
                return Err(self.too_large());
            }
            if first_token.is_none() && gathered.has_text() {
                first_token = Some(milliseconds(self.start.elapsed()));
            }
        }
        if !done {
            done = self.take(&mut gathered, |take| reader.finish(take))?;
        }
        if !done && !gathered.is_finished() {
            return Err(Failure::passing("the stream ended in the middle of the reply"));
        }
        let reply = self.reply(gathered)?;
        read_to_the_end(pieces).await;
        Ok(ChatReply { first_token_seconds: first_token, ..reply })
    }

    /// How long the next piece may take.
    fn patience(&self, first_token: Option<f64>, finished: bool) -> Duration {
        let between = Duration::from_secs_f64(self.timeouts().between_chunks);
        let first = Duration::from_secs_f64(self.timeouts().first_token);
        match first_token {
            _ if finished => between.min(DRAIN),
            Some(_) => between,
            None => first.saturating_sub(self.start.elapsed()),
        }
    }

    /// Bytes that a reply may have.
    fn most(&self) -> usize {
        (self.endpoint.max_reply_mb as usize).saturating_mul(1_000_000)
    }

    fn too_large(&self) -> Failure {
        let (model, megabytes) = (self.endpoint.model.clone(), self.endpoint.max_reply_mb);
        Failure::Final(CallError::TooLarge { model, megabytes })
    }

    fn silence(&self) -> Failure {
        Failure::passing(format!("the stream fell silent for {} s", self.timeouts().between_chunks))
    }

    /// Adds what is read to what was gathered; says whether the server declared the end.
    fn take(
        &self,
        gathered: &mut Gathered,
        read: impl FnOnce(&mut dyn FnMut(Event<'_>)) -> Result<(), String>,
    ) -> Result<bool, Failure> {
        let (mut done, mut reported) = (false, None);
        let readable = read(&mut |event| match event {
            // Behind its end or an error nothing counts.
            _ if done || reported.is_some() => {}
            Event::Text(field, text) => gathered.take_text(field, text),
            Event::Data(piece) => gathered.take(piece),
            Event::Error(value) => reported = Some(value),
            Event::Done => done = true,
        });
        match reported {
            Some(value) => Err(self.reported(&value)),
            None if done => Ok(true),
            None => readable.map(|()| false).map_err(|words| self.passing(&words)),
        }
    }

    /// An error object behind a status of 200.
    fn reported(&self, value: &Value) -> Failure {
        let words = words_of_value(value);
        match status_of(value) {
            Some(status) => self.classify(status, &words, None),
            None => self.passing(&format!("the server reported an error: {words}")),
        }
    }
}

/// How the reading of a body ended.
enum End {
    Whole,
    TooLong,
    Broken(reqwest::Error),
}

/// A body, or as much of it as there is room for or came.
async fn body_of(response: Response, most: usize) -> (Vec<u8>, End) {
    let mut bytes = Vec::new();
    let mut pieces = response.bytes_stream();
    while let Some(piece) = pieces.next().await {
        match piece {
            Err(error) => return (bytes, End::Broken(error)),
            Ok(piece) => bytes.extend_from_slice(&piece[..piece.len().min(most + 1 - bytes.len())]),
        }
        if bytes.len() > most {
            return (bytes, End::TooLong);
        }
    }
    (bytes, End::Whole)
}

/// Read to its end, a connection can carry the next call. Most bodies end with their last event, so that is waited for:
/// the call behind this one would open a connection of its own. Who takes longer is read while that goes on.
async fn read_to_the_end(
    mut pieces: impl Stream<Item = reqwest::Result<impl Send>> + Send + Unpin + 'static,
) {
    let mut end = async move { while let Some(Ok(_)) = pieces.next().await {} }.boxed();
    if timeout(REUSE_WAIT, &mut end).await.is_err() {
        tokio::spawn(timeout(DRAIN, end));
    }
    // The connection goes back to its pool in a task of its own, which comes first.
    yield_now().await;
}

/// GPU servers often have a certificate by an authority that only their house knows.
fn with_hint(words: String) -> String {
    if words.contains("certificate") {
        return words
            + "; where an authority of your own signs, name the file of its certificate in SSL_CERT_FILE";
    }
    words
}

fn content_type(response: &Response) -> Option<String> {
    let kind = response.headers().get(CONTENT_TYPE)?.to_str().ok()?;
    Some(kind.to_ascii_lowercase())
}

/// Whole milliseconds: they survive the way through JSON unchanged, so a cached reply equals the first one.
fn milliseconds(elapsed: Duration) -> f64 {
    elapsed.as_millis() as f64 / 1000.0
}
