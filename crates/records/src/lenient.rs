//! JSON as Python writes it: `NaN` and `Infinity` are no JSON, but stand in many a log. They say nothing we keep.

use serde_json::Value;

/// A JSON value; numbers that are none become null.
pub(crate) fn from_text(text: &str) -> Result<Value, serde_json::Error> {
    serde_json::from_str(text).or_else(|error| match without_bare_words(text) {
        Some(mended) => serde_json::from_str(&mended),
        None => Err(error),
    })
}

/// The text with its bare `NaN` and `Infinity` as null; `None` if it has none.
fn without_bare_words(text: &str) -> Option<String> {
    let mut mended = String::new();
    let (mut kept, mut at) = (0, 0);
    let (mut in_text, mut escaped) = (false, false);
    let bytes = text.as_bytes();
    while let Some(&byte) = bytes.get(at) {
        if in_text {
            in_text = escaped || byte != b'"';
            escaped = !escaped && byte == b'\\';
        } else if byte == b'"' {
            in_text = true;
        } else if let Some(word) =
            ["NaN", "Infinity", "-Infinity"].iter().find(|word| text[at..].starts_with(**word))
        {
            mended.push_str(&text[kept..at]);
            mended.push_str("null");
            at += word.len();
            kept = at;
            continue;
        }
        at += if in_text { char_len(byte) } else { 1 };
        while !text.is_char_boundary(at) {
            at += 1;
        }
    }
    if kept == 0 {
        return None;
    }
    mended.push_str(&text[kept..]);
    Some(mended)
}

/// Bytes of the character that starts with this one.
fn char_len(first: u8) -> usize {
    match first {
        0xf0.. => 4,
        0xe0.. => 3,
        0xc0.. => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bare_words_are_null_and_texts_stay() {
        let check = |text: &str, expect: Option<&str>| {
            assert_eq!(from_text(text).ok().map(|v| v.to_string()).as_deref(), expect, "{text}");
        };
        check("{\"a\": NaN, \"b\": [-Infinity, Infinity]}", Some("{\"a\":null,\"b\":[null,null]}"));
        check("{\"NaN\": \"ä \\\" NaN\", \"b\": NaN}", Some("{\"NaN\":\"ä \\\" NaN\",\"b\":null}"));
        check("{\"a\": \"Infinity\"}", Some("{\"a\":\"Infinity\"}"));
        check("{\"a\": NaNa}", None);
        check("{\"a\": ä, NaN}", None);
    }
}
