//! Configurations: which of their places hold a secret.

use serde_json::Value;

use crate::address::{places, without_secrets};
use crate::{HIDDEN, Names, Secrets};

/// The same configuration with what `seal` says of each secret in its place.
pub fn sealed(value: &Value, names: &Names, seal: &dyn Fn(&str) -> String) -> Value {
    let below = |(key, value): (&String, &Value)| {
        let value = if names.hold(key) { leaves(value, seal) } else { sealed(value, names, seal) };
        (key.clone(), value)
    };
    match value {
        Value::Object(table) => Value::Object(table.iter().map(below).collect()),
        Value::Array(items) => items.iter().map(|item| sealed(item, names, seal)).collect(),
        Value::String(text) => Value::String(without_secrets(text, &mut |secret| seal(secret))),
        other => other.clone(),
    }
}

/// Every text and number below a secret's name.
fn leaves(value: &Value, seal: &dyn Fn(&str) -> String) -> Value {
    match value {
        Value::Object(table) => {
            Value::Object(table.iter().map(|(key, value)| (key.clone(), leaves(value, seal))).collect())
        }
        Value::Array(items) => items.iter().map(|item| leaves(item, seal)).collect(),
        Value::String(text) => Value::String(seal(text)),
        Value::Number(number) => Value::String(seal(&number.to_string())),
        other => other.clone(),
    }
}

/// What there is to look for in texts of others: the secrets of a configuration.
pub fn found(value: &Value, names: &Names) -> Vec<String> {
    let mut secrets = Vec::new();
    collect(value, names, &mut secrets);
    secrets
}

fn collect(value: &Value, names: &Names, secrets: &mut Vec<String>) {
    match value {
        Value::Object(table) => table.iter().for_each(|(key, value)| {
            if names.hold(key) {
                let seen = std::cell::RefCell::new(Vec::new());
                leaves(value, &|secret| {
                    seen.borrow_mut().push(secret.to_owned());
                    String::new()
                });
                secrets.extend(seen.into_inner());
            }
            collect(value, names, secrets);
        }),
        Value::Array(items) => items.iter().for_each(|item| collect(item, names, secrets)),
        Value::String(text) if !places(text).is_empty() => secrets.extend(Secrets::of_address(text)),
        _ => {}
    }
}

/// A text that shows lines of a configuration which cannot be read as such: what follows a secret's name on its line, and
/// what is secret in an address, is hidden.
pub fn without_secret_lines(text: &str) -> String {
    let names = Names::default();
    let line = |line: &str| {
        let Some(at) = line.find(['=', ':']) else { return line.to_owned() };
        let name = line[..at].trim_end().trim_end_matches(['"', '\'']);
        let name = name.rsplit(|c: char| c.is_whitespace() || "\"'|{,.".contains(c)).next().unwrap_or(name);
        if names.hold(name) { format!("{} {HIDDEN}", &line[..=at]) } else { line.to_owned() }
    };
    let lines: Vec<String> = text.split('\n').map(line).collect();
    without_secrets(&lines.join("\n"), &mut crate::hidden)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn secrets_are_sealed_in_their_places_and_found() {
        let document = json!({
            "secrets": ["session"],
            "models": [{
                "base_url": "http://me:hunter22@h/v1?key=sesame99",
                "api_key_env": "KEY",
                "extra_body": {"api_key": "sk-12345678", "auth": {"a": [7654321, true]}, "top_k": 20, "session": "s-123456"},
            }],
        });
        let names = Names::of(&document);
        let expect = json!({
            "secrets": ["session"],
            "models": [{
                "base_url": "http://[secret]@h/v1?key=[secret]",
                "api_key_env": "KEY",
                "extra_body": {"api_key": "[secret]", "auth": {"a": ["[secret]", true]}, "top_k": 20, "session": "[secret]"},
            }],
        });
        assert_eq!(sealed(&document, &names, &crate::hidden), expect);
        let mut found = found(&document, &names);
        found.sort();
        let expect = ["7654321", "hunter22", "me:hunter22", "s-123456", "sesame99", "sk-12345678"];
        assert_eq!(found, expect);
    }

    #[test]
    fn lines_that_are_no_configuration_are_hidden_by_their_names() {
        let check = |text: &str, expect: &str| assert_eq!(without_secret_lines(text), expect);
        check("3 | api_key = \"sk-1\n  |   ^", "3 | api_key = [secret]\n  |   ^");
        check("1 | {\"token\": \"x\"}", "1 | {\"token\": [secret]");
        check("base_url = \"http://a:b@h\"", "base_url = \"http://[secret]@h\"");
        check("max_tokens = 7", "max_tokens = 7");
    }
}
