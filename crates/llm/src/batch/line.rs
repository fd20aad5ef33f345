//! One line of a batch file, out and in.

use secrets::Names;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{
    CallError, ChatReply,
    backend::Call,
    gather::Gathered,
    request::{self, ReplyKey},
};

/// The characters of an error message that are kept.
const MOST_SHOWN: usize = 300;

/// The key of a body under which stands what is asked.
const MESSAGES: &str = "messages";

/// A request's line, without a line break, and the keys of its body that hold a secret. What is secret there is hidden: the
/// file is kept, and handed on to others. What is asked stands there word for word.
pub(super) fn request(call: &Call<'_>, names: &Names) -> (String, Vec<String>) {
    let mut hidden = Vec::new();
    let mut body = Map::new();
    for (key, value) in call.body.iter() {
        let shown = if key == MESSAGES { value.clone() } else { shown(key, value, names) };
        if shown != *value {
            hidden.push(key.clone());
        }
        body.insert(key.clone(), shown);
    }
    let line = json!({
        "custom_id": custom_id(call.key), "method": "POST", "url": "/v1/chat/completions", "body": body,
    });
    (line.to_string(), hidden)
}

fn shown(key: &str, value: &Value, names: &Names) -> Value {
    let mut pair = secrets::sealed(&json!({key: value}), names, &secrets::hidden);
    pair.get_mut(key).map(Value::take).unwrap_or(Value::Null)
}

/// The id of a request: the key of its reply, in hexadecimal digits.
pub(super) fn custom_id(key: &ReplyKey) -> String {
    request::key_text(key)
}

/// The key behind an id; `None` if the id is none of ours.
pub(super) fn key(custom_id: &str) -> Option<ReplyKey> {
    request::key_of(custom_id)
}

/// A result's line.
#[derive(Debug, Deserialize)]
pub(super) struct ResultLine {
    pub(super) custom_id: String,
    #[serde(default)]
    response: Option<Response>,
    #[serde(default)]
    error: Option<Value>,
}

#[derive(Debug, Deserialize)]
struct Response {
    #[serde(default)]
    status_code: Option<u16>,
    #[serde(default)]
    body: Value,
}

impl ResultLine {
    /// Reads a line; the error says what it is not.
    pub(super) fn parse(line: &[u8]) -> Result<Self, String> {
        serde_json::from_slice(line).map_err(|error| error.to_string())
    }

    /// The reply in it, or why there is none.
    pub(super) fn reply(self) -> Result<ChatReply, String> {
        if let Some(error) = self.error.filter(|error| !error.is_null()) {
            return Err(error_text(&error));
        }
        let Some(Response { status_code, body }) = self.response else {
            return Err("neither a response nor an error".to_owned());
        };
        if let Some(status) = status_code.filter(|status| *status != 200) {
            return Err(format!("HTTP {status}: {}", error_text(&body)));
        }
        if let Some(error) = body.get("error").filter(|error| !error.is_null()) {
            return Err(error_text(error));
        }
        let mut gathered = Gathered::default();
        gathered.add(&body);
        gathered.reply()
    }
}

/// The message in an error of whatever shape.
fn error_text(error: &Value) -> String {
    let message =
        error.pointer("/error/message").or_else(|| error.get("message")).or_else(|| error.get("code"));
    let text = match message.unwrap_or(error) {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    text.chars().take(MOST_SHOWN).collect()
}

/// The failure of a row, for whoever reads the table.
pub(super) fn failure(place: &str, reason: &str) -> CallError {
    CallError::Batch { message: format!("the batch failed for this request ({place}): {reason}") }
}
