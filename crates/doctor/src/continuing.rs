//! Whether a server goes on with a reply, what it tells of a reply's end, and which budgets it keeps to: by trying.

use llm::{
    CallError, ChatReply, ChatRequest, Client, Dialect, Endpoint, Execution, Message, Sampling, Trial, Tried,
};
use serde_json::{Map, Value, json};
use tables::Finish;

use crate::findings::{Finding, good, note};
use crate::probe::{self, Probe};

/// What was found, and what a pipeline has to say.
#[derive(Debug, Default)]
pub(crate) struct Continuing {
    pub(crate) findings: Vec<Finding>,
    /// How the server is told to go on; none where nothing helps.
    pub(crate) dialect: Option<Dialect>,
    /// It does so behind thinking that is over.
    pub(crate) keeps_thinking: bool,
    /// The key of the body that caps the thinking.
    pub(crate) budget_key: Option<&'static str>,
}

/// Ways to go on that are tried, the most common first.
const WAYS: [Dialect; 4] = [Dialect::Vllm, Dialect::Prefix, Dialect::Plain, Dialect::Completions];

/// Keys that servers know for a budget of thinking, as `cap` takes them.
const BUDGET_KEYS: [&str; 4] = [
    "thinking_token_budget",
    "thinking_budget_tokens",
    "reasoning_budget_tokens",
    "chat_template_kwargs.thinking_budget",
];
/// The budget that is tried, and what a server may need beyond it to close the thinking.
const BUDGET: u64 = 8;
const SLACK: u64 = 32;

/// Tokens of a reply that is looked at for what stands beside them.
const FEW: u64 = 8;

/// What a reply ends at that is asked for a list of numbers.
const STOP: &str = "five";

/// Tries everything; `usual` is a reply to the doctor's own question.
pub(crate) async fn look(endpoint: &Endpoint, execution: &Execution, usual: &Probe) -> Continuing {
    let asker = Asker { endpoint, execution };
    let mut found = Continuing::default();
    let (dialect, line) = asker.way().await;
    found.dialect = dialect;
    found.findings.push(line);
    if let Some(dialect) = dialect {
        let asker = Asker { endpoint: &Endpoint { continuation: dialect, ..endpoint.clone() }, execution };
        found.findings.push(asker.echo().await);
        found.findings.push(asker.stop().await);
        let (keeps, line) = asker.thinking(usual).await;
        found.keeps_thinking = keeps;
        found.findings.push(line);
    } else {
        found.findings.push(note("echo", "not tried"));
        found.findings.push(asker.stop().await);
        found.findings.push(note("inside thinking", "not tried"));
    }
    found.findings.push(asker.chances().await);
    let (key, line) = asker.budgets(usual).await;
    found.budget_key = key;
    found.findings.push(line);
    found
}

/// Asks one endpoint in several ways.
struct Asker<'a> {
    endpoint: &'a Endpoint,
    execution: &'a Execution,
}

