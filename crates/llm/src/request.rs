//! From a question to the body that is sent, and to the key under which its reply is kept.

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::{ChatRequest, Endpoint, LlmError, continuing, scoring};

/// The key of a reply: blake3 of everything that decides what is asked.
pub(crate) type ReplyKey = [u8; 32];

/// Keys of the body that the client writes itself, and what to use in their place.
const RESERVED: &[(&str, &str)] = &[
    ("messages", "prompts belong to the component that asks"),
    ("model", "use `model`"),
    ("n", "every sample is a request of its own; use the number of samples"),
    ("stream", "use `stream` of the endpoint"),
    ("stream_options", "it follows from `stream` of the endpoint"),
];

/// Refuses an `extra_body` that would undo what the client relies on.
pub(crate) fn check_extra(extra: &Map<String, Value>) -> Result<(), LlmError> {
    let clash = RESERVED.iter().find(|(key, _)| extra.contains_key(*key));
    match clash {
        Some((key, instead)) => Err(LlmError::ReservedKey { key: (*key).to_owned(), instead }),
        None => Ok(()),
    }
}

/// What is asked: the body without the keys that only say how to receive the reply.
pub(crate) fn question(endpoint: &Endpoint, request: &ChatRequest) -> Map<String, Value> {
    if let Some(asked) = request.scoring {
        return scoring::question(endpoint, request, asked);
    }
    let sampling = &request.sampling;
    let mut body = Map::new();
    body.insert("model".to_owned(), json!(endpoint.model));
    body.insert("messages".to_owned(), json!(request.messages));
    let seed = sampling.seed.map(|seed| seed.wrapping_add(i64::from(request.sample)));
    let drawn = [
        ("temperature", json!(sampling.temperature)),
        ("top_p", json!(sampling.top_p)),
        ("max_tokens", json!(sampling.max_tokens)),
        ("seed", json!(seed)),
    ];
    for (key, value) in drawn {
        if !value.is_null() {
            body.insert(key.to_owned(), value);
        }
    }
    if !sampling.stop.is_empty() {
        body.insert("stop".to_owned(), json!(sampling.stop));
    }
    if let Some(beside) = request.logprobs {
        body.insert("logprobs".to_owned(), json!(true));
        body.insert("top_logprobs".to_owned(), json!(beside));
    }
    body.extend(endpoint.extra_body.clone());
    if let Some(beginning) = &request.continues {
        continuing::add(&mut body, endpoint.continuation, beginning);
    }
    body
}

/// A question as JSON with sorted keys and no spaces: what is hashed, and most of what is sent.
pub(crate) fn canonical_text(question: &Map<String, Value>) -> Vec<u8> {
    let mut text = Vec::with_capacity(size(question));
    canonical_object(question, &mut text);
    text
}

