//! Questions for scores, in the words of each kind of server, and the numbers in what it sends.

use chat::{ChatReply, Scores, Scoring, Shape};
use serde_json::{Map, Value, json};

use crate::{ChatRequest, Endpoint};

/// The key of a question for scores that says where it is asked. It stands in the key of the reply and is never sent.
const ASKED_AT: &str = "asked_at";

/// What is asked: the texts as the server wants them, and where.
pub(crate) fn question(endpoint: &Endpoint, request: &ChatRequest, scoring: Scoring) -> Map<String, Value> {
    let mut body = endpoint.extra_body.clone();
    body.insert("model".to_owned(), json!(endpoint.model));
    body.insert(ASKED_AT.to_owned(), json!(scoring.shape));
    let texts: Vec<&str> = request.messages.iter().map(|message| message.content.as_str()).collect();
    let mut text = |key: &str| body.insert(key.to_owned(), json!(texts.join("\n\n")));
    match scoring.shape {
        Shape::Pooling | Shape::Classify if !scoring.joined => {
            body.insert("messages".to_owned(), json!(request.messages));
        }
        Shape::Pooling | Shape::Classify => drop(text("input")),
        Shape::Sglang => drop(text("text")),
        Shape::ContextLogits => {
            text("prompt");
            body.insert("max_tokens".to_owned(), json!(1));
            body.insert("return_context_logits".to_owned(), json!(true));
        }
        Shape::Score => {
            let (last, before) = texts.split_last().unwrap_or((&"", &[]));
            body.insert("text_1".to_owned(), json!(before.join("\n\n")));
            body.insert("text_2".to_owned(), json!(last));
        }
    }
    body
}

/// The body to send.
pub(crate) fn body(question: &Map<String, Value>) -> Map<String, Value> {
    let mut body = question.clone();
    body.remove(ASKED_AT);
    body
}

/// Where it is asked, below the server's root; completions lie below `/v1`.
pub(crate) fn path(shape: Shape) -> &'static [&'static str] {
    match shape {
        Shape::Pooling => &["pooling"],
        Shape::Classify | Shape::Sglang => &["classify"],
        Shape::Score => &["score"],
        Shape::ContextLogits => &["v1", "completions"],
    }
}

/// What came, as JSON. Servers of Python write NaN and Infinity, which JSON does not know.
pub(crate) fn parsed(bytes: &[u8]) -> Option<Value> {
    serde_json::from_slice(bytes).ok().or_else(|| {
        let text = std::str::from_utf8(bytes).ok()?;
        let text = text.replace("-Infinity", "null").replace("Infinity", "null").replace("NaN", "null");
        serde_json::from_str(&text).ok()
    })
}

/// The numbers in what a server sent, and what it read for them.
///
/// # Errors
/// It sent something else.
pub(crate) fn reply(shape: Shape, sent: &Value) -> Result<ChatReply, String> {
    let found = numbers(shape, sent)
        .ok_or_else(|| format!("its reply holds no scores where `{}` has them", word(shape)))?;
    let usage = sent.get("usage").or_else(|| first(sent)?.get("meta_info"));
    let prompt_tokens = usage.and_then(|usage| usage.get("prompt_tokens")?.as_u64());
    // It writes nothing but for the one token that completions cannot do without.
    let written = usage.and_then(|usage| usage.get("completion_tokens")?.as_u64()).unwrap_or(0);
    let completion_tokens = prompt_tokens.map(|_| written);
    Ok(ChatReply {
        scores: Some(Scores::new(found)),
        prompt_tokens,
        completion_tokens,
        ..ChatReply::default()
    })
}

fn word(shape: Shape) -> String {
    json!(shape).as_str().unwrap_or_default().to_owned()
}

/// SGLang sends a list of one or the one itself.
fn first(sent: &Value) -> Option<&Value> {
    sent.as_array().map_or(Some(sent), |list| list.first())
}

fn numbers(shape: Shape, sent: &Value) -> Option<Vec<Vec<Option<f64>>>> {
    match shape {
        Shape::Pooling => rows(sent.pointer("/data/0/data")?),
        Shape::Classify => rows(sent.pointer("/data/0/probs")?),
        Shape::Score => rows(sent.pointer("/data/0/score")?),
        Shape::Sglang => rows(first(sent)?.get("embedding")?),
        Shape::ContextLogits => rows(sent.pointer("/choices/0/context_logits")?),
    }
}