impl Asker<'_> {
    async fn ask(&self, endpoint: Endpoint, request: &ChatRequest) -> Result<ChatReply, String> {
        let client = Client::new(&endpoint, self.execution).map_err(|error| error.to_string())?;
        client.chat(request).await.map_err(|error| match error {
            CallError::Rejected { message, .. } | CallError::CannotContinue { message, .. } => message,
            other => other.reason(),
        })
    }

    async fn tried(&self, trial: Trial, dialect: Dialect, stream: bool) -> Result<Tried, String> {
        let endpoint = Endpoint { continuation: dialect, stream, ..self.endpoint.clone() };
        let reply = self.ask(endpoint, &trial.request()).await?;
        Ok(trial.tried(&reply))
    }

    /// The first way by which the server goes on with a text.
    async fn way(&self) -> (Option<Dialect>, Finding) {
        let about = "continues";
        let address = llm::address(self.endpoint).unwrap_or_default();
        let auto = Dialect::Auto.at(&address);
        let ways = match self.endpoint.continuation {
            Dialect::Auto if auto == Dialect::Never => {
                return (None, note(about, "no: this provider offers no way"));
            }
            Dialect::Auto => WAYS.to_vec(),
            given => vec![given],
        };
        let mut refused = Vec::new();
        for way in ways {
            match self.tried(Trial::Text, way, false).await {
                Ok(Tried::Restarts) => refused.push(format!("`{}`: begins a new reply", way.word())),
                Ok(_) => {
                    let auto = if way == auto { ", which is what `auto` takes here" } else { "" };
                    return (Some(way), good(about, format!("yes, by `{}`{auto}", way.word())));
                }
                Err(said) => refused.push(format!("`{}`: {said}", way.word())),
            }
        }
        let text = format!("no; strategies that go on with a reply cannot be asked ({})", refused.join("; "));
        (None, note(about, text))
    }

    async fn echo(&self) -> Finding {
        let about = "echo";
        let dialect = self.endpoint.continuation;
        let whole = self.tried(Trial::Text, dialect, false).await;
        let streamed = self.tried(Trial::Text, dialect, true).await;
        let echoes = |tried: &Result<Tried, String>| *tried == Ok(Tried::Echoes);
        match (echoes(&whole), echoes(&streamed)) {
            (false, false) => good(about, "the new text alone is sent"),
            (true, true) => good(about, "what it was sent is repeated, and taken off"),
            (true, false) => good(about, "what it was sent is repeated unless streamed, and taken off"),
            (false, true) => good(about, "what it was sent is repeated where streamed, and taken off"),
        }
    }

    async fn stop(&self) -> Finding {
        let about = "tells the stop";
        let (temperature, max_tokens) = (Some(0.0), Some(256));
        let sampling =
            Sampling { temperature, max_tokens, stop: vec![STOP.to_owned()], ..Sampling::default() };
        let asked = "Write the numbers from one to nine as words, on one line: one two three and so on.";
        let request = ChatRequest::new(vec![Message::user(asked)], sampling, 0);
        match self.ask(self.endpoint.clone(), &request).await {
            Err(said) => note(about, format!("could not be tried: {said}")),
            Ok(reply) if reply.stopped_by.as_deref() == Some(STOP) => {
                good(about, "the stop text that ended a reply is named")
            }
            Ok(reply) if reply.finish == Finish::Stop && !reply.content.contains("nine") => {
                note(about, "no: a stop text and an end by itself look alike")
            }
            Ok(_) => note(about, "unknown: the reply did not come to the stop text, or did not end there"),
        }
    }

    async fn thinking(&self, usual: &Probe) -> (bool, Finding) {
        let about = "inside thinking";
        let dialect = self.endpoint.continuation;
        let tagged = ["tags", "open_tag_in_prompt"].contains(&usual.source());
        let behind = if tagged { Trial::BehindTags } else { Trial::BehindThinking };
        let goes_on = |tried: Result<Tried, String>| tried.is_ok_and(|tried| tried != Tried::Restarts);
        let behind = goes_on(self.tried(behind, dialect, self.endpoint.stream).await);
        let inside = goes_on(self.tried(Trial::InsideThinking, dialect, self.endpoint.stream).await);
        let line = match (behind, inside) {
            (true, true) => good(about, "goes on inside it and behind it"),
            (true, false) => {
                good(about, "goes on behind thinking that is over; what ends inside it begins anew")
            }
            (false, true) => note(about, "goes on inside it; thinking that is over is lost"),
            (false, false) => note(
                about,
                "thinking that it is sent is passed over, or the model is too weak to repeat it: `forced` would have it \
                 answer without having thought",
            ),
        };
        (behind, line)
    }

    /// Whether the server says how likely its tokens were.
    async fn chances(&self) -> Finding {
        let about = "logprobs";
        let request = ChatRequest { logprobs: Some(1), ..probe::question(FEW) };
        match self.ask(self.endpoint.clone(), &request).await {
            Ok(reply) if reply.logprobs.is_some() => good(about, "sent with the reply, a chance a token"),
            Ok(_) => note(about, "asked for and not sent: no selector can go by them"),
            Err(said) => note(about, format!("no: {said}")),
        }
    }

    /// The keys that change how long the model thinks.
    async fn budgets(&self, usual: &Probe) -> (Option<&'static str>, Finding) {
        let about = "budgets";
        let Some(thought) = usual.thinking_tokens().filter(|tokens| *tokens > 0) else {
            return (None, note(about, "not tried: the model did not think"));
        };
        if thought <= BUDGET + SLACK {
            return (
                None,
                note(about, format!("cannot be told: {thought} tokens of thinking are too few to cap")),
            );
        }
        let (mut kept, mut ignored, mut refused) = (Vec::new(), Vec::new(), Vec::new());
        for key in BUDGET_KEYS {
            match self.capped(key).await {
                Ok(Some(tokens)) if tokens <= BUDGET + SLACK => kept.push((key, tokens)),
                Ok(_) => ignored.push(format!("`{key}`")),
                Err(_) => refused.push(format!("`{key}`")),
            }
        }
        let listed = |what: &str, keys: &[String]| match keys {
            [] => String::new(),
            keys => format!("; {what} {}", keys.join(", ")),
        };
        let rest = format!("{}{}", listed("takes and ignores", &ignored), listed("refuses", &refused));
        match kept.first() {
            Some((key, tokens)) => (
                Some(*key),
                good(about, format!("`{key}` cuts {thought} tokens of thinking to {tokens}{rest}")),
            ),
            None => (None, note(about, format!("no key cuts the thinking{rest}"))),
        }
    }

    /// Tokens of the thinking with a budget under this key.
    async fn capped(&self, key: &str) -> Result<Option<u64>, String> {
        let mut endpoint = self.endpoint.clone();
        set(&mut endpoint.extra_body, key, BUDGET);
        let max_tokens = probe::ENOUGH;
        let reply = self.ask(endpoint, &probe::question(max_tokens)).await?;
        Ok(Probe::of(Ok(reply)).thinking_tokens())
    }
}

/// Sets a key of a body, which may be a path with dots.
fn set(body: &mut Map<String, Value>, path: &str, value: u64) {
    match path.split_once('.') {
        None => drop(body.insert(path.to_owned(), json!(value))),
        Some((first, rest)) => {
            let inner = body.entry(first).or_insert_with(|| json!({}));
            if let Value::Object(inner) = inner {
                set(inner, rest, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_may_be_a_path() {
        let mut body = Map::from_iter([("a".to_owned(), json!({"x": 1}))]);
        set(&mut body, "a.b", 8);
        set(&mut body, "c", 8);
        assert_eq!(Value::Object(body), json!({"a": {"x": 1, "b": 8}, "c": 8}));
    }
}
