//! What a failed try means: over for everybody, over for this request, or worth another try.

use std::time::Duration;

use serde_json::{Map, Value};

use crate::CallError;

/// Why one try gave no reply.
#[derive(Clone, Debug, PartialEq)]
pub enum Failure {
    /// Trying again would end the same way.
    Final(CallError),
    /// No connection; whether that passes depends on whether the server ever answered.
    Unreachable(String),
    /// It may pass.
    Passing {
        /// In words.
        reason: String,
        /// How long the server asks us to wait.
        wait: Option<Duration>,
        /// The server said that we ask too much (429).
        too_fast: bool,
    },
}

impl Failure {
    pub(crate) fn passing(reason: impl Into<String>) -> Self {
        Self::Passing { reason: reason.into(), wait: None, too_fast: false }
    }
}

/// The most characters of a server's own words that go into an error.
const MOST_WORDS: usize = 400;

/// Texts by which servers say that a prompt is too long, lower case.
const TOO_LONG: &[&str] = &[
    "context length",
    "context_length",
    "context size",
    "context_size",
    "context window",
    "maximum model length",
    "max_model_len",
    "prompt is too long",
    "too many tokens",
    "input is too long",
    "longer than the model",
];

/// What a status other than success means. `words` are the server's, already free of keys.
pub(crate) fn classify(
    address: &str,
    model: &str,
    status: u16,
    words: &str,
    wait: Option<Duration>,
) -> Failure {
    let lower = words.to_lowercase();
    let (address, model, message) = (address.to_owned(), model.to_owned(), words.to_owned());
    let says = |texts: &[&str]| texts.iter().any(|text| lower.contains(text));
    if !matches!(status, 401..=403 | 429) && says(TOO_LONG) {
        return Failure::Final(CallError::ContextTooLong { model, message });
    }
    let no_money = status == 429 && says(&["insufficient_quota", "exceeded your current quota"]);
    match status {
        300..=399 | 401..=403 => Failure::Final(CallError::Refused { address, model, status, message }),
        _ if no_money => Failure::Final(CallError::Refused { address, model, status, message }),
        404 => Failure::Final(CallError::UnknownModel { address, model, message }),
        400 if says(&["model_not_found", "model not found", "not a valid model", "unknown model"]) => {
            Failure::Final(CallError::UnknownModel { address, model, message })
        }
        408 | 409 | 425 | 429 | 500 | 502..=599 => {
            Failure::Passing { reason: format!("HTTP {status}: {words}"), wait, too_fast: status == 429 }
        }
        _ => Failure::Final(CallError::Rejected { model, status, message }),
    }
}

/// A request that is rejected for a key that all requests carry is a refusal of all of them: one is enough to know.
pub(crate) fn for_all(failure: Failure, address: &str, shared: &Map<String, Value>) -> Failure {
    match failure {
        Failure::Final(CallError::Rejected { model, status, message }) if names_key(&message, shared) => {
            Failure::Final(CallError::Refused { address: address.to_owned(), model, status, message })
        }
        other => other,
    }
}

/// A key of the table, or of one inside it, stands in the words.
fn names_key(words: &str, table: &Map<String, Value>) -> bool {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    let said = |key: &str| words.split(|c: char| !word(c)).any(|part| part == key);
    table
        .iter()
        .any(|(key, value)| said(key) || value.as_object().is_some_and(|inner| names_key(words, inner)))
}

/// A server's own words in a body that reports an error, whatever shape it has.
pub(crate) fn words_of(body: &[u8]) -> String {
    let text = match serde_json::from_slice::<Value>(body) {
        Ok(value) => words_of_value(&value),
        Err(_) => String::from_utf8_lossy(body).into_owned(),
    };
    let one_line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if one_line.is_empty() { "no message".to_owned() } else { one_line }
}

/// The message of an error object, followed by its code where that says more.
pub(crate) fn words_of_value(value: &Value) -> String {
    let inner = ["error", "detail"].iter().filter_map(|key| value.get(key)).find(|inner| !inner.is_null());
    let holder = inner.unwrap_or(value);
    if let Some(text) = holder.as_str() {
        return text.to_owned();
    }
    let Some(message) = holder.get("message").and_then(Value::as_str) else { return holder.to_string() };
    match ["code", "type"].iter().find_map(|key| holder.get(key).and_then(Value::as_str)) {
        Some(code) if !message.contains(code) => format!("{message} ({code})"),
        _ => message.to_owned(),
    }
}

