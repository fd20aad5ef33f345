//! Why a reply ended: the words of servers and tools, in one table.

use serde_json::Value;
use tables::Finish;

/// The end of a reply as its source tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ending {
    /// What the word means.
    pub finish: Finish,
    /// The word itself, where it means none of what we know: to be shown, not dropped.
    pub word: Option<String>,
}

/// The model ended the reply.
const STOP: &[&str] = &[
    "stop",
    "stopped",
    "stop_sequence",
    "stop_token",
    "stop_word",
    "eos",
    "eos_token",
    "eos_reached",
    "endoftext",
    "end_of_text",
    "end_of_sequence",
    "end_turn",
    "end_of_turn",
    "complete",
    "completed",
    "finish",
    "finished",
    "done",
];

/// The token limit, or the end of the context, cut it.
const LENGTH: &[&str] = &[
    "length",
    "length_limit",
    "limit",
    "max_length",
    "max_tokens",
    "max_tokens_reached",
    "max_token",
    "max_new_tokens",
    "max_output_tokens",
    "max_completion_tokens",
    "max_total_tokens",
    "max_seq_len",
    "token_limit",
    "token_limit_reached",
    "model_length",
    "model_max_length",
    "context_length",
    "context_length_exceeded",
    "context_window",
    "context_window_exceeded",
    "model_context_window_exceeded",
    "max_context_length",
    "truncated",
];

/// There is no reply.
const FAILED: &[&str] = &["error", "failed", "failure"];

/// Words that say nothing.
const NOTHING: &[&str] = &["", "unknown", "unspecified", "none", "null", "nan"];

/// Members of a table that say why a reply ended, as SGLang's `{"type": "length", "length": 4096}`.
const MEMBERS: &[&str] = &["type", "reason", "finish_reason", "stop_reason", "name", "value"];

/// Characters of an unknown word that are kept.
const MOST_KEPT: usize = 60;

impl Ending {
    /// By a word such as `stop`, `MAX_TOKENS` or `FinishReason.LENGTH`.
    pub fn of(word: &str) -> Self {
        let plain = plain(word);
        let known = |words: &[&str]| words.contains(&plain.as_str());
        let of = |finish| Self { finish, word: None };
        match () {
            () if known(STOP) => of(Finish::Stop),
            () if known(LENGTH) => of(Finish::Length),
            () if known(FAILED) => of(Finish::Error),
            () if known(NOTHING) => Self::default(),
            () => Self { finish: Finish::Unknown, word: Some(kept(word)) },
        }
    }

    /// By whatever a source keeps there: a word, a number, or a table that holds the word (or its text).
    pub fn of_value(value: &Value) -> Self {
        match value {
            Value::String(text) => table(text).map_or_else(|| Self::of(text), |table| Self::of_value(&table)),
            Value::Object(members) => {
                let word =
                    MEMBERS.iter().find_map(|name| members.get(*name).filter(|value| !value.is_null()));
                word.map_or_else(|| Self::of(&value.to_string()), Self::of_value)
            }
            Value::Array(items) => match items.as_slice() {
                [] => Self::default(),
                [one] => Self::of_value(one),
                _ => Self::of(&value.to_string()),
            },
            Value::Null => Self::default(),
            other => Self::of(&other.to_string()),
        }
    }
}

/// A word that can be shown anywhere.
fn kept(word: &str) -> String {
    word.trim().chars().filter(|c| !c.is_control()).take(MOST_KEPT).collect()
}

/// A table that was written as text, by JSON or by Python.
fn table(text: &str) -> Option<Value> {
    let text = text.trim();
    let read = |text: &str| serde_json::from_str(text).ok().filter(Value::is_object);
    text.starts_with('{')
        .then(|| read(text).or_else(|| read(&text.replace('\'', "\"").replace("None", "null"))))?
}

/// Lower case, words apart by `_`, without the name of an enumeration in front.
fn plain(word: &str) -> String {
    let name = word.trim().rsplit(['.', ':']).next().unwrap_or_default();
    let mut plain = String::with_capacity(name.len());
    let mut lower = false;
    for c in name.chars() {
        if lower && c.is_ascii_uppercase() {
            plain.push('_');
        }
        lower = c.is_ascii_lowercase();
        plain.push(if matches!(c, '-' | ' ') { '_' } else { c.to_ascii_lowercase() });
    }
    ["finish_reason_", "stop_reason_"]
        .iter()
        .find_map(|prefix| plain.strip_prefix(prefix))
        .unwrap_or(&plain)
        .to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn words_of_many_tools() {
        let check = |words: &[&str], expect: Finish| {
            for word in words {
                assert_eq!(Ending::of(word), Ending { finish: expect, word: None }, "{word}");
            }
        };
        check(&["stop", " Stop ", "STOP", "FinishReason.STOP", "FINISH_REASON_STOP", "eos"], Finish::Stop);
        check(
            &["end_turn", "endTurn", "stop_sequence", "EOS_TOKEN", "COMPLETE", "StopReason.end_turn"],
            Finish::Stop,
        );
        check(
            &["length", "MAX_TOKENS", "FinishReason.MAX_TOKENS", "max_output_tokens", "maxTokens"],
            Finish::Length,
        );
        check(&["model_context_window_exceeded", "FinishReason::Length", "max-new-tokens"], Finish::Length);
        check(&["error", "ERROR"], Finish::Error);
        check(&["", "unknown", "FINISH_REASON_UNSPECIFIED", "None"], Finish::Unknown);
    }

    #[test]
    fn a_word_that_nobody_knows_is_kept() {
        for word in
            ["abort", "repetition", "SAFETY", "content_filter", "tool_calls", "FinishReason.RECITATION"]
        {
            assert_eq!(Ending::of(word), Ending { finish: Finish::Unknown, word: Some(word.to_owned()) });
        }
    }

    #[test]
    fn tables_hold_the_word() {
        let check = |value: Value, finish: Finish, word: Option<&str>| {
            assert_eq!(Ending::of_value(&value), Ending { finish, word: word.map(str::to_owned) }, "{value}");
        };
        check(json!({"type": "length", "length": 4096}), Finish::Length, None);
        check(json!({"type": "stop", "matched": 151_645}), Finish::Stop, None);
        check(json!({"type": "abort", "message": "gone"}), Finish::Unknown, Some("abort"));
        check(json!("{'type': 'length', 'length': 9}"), Finish::Length, None);
        check(json!("{'type': 'stop', 'matched': None}"), Finish::Stop, None);
        check(json!("{\"type\": \"length\"}"), Finish::Length, None);
        check(json!(["length"]), Finish::Length, None);
        check(json!({}), Finish::Unknown, Some("{}"));
        check(json!(2), Finish::Unknown, Some("2"));
        check(json!(null), Finish::Unknown, None);
        check(json!([]), Finish::Unknown, None);
    }
}
