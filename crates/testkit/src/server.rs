//! The scripted OpenAI-compatible server.

use std::{
    fmt,
    fs::{File, OpenOptions},
    hash::{DefaultHasher, Hash, Hasher},
    io::{self, Write},
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures_timer::Delay;
use serde_json::{Value, json};

use crate::{
    Asked, Behaviour, Fault, Logged, Raw, Replies, Said, Script,
    book::Book,
    going_on::{self, Beginning},
    http::{After, Connection, Handler, Request, Running},
    wire::Placed,
};

type Words = dyn Fn(&Asked) -> Option<Said> + Send + Sync;

/// A running scripted server; dropping it ends it.
pub struct ScriptedServer {
    running: Running,
    state: Arc<State>,
}

impl fmt::Debug for ScriptedServer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("ScriptedServer").field("base_url", &self.base_url()).finish_non_exhaustive()
    }
}

impl ScriptedServer {
    /// Starts on a free port of this machine.
    pub fn start(script: Script) -> io::Result<Self> {
        Self::start_at(script, 0, None)
    }

    /// Starts with words of the test's own; where they are `None` the script's are taken.
    pub fn with_words(
        script: Script,
        words: impl Fn(&Asked) -> Option<Said> + Send + Sync + 'static,
    ) -> io::Result<Self> {
        Self::start_at(script, 0, Some(Box::new(words)))
    }

    /// Starts on a port.
    pub fn start_at(script: Script, port: u16, words: Option<Box<Words>>) -> io::Result<Self> {
        let log = match &script.log {
            Some(path) => Some(Mutex::new(OpenOptions::new().create(true).append(true).open(path)?)),
            None => None,
        };
        let state = Arc::new(State { script, words, log, book: Mutex::default() });
        Ok(Self { running: Running::start(Arc::clone(&state), port)?, state })
    }

    /// The address for `base_url`, with `/v1`.
    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.running.address)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.running.address
    }

    /// Every request so far, in the order in which they came.
    pub fn requests(&self) -> Vec<Logged> {
        self.state.book().requests.clone()
    }

    /// How many requests came.
    pub fn count(&self) -> usize {
        self.state.book().requests.len()
    }

    /// How many requests came for a model.
    pub fn count_of(&self, model: &str) -> usize {
        self.state.book().requests.iter().filter(|request| request.model == model).count()
    }

    /// Tokens of all prompts and of all replies, as it told them.
    pub fn tokens(&self) -> (u64, u64) {
        self.state.book().tokens
    }

    /// The most requests that were in flight at once.
    pub fn most_in_flight(&self) -> usize {
        self.state.book().requests.iter().map(|request| request.in_flight).max().unwrap_or(0)
    }

    /// How many connections were opened.
    pub fn connections(&self) -> usize {
        self.running.connections()
    }

    /// Waits until the server ends, which it does not by itself.
    pub fn wait(self) {
        self.running.wait();
    }
}

struct State {
    script: Script,
    words: Option<Box<Words>>,
    log: Option<Mutex<File>>,
    book: Mutex<Book>,
}

/// Counts a request as in flight for as long as it lives.
struct InFlight<'a>(&'a State);

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.book().in_flight -= 1;
    }
}

impl Handler for State {
    async fn handle(&self, request: Request, connection: &mut Connection) -> io::Result<After> {
        let (asked, fault, _in_flight) = self.enter(&request)?;
        // The part before the first `?` is always there.
        match (request.method.as_str(), request.path.split('?').next().unwrap_or_default()) {
            ("POST", "/v1/chat/completions" | "/chat/completions") => {
                self.chat(&request, asked, fault, connection).await
            }
            ("POST", "/v1/completions") if self.completes(&asked.model) => {
                self.chat(&request, asked, fault, connection).await
            }
            ("POST", "/apply-template")
                if self.script.models.values().any(|model| model.dialect.completes()) =>
            {
                answer(connection, 200, &json!({"prompt": going_on::rendered(&asked.body)})).await
            }
            ("POST", "/pooling" | "/classify" | "/score") => self.scores(&request, &asked, connection).await,
            ("GET", "/v1/models" | "/models") => {
                let models: Vec<Value> = self.script.models.keys().map(|id| json!({"id": id})).collect();
                answer(connection, 200, &json!({"object": "list", "data": models})).await
            }
            _ => refuse(connection, 404, "no such path", "not_found").await,
        }
    }
}

impl State {
    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn completes(&self, model: &str) -> bool {
        self.script.behaviour(model).is_some_and(|behaviour| behaviour.dialect.completes())
    }