/// The status that an error object inside a stream names, if any.
pub(crate) fn status_of(error: &Value) -> Option<u16> {
    let holder = error.get("error").filter(|inner| inner.is_object()).unwrap_or(error);
    let status = ["code", "status", "status_code"].iter().find_map(|key| match holder.get(key)? {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    })?;
    u16::try_from(status).ok().filter(|status| (400..600).contains(status))
}

/// Cuts long words at a character.
pub(crate) fn shorten(words: &str) -> String {
    match words.char_indices().nth(MOST_WORDS) {
        Some((cut, _)) => format!("{}…", &words[..cut]),
        None => words.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(status: u16, words: &str) -> &'static str {
        match classify("http://a/v1", "m", status, words, None) {
            Failure::Final(CallError::ContextTooLong { .. }) => "too long",
            Failure::Final(CallError::Refused { .. }) => "refused",
            Failure::Final(CallError::UnknownModel { .. }) => "unknown model",
            Failure::Final(CallError::Rejected { .. }) => "rejected",
            Failure::Passing { too_fast: true, .. } => "too fast",
            Failure::Passing { .. } => "passing",
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_key_that_every_request_carries_is_refused_once_and_for_all() {
        let body =
            serde_json::json!({"reasoning_effort": "x", "chat_template_kwargs": {"enable_thinking": false}});
        let check = |words: &str, expect: bool| {
            let failure = classify("http://a/v1", "m", 400, words, None);
            let failure = for_all(failure, "http://a/v1", body.as_object().unwrap());
            let refused = matches!(failure, Failure::Final(CallError::Refused { status: 400, .. }));
            assert_eq!(refused, expect, "{words}");
        };
        check("Unrecognized request argument supplied: reasoning_effort", true);
        check("'enable_thinking' is not supported", true);
        check("reasoning_efforts are great", false);
        check("temperature must be at most 2", false);
    }

    #[test]
    fn a_status_and_its_words_say_whether_to_try_again() {
        let check = |status, words, expect| assert_eq!(named(status, words), expect, "{status} {words}");
        check(400, "This model's maximum context length is 4096 tokens", "too long");
        check(500, "the request exceeds the available context size", "too long");
        check(400, "temperature must be at most 2", "rejected");
        check(400, "model_not_found", "unknown model");
        check(422, "bad", "rejected");
        check(401, "wrong key", "refused");
        check(402, "pay", "refused");
        check(301, "moved", "refused");
        check(404, "no such model", "unknown model");
        check(429, "slow down", "too fast");
        check(429, "rate limit of the context window", "too fast");
        check(429, "You exceeded your current quota (insufficient_quota)", "refused");
        check(500, "oops", "passing");
        check(501, "not implemented", "rejected");
        check(503, "busy", "passing");
        check(529, "overloaded", "passing");
    }

    #[test]
    fn words_are_found_in_every_shape_of_error() {
        let check = |body: &str, expect| assert_eq!(words_of(body.as_bytes()), expect);
        check(r#"{"error": {"message": "no", "code": "c"}}"#, "no (c)");
        check(r#"{"error": "plain"}"#, "plain");
        check(r#"{"object": "error", "message": "old vLLM", "code": 400}"#, "old vLLM");
        check(r#"{"detail": "Not Found"}"#, "Not Found");
        check("<html>\n  bad   gateway</html>", "<html> bad gateway</html>");
        check("", "no message");
    }

    #[test]
    fn an_error_inside_a_stream_may_name_its_status() {
        let check = |text: &str, expect| {
            assert_eq!(status_of(&serde_json::from_str(text).unwrap()), expect, "{text}");
        };
        check(r#"{"error": {"code": 502}}"#, Some(502));
        check(r#"{"error": {"code": "429"}}"#, Some(429));
        check(r#"{"error": {"code": "server_error"}}"#, None);
        check(r#"{"error": {"code": 7}}"#, None);
    }

    #[test]
    fn long_words_are_cut_at_a_character() {
        assert_eq!(shorten(&"é".repeat(1000)).chars().count(), MOST_WORDS + 1);
        assert_eq!(shorten("short"), "short");
    }
}
