//! Fingerprints: what a stage's result depends on, as one hash.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use serde_json::{Map, Value, json};

/// The hash of a file's content, in hex.
pub(crate) fn of_file(path: &Path) -> std::io::Result<String> {
    let mut hasher = blake3::Hasher::new();
    std::io::copy(&mut File::open(path)?, &mut hasher)?;
    Ok(hasher.finalize().to_hex().to_string())
}

/// The hash of a text, in hex.
pub(crate) fn of_text(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex().to_string()
}

/// The fingerprint of a stage: its name, what it is configured to be, and the content of what it reads.
pub(crate) fn of_stage(stage: &str, fingerprint_input: &Value, inputs: &BTreeMap<String, String>) -> String {
    of_text(
        &canonical(&json!({ "stage": stage, "identity": fingerprint_input, "inputs": inputs })).to_string(),
    )
}

/// The same value with every table's keys sorted, whatever map type serde_json was built with.
pub(crate) fn canonical(value: &Value) -> Value {
    match value {
        Value::Object(table) => {
            let sorted: BTreeMap<&String, Value> = table.iter().map(|(k, v)| (k, canonical(v))).collect();
            Value::Object(sorted.into_iter().map(|(k, v)| (k.clone(), v)).collect::<Map<_, _>>())
        }
        Value::Array(items) => Value::Array(items.iter().map(canonical).collect()),
        other => other.clone(),
    }
}

/// Which leaves of two values differ, as `path: old → new`.
pub(crate) fn differences(old: &Value, new: &Value) -> Vec<String> {
    let mut found = Vec::new();
    collect(old, new, "", &mut found);
    found
}

fn collect(old: &Value, new: &Value, path: &str, found: &mut Vec<String>) {
    match (old, new) {
        (Value::Object(a), Value::Object(b)) if a.get("kind") != b.get("kind") => {
            // Another kind has other keys; naming each would bury the one change that was made.
            let side = |table: &Map<String, Value>| table.get("kind").cloned().unwrap_or_default();
            found.push(format!("{}: {} → {}", join(path, "kind"), brief(&side(a)), brief(&side(b))));
        }
        (Value::Object(a), Value::Object(b)) => {
            let mut keys: Vec<&String> = a.keys().chain(b.keys()).collect();
            keys.sort();
            keys.dedup();
            for key in keys {
                let at = join(path, key);
                let side = |table: &Map<String, Value>| table.get(key).cloned().unwrap_or_default();
                collect(&side(a), &side(b), &at, found);
            }
        }
        _ if old == new => {}
        _ => found.push(format!("{path}: {} → {}", brief(old), brief(new))),
    }
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

/// A value short enough for a line of text.
fn brief(value: &Value) -> String {
    const MOST: usize = 40;
    let text = match value {
        Value::Null => "nothing".to_owned(),
        Value::String(text) => text.replace('\n', "⏎"),
        other => other.to_string(),
    };
    if text.chars().count() <= MOST {
        return text;
    }
    text.chars().take(MOST).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_order_does_not_count_and_everything_else_does() {
        let inputs = |hash: &str| BTreeMap::from([("a".to_owned(), hash.to_owned())]);
        let base = of_stage("split", &json!({"x": 1, "y": {"b": 2, "a": 3}}), &inputs("1"));
        assert_eq!(base, of_stage("split", &json!({"y": {"a": 3, "b": 2}, "x": 1}), &inputs("1")));
        assert_ne!(base, of_stage("judge", &json!({"x": 1, "y": {"b": 2, "a": 3}}), &inputs("1")));
        assert_ne!(base, of_stage("split", &json!({"x": 2, "y": {"b": 2, "a": 3}}), &inputs("1")));
        assert_ne!(base, of_stage("split", &json!({"x": 1, "y": {"b": 2, "a": 3}}), &inputs("2")));
    }

    #[test]
    fn differences_name_the_leaf() {
        let check = |old, new, expect: &[&str]| assert_eq!(differences(&old, &new), expect);
        check(json!({"kind": "a", "x": 1}), json!({"kind": "b", "y": 1}), &["kind: a → b"]);
        check(json!({"c": {"k": [1]}}), json!({"c": {}}), &["c.k: [1] → nothing"]);
        check(json!({}), json!({}), &[]);
    }
}