    /// Writes the request down and picks its fault.
    fn enter(&self, request: &Request) -> io::Result<(Asked, Option<Fault>, InFlight<'_>)> {
        let body: Value = serde_json::from_slice(&request.body).unwrap_or(Value::Null);
        // What a request does not say is written down as empty.
        let text = |key| body.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (model, prompt) = (text("model"), last_prompt(&body));
        let stream = body.get("stream") == Some(&Value::Bool(true));
        let mut hasher = DefaultHasher::new();
        request.body.hash(&mut hasher);
        let mut book = self.book();
        let before = book.bodies.entry(hasher.finish()).or_default();
        *before += 1;
        let before = *before - 1;
        book.in_flight += 1;
        let number = book.requests.len();
        let is_chat = request.path.ends_with("/chat/completions");
        let fault = self.script.faults.pick(number, &request.body, before).filter(|_| is_chat);
        let logged = Logged {
            number,
            path: request.path.clone(),
            model: model.clone(),
            prompt: prompt.clone(),
            stream,
            keyed: request.bearer().is_some(),
            fault,
            in_flight: book.in_flight,
        };
        book.requests.push(logged.clone());
        drop(book);
        self.log(&logged)?;
        Ok((Asked { model, prompt, body, number }, fault, InFlight(self)))
    }

    fn log(&self, logged: &Logged) -> io::Result<()> {
        let Some(log) = &self.log else { return Ok(()) };
        let line = serde_json::to_string(logged)? + "\n";
        log.lock().unwrap_or_else(PoisonError::into_inner).write_all(line.as_bytes())
    }

    async fn chat(
        &self,
        request: &Request,
        asked: Asked,
        fault: Option<Fault>,
        connection: &mut Connection,
    ) -> io::Result<After> {
        if self.script.api_key.is_some() && self.script.api_key.as_deref() != request.bearer() {
            let key = request.bearer().unwrap_or("none");
            return refuse(connection, 401, &format!("wrong key: {key}"), "invalid_api_key").await;
        }
        let Some(behaviour) = self.script.behaviour(&asked.model) else {
            let message = format!("the model `{}` does not exist", asked.model);
            return refuse(connection, 404, &message, "model_not_found").await;
        };
        pause(behaviour.latency_of(asked.number)).await;
        let overflows = behaviour.context_bytes.is_some_and(|most| asked.prompt.len() > most);
        let fault = if overflows { Some(Fault::ContextTooLong) } else { fault };
        if let Some(after) = self.fail_before(fault, request, connection).await? {
            return Ok(after);
        }
        if let Some(raw) = &behaviour.raw {
            return send_raw(raw, asked.number, connection).await;
        }
        let beginning = match behaviour.dialect.beginning(&asked.body) {
            Ok(beginning) if behaviour.drops_thinking => beginning.map(Beginning::without_thinking),
            Ok(beginning) => beginning,
            Err(message) => return refuse(connection, 400, &message, "unscripted").await,
        };
        let Some(said) = self.said(&asked, &behaviour, beginning.as_ref()) else {
            return refuse(connection, 400, "the script knows no reply to this prompt", "unscripted").await;
        };
        let streams = asked.body.get("stream") == Some(&Value::Bool(true)) && !behaviour.never_streams;
        let completes = asked.body.get("prompt").is_some();
        let placed = placed(said, &behaviour, asked);
        self.book().count(placed.usage());
        if completes {
            return answer(connection, 200, &placed.completion()).await;
        }
        let echoed = beginning.filter(|_| behaviour.dialect.echoes() && !streams);
        let placed = match &echoed {
            Some(beginning) => placed.repeating(beginning),
            None => placed,
        };
        if streams {
            self.stream(&placed, &behaviour, fault, connection).await
        } else {
            self.send_whole(&placed, fault, connection).await
        }
    }

    /// What the model says, behind the beginning if there is one.
    fn said(&self, asked: &Asked, behaviour: &Behaviour, beginning: Option<&Beginning>) -> Option<Said> {
        match self.words.as_ref().and_then(|words| words(asked)) {
            Some(own) => Some(beginning.map_or(own.clone(), |beginning| beginning.go_on(own))),
            None => behaviour.replies.said(asked, beginning),
        }
    }

