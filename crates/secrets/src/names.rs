//! Names under which a secret stands.

use serde_json::Value;

/// A name whose last word is one of these holds a secret: `api_key`, `X-Auth-Token`, `clientSecret`; `max_tokens` and
/// `api_key_env` do not.
const LAST_WORDS: [&str; 16] = [
    "apikey",
    "auth",
    "authorization",
    "bearer",
    "cookie",
    "credential",
    "credentials",
    "key",
    "passphrase",
    "passwd",
    "password",
    "pwd",
    "secret",
    "sig",
    "signature",
    "token",
];

/// Before `token` these words mean one of a text.
const TOKENS_OF_TEXTS: [&str; 14] = [
    "begin", "bos", "cls", "end", "eos", "first", "last", "mask", "pad", "per", "sep", "special", "stop",
    "unk",
];

/// The key of a pipeline file that marks further names as secret: a list of them.
const MARKED: &str = "secrets";

/// The names that stand for secrets: those that everybody uses, and those that a pipeline marks.
#[derive(Clone, Debug, Default)]
pub struct Names {
    marked: Vec<String>,
}

impl Names {
    /// With what a pipeline file marks as secret.
    pub fn of(document: &Value) -> Self {
        let marked = document.get(MARKED).and_then(Value::as_array).into_iter().flatten();
        Self { marked: marked.filter_map(Value::as_str).map(str::to_lowercase).collect() }
    }

    /// What stands under this name is secret.
    pub fn hold(&self, name: &str) -> bool {
        let (before, last) = last_word(name);
        let of_text = last == "token" && TOKENS_OF_TEXTS.contains(&last_word(&before).1.as_str());
        LAST_WORDS.contains(&last.as_str()) && !of_text || self.marked.contains(&name.to_lowercase())
    }
}

/// What stands before the last word of a name, and that word in lower case: words end at whatever is no letter, and before a
/// capital behind a small one.
fn last_word(name: &str) -> (String, String) {
    let chars: Vec<char> = name.trim_end_matches(|c: char| !c.is_alphanumeric()).chars().collect();
    let begins = |at: &usize| {
        let before = chars[at - 1];
        !before.is_alphabetic() || before.is_lowercase() && chars[*at].is_uppercase()
    };
    let start = (1..chars.len()).rev().find(begins).unwrap_or(0);
    let (before, last) = chars.split_at(start);
    (before.iter().collect(), last.iter().collect::<String>().to_lowercase())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_last_word_of_a_name_tells_a_secret() {
        let names = Names::of(&json!({"secrets": ["Session"]}));
        let check = |name: &str, expect| assert_eq!(names.hold(name), expect, "{name}");
        for name in [
            "key",
            "api_key",
            "API_KEY",
            "apiKey",
            "X-Auth-Token",
            "clientSecret",
            "Authorization",
            "sig",
            "x.password",
            "session",
            "proxy-authorization",
            "APIKey",
        ] {
            check(name, true);
        }
        for name in [
            "max_tokens",
            "api_key_env",
            "tokenizer",
            "keywords",
            "monkey",
            "tokens_per_minute",
            "model",
            "",
            "first_token",
            "eosToken",
            "sessions",
            "secretary",
            "base_url",
            "token_count",
        ] {
            check(name, false);
        }
    }
}
