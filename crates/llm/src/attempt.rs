//! One try of one call: send, receive, and never take a part for the whole.

use std::time::{Duration, Instant, SystemTime};

use futures::StreamExt;
use reqwest::{
    Response,
    header::{CONTENT_TYPE, LOCATION},
};
use serde_json::Value;
use tokio::time::timeout;

use crate::{
    CallError, ChatReply, Endpoint, Timeouts,
    failure::{Failure, classify, status_of, words_of, words_of_value},
    gather::Gathered,
    http::{Target, causes},
    retry::asked_to_wait,
    sse::{Event, EventReader},
};

/// One try within the endpoint's time-outs.
pub(crate) async fn attempt(
    target: &Target,
    endpoint: &Endpoint,
    body: Vec<u8>,
) -> Result<ChatReply, Failure> {
    let total = Duration::from_secs_f64(endpoint.timeouts.total);
    let call = Attempt { target, endpoint, start: Instant::now() };
    timeout(total, call.run(body)).await.unwrap_or_else(|_| {
        let seconds = total.as_secs_f64().ceil() as u64;
        Err(Failure::Final(CallError::TooSlow { model: endpoint.model.clone(), seconds }))
    })
}

struct Attempt<'a> {
    target: &'a Target,
    endpoint: &'a Endpoint,
    start: Instant,
}

impl Attempt<'_> {
    async fn run(&self, body: Vec<u8>) -> Result<ChatReply, Failure> {
        let request = self.target.http.post(self.target.url.clone());
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
        let mut reply = if self.is_stream(&response) {
            self.streamed(response).await
        } else {
            self.whole(response).await
        }?;
        reply.seconds = milliseconds(self.start.elapsed());
        Ok(reply)
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
        if is_connect { Failure::Unreachable(words) } else { Failure::passing(words) }
    }

    async fn refusal(&self, response: Response) -> Failure {
        let status = response.status().as_u16();
        let wait = asked_to_wait(response.headers(), SystemTime::now());
        let moved = response.headers().get(LOCATION).and_then(|place| place.to_str().ok());
        let moved = moved.map(|place| format!("it redirects to {place}; set that as `base_url`"));
        let words = match moved.filter(|_| (300..400).contains(&status)) {
            Some(words) => words,
            None => words_of(&response.bytes().await.unwrap_or_default()),
        };
        self.classify(status, &words, wait)
    }

    fn classify(&self, status: u16, words: &str, wait: Option<Duration>) -> Failure {
        classify(&self.target.shown, &self.endpoint.model, status, &self.target.redact(words), wait)
    }

    /// Servers may ignore `stream`, so what they say they send decides.
    fn is_stream(&self, response: &Response) -> bool {
        let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        match kind.map(str::to_ascii_lowercase) {
            Some(kind) if kind.starts_with("text/event-stream") => true,
            Some(kind) if kind.starts_with("application/json") => false,
            _ => self.endpoint.stream,
        }
    }

    async fn whole(&self, response: Response) -> Result<ChatReply, Failure> {
        let bytes = response.bytes().await.map_err(|error| self.transport(error))?;
        let value: Value = serde_json::from_slice(&bytes).map_err(|error| {
            self.passing(&format!("the reply is not JSON ({error}): {}", words_of(&bytes)))
        })?;
        if value.get("error").is_some_and(|error| !error.is_null()) {
            return Err(self.reported(&value));
        }
        let mut gathered = Gathered::default();
        gathered.add(&value);
        gathered.reply().map_err(|words| self.passing(&words))
    }

    async fn streamed(&self, response: Response) -> Result<ChatReply, Failure> {
        let mut pieces = response.bytes_stream();
        let (mut reader, mut gathered, mut events) =
            (EventReader::default(), Gathered::default(), Vec::new());
        let mut first_token = None;
        let mut done = false;
        while !done {
            let piece = match timeout(self.patience(first_token), pieces.next()).await {
                Err(_) if first_token.is_none() => return Err(self.no_first_token()),
                Err(_) => return Err(self.silence()),
                Ok(Some(Ok(piece))) => piece,
                // What ends after its finish reason is whole, however rudely it ends.
                Ok(Some(Err(_))) if gathered.is_finished() => break,
                Ok(Some(Err(error))) => return Err(self.transport(error)),
                Ok(None) => break,
            };
            reader.push(&piece, &mut events).map_err(|words| self.passing(&words))?;
            done = self.take(&mut events, &mut gathered)?;
            if first_token.is_none() && gathered.has_text() {
                first_token = Some(milliseconds(self.start.elapsed()));
            }
        }
        if !done {
            reader.finish(&mut events).map_err(|words| self.passing(&words))?;
            done = self.take(&mut events, &mut gathered)?;
        }
        if !done && !gathered.is_finished() {
            return Err(Failure::passing("the stream ended in the middle of the reply"));
        }
        let reply = gathered.reply().map_err(|words| self.passing(&words))?;
        Ok(ChatReply { first_token_seconds: first_token, ..reply })
    }

    /// How long the next piece may take.
    fn patience(&self, first_token: Option<f64>) -> Duration {
        match first_token {
            Some(_) => Duration::from_secs_f64(self.timeouts().between_chunks),
            None => Duration::from_secs_f64(self.timeouts().first_token).saturating_sub(self.start.elapsed()),
        }
    }

    fn silence(&self) -> Failure {
        Failure::passing(format!("the stream fell silent for {} s", self.timeouts().between_chunks))
    }

    /// Adds events to what was gathered; says whether the server declared the end.
    fn take(&self, events: &mut Vec<Event>, gathered: &mut Gathered) -> Result<bool, Failure> {
        for event in events.drain(..) {
            match event {
                Event::Data(value) => gathered.add(&value),
                Event::Error(value) => return Err(self.reported(&value)),
                Event::Done => return Ok(true),
            }
        }
        Ok(false)
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

/// Whole milliseconds: they survive the way through JSON unchanged, so a cached reply equals the first one.
fn milliseconds(elapsed: Duration) -> f64 {
    elapsed.as_millis() as f64 / 1000.0
}