/// A number, a row of them, or a row for each place, which some servers wrap once more.
fn rows(found: &Value) -> Option<Vec<Vec<Option<f64>>>> {
    let row = |row: &Value| -> Option<Vec<Option<f64>>> {
        row.as_array()?
            .iter()
            .map(|value| (value.is_number() || value.is_null()).then(|| value.as_f64()))
            .collect()
    };
    match found {
        Value::Number(_) | Value::Null => Some(vec![vec![found.as_f64()]]),
        Value::Array(list) if list.is_empty() => Some(Vec::new()),
        Value::Array(list) if list.iter().all(Value::is_array) => match list.as_slice() {
            [only] if only.as_array().is_some_and(|inner| inner.iter().any(Value::is_array)) => rows(only),
            _ => list.iter().map(row).collect(),
        },
        Value::Array(_) => Some(vec![row(found)?]),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use chat::Message;

    use super::*;

    fn asked(shape: Shape, joined: bool) -> Value {
        let messages = vec![Message::user("2 + 3?"), Message::assistant("5")];
        let request =
            ChatRequest { messages, scoring: Some(Scoring { shape, joined }), ..ChatRequest::default() };
        let endpoint = Endpoint { model: "rm".into(), ..Endpoint::default() };
        Value::Object(question(&endpoint, &request, Scoring { shape, joined }))
    }

    #[test]
    fn each_server_is_asked_in_its_own_words() {
        let check = |shape, joined, expect: Value| assert_eq!(asked(shape, joined), expect);
        let messages = json!([{"role": "user", "content": "2 + 3?"}, {"role": "assistant", "content": "5"}]);
        check(Shape::Pooling, false, json!({"model": "rm", "asked_at": "pooling", "messages": messages}));
        check(Shape::Pooling, true, json!({"model": "rm", "asked_at": "pooling", "input": "2 + 3?\n\n5"}));
        check(Shape::Classify, false, json!({"model": "rm", "asked_at": "classify", "messages": messages}));
        check(
            Shape::Score,
            false,
            json!({"model": "rm", "asked_at": "score", "text_1": "2 + 3?", "text_2": "5"}),
        );
        check(Shape::Sglang, false, json!({"model": "rm", "asked_at": "sglang", "text": "2 + 3?\n\n5"}));
        check(
            Shape::ContextLogits,
            false,
            json!({"model": "rm", "asked_at": "context_logits", "prompt": "2 + 3?\n\n5", "max_tokens": 1, "return_context_logits": true}),
        );
        let sent = body(asked(Shape::Score, false).as_object().unwrap());
        assert!(!sent.contains_key(ASKED_AT) && sent.len() == 3);
    }

    #[test]
    fn numbers_are_read_from_every_shape() {
        let check = |shape, text: &str, expect: &[&[Option<f64>]], read: Option<u64>| {
            let reply = reply(shape, &parsed(text.as_bytes()).unwrap()).unwrap();
            let rows: Vec<Vec<Option<f64>>> = reply.scores.unwrap().rows().collect();
            assert_eq!(rows, expect, "{text}");
            assert_eq!((reply.prompt_tokens, reply.completion_tokens), (read, read.map(|_| 0)), "{text}");
        };
        let usage = r#""usage": {"prompt_tokens": 7, "total_tokens": 7}"#;
        check(
            Shape::Pooling,
            &format!(r#"{{"data": [{{"data": [[0.25, 0.75], [1, 0]]}}], {usage}}}"#),
            &[&[Some(0.25), Some(0.75)], &[Some(1.0), Some(0.0)]],
            Some(7),
        );
        check(
            Shape::Pooling,
            r#"{"data": [{"data": [[[0.5], [0.25]]]}]}"#,
            &[&[Some(0.5)], &[Some(0.25)]],
            None,
        );
        check(Shape::Pooling, r#"{"data": [{"data": [-3.5]}]}"#, &[&[Some(-3.5)]], None);
        check(Shape::Pooling, r#"{"data": [{"data": [NaN]}]}"#, &[&[None]], None);
        check(Shape::Pooling, r#"{"data": [{"data": []}]}"#, &[], None);
        check(
            Shape::Classify,
            r#"{"data": [{"label": "x", "probs": [0.1, 0.9], "num_classes": 2}]}"#,
            &[&[Some(0.1), Some(0.9)]],
            None,
        );
        check(Shape::Score, r#"{"data": [{"score": 0.75}]}"#, &[&[Some(0.75)]], None);
        check(
            Shape::Sglang,
            r#"[{"embedding": [1.5], "meta_info": {"prompt_tokens": 3}}]"#,
            &[&[Some(1.5)]],
            Some(3),
        );
        check(Shape::Sglang, r#"{"embedding": [-Infinity]}"#, &[&[None]], None);
        check(
            Shape::ContextLogits,
            r#"{"choices": [{"context_logits": [[1, 2], [3, 4]]}]}"#,
            &[&[Some(1.0), Some(2.0)], &[Some(3.0), Some(4.0)]],
            None,
        );
    }

    #[test]
    fn what_holds_no_numbers_is_no_reply() {
        let check = |shape, sent: Value| {
            let error = reply(shape, &sent).unwrap_err();
            assert!(error.starts_with("its reply holds no scores where `"), "{error}");
        };
        check(Shape::Pooling, json!({"data": [{"embedding": [1.0]}]}));
        check(Shape::Classify, json!({"data": [{"probs": ["high"]}]}));
        check(Shape::Score, json!({"data": []}));
        check(Shape::Sglang, json!([]));
        check(Shape::ContextLogits, json!({"choices": [{"text": "5"}]}));
    }
}