    /// What a reward model answers.
    async fn scores(
        &self,
        request: &Request,
        asked: &Asked,
        connection: &mut Connection,
    ) -> io::Result<After> {
        match self.script.behaviour(&asked.model) {
            Some(behaviour) if behaviour.raw.is_some() => {
                let raw = behaviour.raw.clone().unwrap_or_default();
                send_raw(&raw, asked.number, connection).await
            }
            Some(behaviour) => match &behaviour.replies {
                Replies::Doubter(doubter) => {
                    answer(connection, 200, &doubter.scores(&request.path, &asked.body)).await
                }
                _ => refuse(connection, 404, "it gives no scores", "not_found").await,
            },
            None => refuse(connection, 404, "no such model", "model_not_found").await,
        }
    }

    /// Faults in place of an answer.
    async fn fail_before(
        &self,
        fault: Option<Fault>,
        request: &Request,
        connection: &mut Connection,
    ) -> io::Result<Option<After>> {
        let faults = &self.script.faults;
        let after = match fault {
            Some(Fault::TooManyRequests) => refuse(connection, 429, "slow down", "rate_limited").await?,
            Some(Fault::RetryAfter) => {
                let headers = [("retry-after", faults.retry_after.clone()), json_type()];
                connection.whole(429, &headers, b"{\"error\": {\"message\": \"slow down\"}}").await?
            }
            Some(Fault::InternalError) => refuse(connection, 500, "the engine died", "internal").await?,
            Some(Fault::BadGateway) => {
                let headers = [("content-type", "text/html".to_owned())];
                connection.whole(502, &headers, b"<html><h1>Bad gateway</h1></html>").await?
            }
            Some(Fault::Unavailable) => refuse(connection, 503, "overloaded", "unavailable").await?,
            Some(Fault::GatewayTimeout) => refuse(connection, 504, "upstream is late", "timeout").await?,
            Some(Fault::ContextTooLong) => {
                let message = "the maximum context length is 64 tokens, and you asked for 65";
                refuse(connection, 400, message, "context_length_exceeded").await?
            }
            Some(Fault::BadRequest) => {
                refuse(connection, 400, "temperature is too hot", "bad_request").await?
            }
            Some(Fault::Unauthorized) => {
                let key = request.bearer().unwrap_or("none");
                refuse(connection, 401, &format!("wrong key: {key}"), "invalid_api_key").await?
            }
            Some(Fault::UnknownModel) => refuse(connection, 404, "no such model", "model_not_found").await?,
            Some(Fault::NoMoney) => refuse(connection, 429, "buy credits", "insufficient_quota").await?,
            Some(Fault::Reset) => After::Reset,
            Some(Fault::StallBefore) => {
                connection.stall(Duration::from_secs_f64(faults.stall_seconds)).await;
                After::Close
            }
            Some(Fault::EmptyChoices) => return Ok(None),
            Some(Fault::Slow) => {
                pause(faults.slow_seconds).await;
                return Ok(None);
            }
            _ => return Ok(None),
        };
        Ok(Some(after))
    }

    async fn send_whole(
        &self,
        placed: &Placed,
        fault: Option<Fault>,
        connection: &mut Connection,
    ) -> io::Result<After> {
        let mut reply = placed.whole();
        match fault {
            Some(Fault::ErrorAfter200) => reply = died(),
            Some(Fault::EmptyChoices) => reply["choices"] = json!([]),
            _ => {}
        }
        let body = reply.to_string().into_bytes();
        let half = &body[..body.len() / 2];
        match fault {
            Some(Fault::HalfJson | Fault::CutCharacter) => connection.whole(200, &[json_type()], half).await,
            Some(Fault::EndsEarly) => connection.whole_of(200, &[json_type()], half, body.len()).await,
            Some(Fault::ResetInside) => {
                connection.whole_of(200, &[json_type()], half, body.len()).await?;
                Ok(After::Reset)
            }
            Some(Fault::StallInside) => {
                connection.whole_of(200, &[json_type()], half, body.len()).await?;
                connection.stall(Duration::from_secs_f64(self.script.faults.stall_seconds)).await;
                Ok(After::Close)
            }
            _ => connection.whole(200, &[json_type()], &body).await,
        }
    }

    async fn stream(
        &self,
        placed: &Placed,
        behaviour: &Behaviour,
        fault: Option<Fault>,
        connection: &mut Connection,
    ) -> io::Result<After> {
        connection.begin(200, &[("content-type", "text/event-stream".to_owned())]);
        let mut events = placed.events(behaviour);
        if fault == Some(Fault::EmptyChoices) {
            events = vec![json!({"choices": []})];
        }
        let inside = fault.is_some_and(Fault::is_inside);
        if inside {
            events.truncate(events.len().div_ceil(2));
        }
        let mut texts: Vec<String> = events.iter().map(|event| format!("data: {event}\n\n")).collect();
        if !inside && fault != Some(Fault::MissingDone) {
            texts.push("data: [DONE]\n\n".to_owned());
        }
        if fault == Some(Fault::ErrorAfter200) {
            texts.push(format!("data: {}\n\n", died()));
        }
        send_pieces(&texts, behaviour, connection).await?;
        self.break_off(fault, connection).await
    }

