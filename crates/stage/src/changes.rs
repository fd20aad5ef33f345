//! Where two inputs of a fingerprint differ.

use std::fmt;

use serde_json::Value;

/// A leaf at which two values differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change<'a> {
    /// Its keys with dots between them; empty for a value as a whole.
    path: String,
    /// What stood there.
    old: Option<&'a Value>,
    /// What stands there.
    new: Option<&'a Value>,
}

/// Every leaf at which two values differ. A table of another kind has other keys: its kind alone is named.
pub fn changes<'a>(old: &'a Value, new: &'a Value) -> Vec<Change<'a>> {
    let mut found = Vec::new();
    collect(Change { path: String::new(), old: Some(old), new: Some(new) }, &mut found);
    found
}

fn collect<'a>(change: Change<'a>, found: &mut Vec<Change<'a>>) {
    let Change { path, old, new } = &change;
    if old == new {
        return;
    }
    let (Some(Value::Object(old)), Some(Value::Object(new))) = (old, new) else {
        found.push(change);
        return;
    };
    let mut keys: Vec<&String> = old.keys().chain(new.keys()).collect();
    keys.sort();
    keys.dedup();
    if old.get("kind") != new.get("kind") {
        keys.retain(|key| *key == "kind");
    }
    for key in keys {
        let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        collect(Change { path, old: old.get(key), new: new.get(key) }, found);
    }
}

impl fmt::Display for Change<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        let (old, new) = (brief(self.old), brief(self.new));
        if old == new { f.write_str("another content") } else { write!(f, "{old} → {new}") }
    }
}

/// A value short enough for a line of text.
fn brief(value: Option<&Value>) -> String {
    const MOST: usize = 40;
    let text = match value {
        None => "nothing".to_owned(),
        Some(Value::String(text)) => text.replace('\n', "⏎"),
        Some(other) => other.to_string(),
    };
    if text.chars().count() <= MOST {
        return text;
    }
    text.chars().take(MOST).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn changes_name_the_leaf_and_both_sides() {
        let check = |old: Value, new: Value, expect: &[&str]| {
            let found: Vec<String> = changes(&old, &new).iter().map(Change::to_string).collect();
            assert_eq!(found, expect);
        };
        check(json!({}), json!({}), &[]);
        check(json!({"kind": "a", "x": 1}), json!({"kind": "b", "y": 1}), &["kind: a → b"]);
        check(json!({"x": 1}), json!({"kind": "b", "x": 2}), &["kind: nothing → b"]);
        check(json!({"c": {"k": [1]}}), json!({"c": {}}), &["c.k: [1] → nothing"]);
        // A body in which a key is null is another body than one without the key.
        check(json!({"body": {}}), json!({"body": {"stop": null}}), &["body.stop: nothing → null"]);
        check(json!({"a": 1, "b": "x\ny"}), json!({"a": 2, "b": "z"}), &["a: 1 → 2", "b: x⏎y → z"]);
        let long = |end: &str| json!({"p": format!("{}{end}", "x".repeat(50))});
        check(long("a"), long("b"), &["p: another content"]);
        check(json!([1, 2]), json!([]), &["[1,2] → []"]);
    }
}