/// The bytes to send: the question's text, which no question is so empty as not to need a comma behind, and how to
/// receive the reply.
pub(crate) fn body(mut text: Vec<u8>, stream: bool) -> Vec<u8> {
    let streamed = br#","stream":true,"stream_options":{"include_usage":true}}"#;
    text.pop();
    text.extend_from_slice(if stream { streamed } else { br#","stream":false}"# });
    text
}

/// The key of the reply to this question of this server, for this sample; `text` is the question's canonical text.
pub(crate) fn key(address: &str, text: &[u8], sample: u32) -> ReplyKey {
    // The same bytes as `{"base_url": …, "body": …, "sample": …}`, without a copy of a long prompt.
    let mut before = b"{\"base_url\":".to_vec();
    write(address, &mut before);
    before.extend(b",\"body\":");
    let mut hasher = blake3::Hasher::new();
    hasher.update(&before).update(text).update(format!(",\"sample\":{sample}}}").as_bytes());
    *hasher.finalize().as_bytes()
}

/// A key as 64 hexadecimal digits, for files.
pub(crate) fn key_text(key: &ReplyKey) -> String {
    blake3::Hash::from_bytes(*key).to_hex().to_string()
}

/// The key behind such digits; `None` if the text is something else.
pub(crate) fn key_of(text: &str) -> Option<ReplyKey> {
    let mut key = ReplyKey::default();
    let lower = |digit: u8| matches!(digit, b'0'..=b'9' | b'a'..=b'f');
    if text.len() != 2 * key.len() || !text.bytes().all(lower) {
        return None;
    }
    for (byte, place) in key.iter_mut().zip(0..) {
        *byte = u8::from_str_radix(text.get(2 * place..2 * place + 2)?, 16).ok()?;
    }
    Some(key)
}

/// About how many bytes a question takes as JSON: its texts, some of whose characters are escaped.
fn size(question: &Map<String, Value>) -> usize {
    let messages = question.get("messages").and_then(Value::as_array).into_iter().flatten();
    let texts = messages.filter_map(|message| message.get("content")?.as_str());
    let bytes: usize = texts.map(str::len).sum();
    bytes + bytes / 8 + 512
}

/// Writes JSON as bytes: a `Value`'s own `Display` goes through a formatter, which takes a prompt of a megabyte
/// several times as long.
fn write<T: Serialize + ?Sized>(value: &T, out: &mut Vec<u8>) {
    // Neither the buffer nor strings and numbers can fail.
    let _ = serde_json::to_writer(out, value);
}

/// JSON with sorted keys and no spaces, whatever order serde_json was built to keep.
fn canonical(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Object(members) => canonical_object(members, out),
        Value::Array(items) => list(*b"[]", out, items.iter(), canonical),
        scalar => write(scalar, out),
    }
}

fn canonical_object(members: &Map<String, Value>, out: &mut Vec<u8>) {
    let mut sorted: Vec<(&String, &Value)> = members.iter().collect();
    sorted.sort_by_key(|(key, _)| *key);
    list(*b"{}", out, sorted.into_iter(), |(key, value), out| {
        write(key, out);
        out.push(b':');
        canonical(value, out);
    });
}

fn list<I>(
    [open, close]: [u8; 2],
    out: &mut Vec<u8>,
    items: impl Iterator<Item = I>,
    write: impl Fn(I, &mut Vec<u8>),
) {
    out.push(open);
    for (index, item) in items.enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write(item, out);
    }
    out.push(close);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Message, Sampling};

    fn request(sample: u32) -> ChatRequest {
        let sampling = Sampling { seed: Some(7), max_tokens: Some(64), ..Sampling::default() };
        ChatRequest::new(vec![Message::user("2 + 3?")], sampling, sample)
    }

    fn reply_key(endpoint: &Endpoint, sample: u32) -> ReplyKey {
        key("http://a/v1", &canonical_text(&question(endpoint, &request(sample))), sample)
    }

    #[test]
    fn the_body_holds_what_was_asked_and_samples_get_their_own_seed() {
        let endpoint = Endpoint { model: "m".into(), ..Endpoint::default() };
        let text = canonical_text(&question(&endpoint, &request(2)));
        let whole: Value = serde_json::from_slice(&body(text.clone(), false)).unwrap();
        assert_eq!((&whole["stream"], &whole["stream_options"]), (&json!(false), &Value::Null));
        let sent: Value = serde_json::from_slice(&body(text, true)).unwrap();
        let expect = json!({
            "model": "m",
            "messages": [{"role": "user", "content": "2 + 3?"}],
            "max_tokens": 64,
            "seed": 9,
            "stream": true,
            "stream_options": {"include_usage": true},
        });
        assert_eq!(sent, expect);
    }

    #[test]
    fn the_key_knows_what_is_asked_and_not_how() {
        let plain = Endpoint { model: "m".into(), ..Endpoint::default() };
        let mut other = plain.clone();
        other.stream = false;
        other.retries = 0;
        other.timeouts.total = 1.0;
        assert_eq!(reply_key(&plain, 0), reply_key(&other, 0));
        assert_ne!(reply_key(&plain, 0), reply_key(&plain, 1));
        other.extra_body.insert("top_k".into(), json!(20));
        assert_ne!(reply_key(&plain, 0), reply_key(&other, 0));
        let text = canonical_text(&question(&plain, &request(0)));
        assert_ne!(key("http://a/v1", &text, 0), key("http://b/v1", &text, 0));
    }

    /// A reply that somebody paid for years ago has to be found: what a request does not ask for leaves no trace in its key.
    #[test]
    fn the_key_of_a_plain_request_never_changes() {
        let endpoint = Endpoint { model: "m".into(), ..Endpoint::default() };
        let plain = question(&endpoint, &request(0));
        let text = canonical_text(&plain);
        let expect =
            r#"{"max_tokens":64,"messages":[{"content":"2 + 3?","role":"user"}],"model":"m","seed":7}"#;
        assert_eq!(String::from_utf8_lossy(&text), expect);
        assert_eq!(key_text(&key("http://a/v1", &text, 0)), GOLDEN);
        let asked = ChatRequest { logprobs: Some(5), ..request(0) };
        let asked = question(&endpoint, &asked);
        assert_eq!((&asked["logprobs"], &asked["top_logprobs"]), (&json!(true), &json!(5)));
        let without = serde_json::to_value(request(0)).unwrap();
        assert!(without.get("logprobs").is_none() && serde_json::from_value::<ChatRequest>(without).is_ok());
    }

    const GOLDEN: &str = "e09220c9d217ccc2bbd14284ac5ff5ce23d311487b194dd81a5e16a3bbd6e721";

    #[test]
    fn the_key_is_that_of_the_canonical_json() {
        let endpoint = Endpoint { model: "m".into(), ..Endpoint::default() };
        let question = question(&endpoint, &request(2));
        let mut text = Vec::new();
        canonical(&json!({"base_url": "http://a/\"v1", "body": question, "sample": 2}), &mut text);
        let found = key("http://a/\"v1", &canonical_text(&question), 2);
        assert_eq!(found, *blake3::hash(&text).as_bytes());
    }

    /// A reply that was paid for before there were continuations is found: its key is what it was, to the byte.
    #[test]
    fn the_key_of_a_plain_question_is_what_it_always_was() {
        let endpoint = Endpoint { model: "m".into(), ..Endpoint::default() };
        let key = key_text(&reply_key(&endpoint, 3));
        assert_eq!(key, "5d31f9f1afd8474b3c7e0fc74280be129d9dbf5a667a1295ec7c9e05567c8bcf");
        let text = r#"{"base_url":"http://a/v1","body":{"max_tokens":64,"messages":[{"content":"2 + 3?","role":"user"}],"model":"m","seed":10},"sample":3}"#;
        assert_eq!(blake3::hash(text.as_bytes()).to_hex().as_str(), key);
        let asked = ChatRequest { followed_by: 2, ..request(3) };
        let continuation = chat::Dialect::Plain;
        let other = Endpoint { continuation, ..endpoint };
        assert_eq!(question(&other, &asked), question(&other, &request(3)));
        assert_eq!(key_text(&reply_key(&other, 3)), key);
    }

    #[test]
    fn canonical_json_sorts_keys_at_every_depth() {
        let mut text = Vec::new();
        canonical(&json!({"b": [1, {"z": null, "a": "x\"y"}], "a": 0.5}), &mut text);
        assert_eq!(text, br#"{"a":0.5,"b":[1,{"a":"x\"y","z":null}]}"#);
    }

    #[test]
    fn keys_have_a_text() {
        let key = reply_key(&Endpoint { model: "m".into(), ..Endpoint::default() }, 0);
        assert_eq!(super::key_of(&key_text(&key)), Some(key));
        for wrong in ["", "00", &"g0".repeat(32), &"A0".repeat(32), &"é".repeat(32)] {
            assert_eq!(super::key_of(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn keys_of_the_client_are_refused() {
        let extra = json!({"n": 4});
        let error = check_extra(extra.as_object().unwrap()).unwrap_err();
        assert!(error.to_string().starts_with("`extra_body.n` is not yours to set"), "{error}");
    }
}