    /// What happens behind the last whole event.
    async fn break_off(&self, fault: Option<Fault>, connection: &mut Connection) -> io::Result<After> {
        match fault {
            Some(Fault::ResetInside) => return Ok(After::Reset),
            Some(Fault::StallInside) => {
                connection.stall(Duration::from_secs_f64(self.script.faults.stall_seconds)).await;
                return Ok(After::Close);
            }
            Some(Fault::HalfJson) => connection.piece(b"data: {\"choices\": [{\"delta\": {\"con").await?,
            Some(Fault::CutCharacter) => {
                connection.piece(b"data: {\"choices\": [{\"delta\": {\"content\": \"\xc3").await?;
            }
            _ => {}
        }
        connection.end().await
    }
}

/// A model's words as this server sends them.
fn placed(said: Said, behaviour: &Behaviour, asked: Asked) -> Placed {
    let (said, stop) = match behaviour.limits {
        true => going_on::limited(said, &asked, &behaviour.budget_keys),
        false => (said, None),
    };
    let placed = Placed::new(said, behaviour, asked);
    if behaviour.dialect.tells_stop() { placed.stopped_by(stop) } else { placed }
}

async fn send_pieces(texts: &[String], behaviour: &Behaviour, connection: &mut Connection) -> io::Result<()> {
    if let Some(bytes) = behaviour.cut_bytes {
        for piece in texts.concat().as_bytes().chunks(bytes.max(1)) {
            connection.piece(piece).await?;
            pause(behaviour.chunk_seconds).await;
        }
        return Ok(());
    }
    for text in texts {
        if behaviour.comments {
            connection.piece(b": still here\n\n").await?;
        }
        connection.piece(text.as_bytes()).await?;
        pause(behaviour.chunk_seconds).await;
    }
    Ok(())
}

async fn send_raw(raw: &Raw, number: usize, connection: &mut Connection) -> io::Result<After> {
    let mut headers = vec![("content-type", raw.content_type.clone())];
    headers.extend(raw.headers.iter().map(|(key, value)| (key.as_str(), value.clone())));
    connection.begin(raw.status, &headers);
    let number = if raw.numbered { number.to_string() } else { "<number>".to_owned() };
    for (at, piece) in raw.pieces.iter().enumerate() {
        let piece = piece.replace("<number>", &number);
        // Where nothing is waited for, the last piece and the end go out together.
        if at + 1 == raw.pieces.len() && raw.piece_seconds <= 0.0 {
            return connection.end_with(piece.as_bytes()).await;
        }
        connection.piece(piece.as_bytes()).await?;
        pause(raw.piece_seconds).await;
    }
    connection.end().await
}

fn died() -> Value {
    json!({"error": {"message": "the engine died", "type": "server_error", "code": 500}})
}

fn json_type() -> (&'static str, String) {
    ("content-type", "application/json".to_owned())
}

async fn answer(connection: &mut Connection, status: u16, body: &Value) -> io::Result<After> {
    connection.whole(status, &[json_type()], body.to_string().as_bytes()).await
}

async fn refuse(connection: &mut Connection, status: u16, message: &str, code: &str) -> io::Result<After> {
    answer(connection, status, &json!({"error": {"message": message, "type": "scripted", "code": code}}))
        .await
}

/// On time: by tokio's clock, of whole milliseconds rounded up, 50 ms take 51.4.
async fn pause(seconds: f64) {
    if seconds > 0.0 {
        Delay::new(Duration::from_secs_f64(seconds)).await;
    }
}

fn last_prompt(body: &Value) -> String {
    let messages = body.get("messages").and_then(Value::as_array).into_iter().flatten();
    let mut of_user = messages.filter(|message| message.get("role").and_then(Value::as_str) == Some("user"));
    let text = of_user.next_back().and_then(|message| message.get("content").and_then(Value::as_str));
    let completed = || going_on::question_in(body.get("prompt")?.as_str()?);
    // A request without a user's turn has an empty prompt.
    text.or_else(completed).unwrap_or_default().to_owned()
}
