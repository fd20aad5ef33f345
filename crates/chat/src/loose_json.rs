//! JSON in a model's words, wherever it stands and however it is spelled.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

/// More brackets than this are not tried: a reply that opens so many holds no JSON for us.
const MOST_TRIES: usize = 4096;

/// Every JSON object and array of a text that stands in no other one, in order: bare, fenced, boxed, or between
/// sentences. Python's spelling of literals is understood.
pub fn json(words: &str) -> Vec<Value> {
    let (mut found, mut at) = (Vec::new(), 0);
    for _ in 0..MOST_TRIES {
        let Some(open) = words[at..].find(['{', '[']).map(|offset| at + offset) else { break };
        match value_at(&words[open..]) {
            Some((value, length)) => {
                found.push(value);
                at = open + length;
            }
            None => at = open + 1,
        }
    }
    found
}

fn value_at(text: &str) -> Option<(Value, usize)> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    if let Some(Ok(value)) = values.next() {
        return Some((value, values.byte_offset()));
    }
    let length = closing_bracket(text)?;
    let plain = plain_json(&text[..length]);
    serde_json::from_str(&plain).ok().map(|value| (value, length))
}

/// One past the bracket that closes the first one, with strings in either kind of quotes skipped.
fn closing_bracket(text: &str) -> Option<usize> {
    let (mut depth, mut quote, mut escaped) = (0_usize, None, false);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(_), _) if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(open), _) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '{' | '[') => depth += 1,
            (None, '}' | ']') => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            (None, _) => {}
        }
    }
    None
}

static WORDS: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\b(True|False|None)\b").ok());
static COMMA: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r",(\s*[}\]])").ok());

/// A Python literal as JSON: quotes, capitals, a comma too many, and backslashes of LaTeX that escape nothing.
fn plain_json(text: &str) -> String {
    let mut pieces = String::with_capacity(text.len());
    let (mut quote, mut outside) = (None, String::new());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (None, '"' | '\'') => {
                pieces += &spelled(&std::mem::take(&mut outside));
                pieces.push('"');
                quote = Some(c);
            }
            (None, _) => outside.push(c),
            (Some(open), _) if c == open => {
                pieces.push('"');
                quote = None;
            }
            (Some(_), '\\') => escape(chars.next_if(|c| r#"\"'/n"#.contains(*c)), &mut pieces),
            (Some(_), '"') => pieces.push_str("\\\""),
            (Some(_), '\n') => pieces.push_str("\\n"),
            (Some(_), _) => pieces.push(c),
        }
    }
    pieces + &spelled(&outside)
}

fn escape(escaped: Option<char>, pieces: &mut String) {
    match escaped {
        Some('\'') => pieces.push('\''),
        Some(known) => pieces.extend(['\\', known]),
        None => pieces.push_str("\\\\"),
    }
}

/// What stands outside of strings.
fn spelled(text: &str) -> String {
    let (Some(words), Some(comma)) = (WORDS.as_ref(), COMMA.as_ref()) else { return text.to_owned() };
    let small = words.replace_all(text, |found: &regex::Captures<'_>| match &found[1] {
        "None" => "null".to_owned(),
        other => other.to_lowercase(),
    });
    comma.replace_all(&small, "$1").into_owned()
}
