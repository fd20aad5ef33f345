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
}
