//! Texts of others, in which a secret may be repeated.

use std::borrow::Cow;

use aho_corasick::{AhoCorasick, MatchKind};

use crate::HIDDEN;
use crate::address::places;
use crate::base64::cores;

/// Shorter than this, a secret is looked for where its name stands beside it alone: `1` is in every text.
const SHORTEST: usize = 6;
/// Fewer letters of base64 stand in every text.
const SHORTEST_CORE: usize = 8;
/// A word of an address that has so many characters, letters and digits among them, is taken for a key whatever its name.
const LIKE_A_KEY: usize = 16;

/// Secrets to look for.
#[derive(Clone, Debug, Default)]
pub struct Secrets {
    finder: Option<AhoCorasick>,
}

impl Secrets {
    /// Looks for nothing.
    pub const fn none() -> Self {
        Self { finder: None }
    }

    /// Looks for these, as they are, as an address writes them, as JSON and HTML write them, and in base64.
    pub fn new<S: AsRef<str>>(secrets: impl IntoIterator<Item = S>) -> Self {
        let mut forms: Vec<String> = secrets.into_iter().flat_map(|secret| forms(secret.as_ref())).collect();
        forms.sort();
        forms.dedup();
        if forms.is_empty() {
            return Self::default();
        }
        let builder = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&forms);
        // Only a list of patterns that fills the memory is refused.
        Self { finder: builder.ok() }
    }

    /// What to look for of an address: who is named in it, alone and as a header carries it, and what its query says.
    pub fn of_address(address: &str) -> Vec<String> {
        let mut secrets = Vec::new();
        for place in places(address) {
            let (secret, name) = (&address[place.clone()], name_before(&address[..place.start]));
            match name {
                // `user:password`.
                None => secrets.extend(secret.split_once(':').map(|(_, password)| password.to_owned())),
                Some(name) if !crate::Names::default().hold(name) && !is_like_a_key(secret) => {
                    secrets.push(format!("{name}={secret}"));
                    continue;
                }
                Some(name) if secret.len() < SHORTEST => secrets.push(format!("{name}={secret}")),
                Some(_) => {}
            }
            secrets.push(secret.to_owned());
        }
        secrets
    }

    /// There is nothing to look for.
    pub fn is_empty(&self) -> bool {
        self.finder.is_none()
    }

    /// The text with `[secret]` in the place of each.
    pub fn redact<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let Some(finder) = self.finder.as_ref().filter(|finder| finder.is_match(text)) else {
            return Cow::Borrowed(text);
        };
        let mut out = String::with_capacity(text.len());
        finder.replace_all_with(text, &mut out, |_, _, out| {
            out.push_str(HIDDEN);
            true
        });
        Cow::Owned(out)
    }
}

/// The name of what begins behind this part of an address; `None` behind a scheme.
fn name_before(before: &str) -> Option<&str> {
    let name = before
        .strip_suffix('=')
        .map_or("", |named| &named[named.rfind(['?', '&', '#', ';']).map_or(0, |at| at + 1)..]);
    (!before.ends_with("://")).then_some(name)
}

fn is_like_a_key(word: &str) -> bool {
    let has = |kind: fn(&char) -> bool| word.chars().any(|c| kind(&c));
    word.len() >= LIKE_A_KEY && has(char::is_ascii_digit) && has(char::is_ascii_alphabetic)
}

/// The ways in which a secret may be written.
fn forms(secret: &str) -> Vec<String> {
    let secret = secret.trim();
    if secret.chars().count() < SHORTEST {
        return Vec::new();
    }
    let decoded = percent_decoded(secret);
    let mut forms = vec![secret.to_owned(), percent_encoded(secret)];
    forms.push(serde_json::Value::from(secret).to_string().trim_matches('"').to_owned());
    forms.push(secret.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;"));
    let mut plain = vec![secret];
    plain.extend(decoded.as_deref().filter(|decoded| decoded.chars().count() >= SHORTEST));
    let cores = plain.iter().flat_map(|plain| cores(plain.as_bytes()));
    let cores: Vec<String> = cores.filter(|core| core.len() >= SHORTEST_CORE).collect();
    forms.extend(plain.iter().map(|plain| (*plain).to_owned()));
    forms.extend(cores);
    forms
}

fn percent_encoded(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(encode).collect()
}

/// `None` where nothing is encoded, or what is would be no text.
fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let code = (*first == b'%').then(|| behind.get(..2)).flatten();
        let code = code.and_then(|code| u8::from_str_radix(std::str::from_utf8(code).ok()?, 16).ok());
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() { &behind[2..] } else { behind };
    }
    String::from_utf8(bytes).ok().filter(|decoded| decoded != text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_found_however_it_is_written() {
        let secrets = Secrets::new(["sk-se/cret\"1", "p%40ss wörd"]);
        let check = |text: &str, expect: &str| assert_eq!(secrets.redact(text), expect);
        check("nothing", "nothing");
        check("wrong key sk-se/cret\"1!", "wrong key [secret]!");
        check("?key=sk-se%2Fcret%221&x", "?key=[secret]&x");
        check(r#"{"key": "sk-se/cret\"1"}"#, r#"{"key": "[secret]"}"#);
        check("<b>sk-se/cret&quot;1</b>", "<b>[secret]</b>");
        check("p%40ss wörd or p@ss wörd", "[secret] or [secret]");
        // printf 'Bearer sk-se/cret"1' | base64, and `me:p@ss wörd`.
        let hidden = secrets.redact("QmVhcmVyIHNrLXNlL2NyZXQiMQ== bWU6cEBzcyB3w7ZyZA==").into_owned();
        assert_eq!(hidden.matches(HIDDEN).count(), 2, "{hidden}");
        assert!(!hidden.contains("NlL2NyZXQi"), "{hidden}");
    }

    #[test]
    fn what_is_short_or_no_secret_leaves_other_texts_alone() {
        let of = |address: &str| Secrets::new(Secrets::of_address(address));
        let check = |address: &str, text: &str, expect: &str| assert_eq!(of(address).redact(text), expect);
        let text = "In 2024-10-21 there were 12345 of 1, pw and hunter22.";
        check("http://h/v1?api-version=2024-10-21", text, text);
        check("http://h/v1?key=1", text, text);
        check("http://h/v1?api-version=2024-10-21", "at ?api-version=2024-10-21", "at ?[secret]");
        check("http://h/v1?key=123", "/v1/x?key=123 is unknown", "/v1/x?[secret] is unknown");
        check("http://h/v1?key=hunter22", "is hunter22 right?", "is [secret] right?");
        check("http://h/v1?k=a1b2c3d4e5f6g7h8", "a1b2c3d4e5f6g7h8", "[secret]");
        check("http://me:hunter22@h/v1", "hunter22, bWU6aHVudGVyMjI=", "[secret], [secret]=");
        check("http://h/v1", text, text);
        assert!(of("http://h/v1").is_empty());
    }
}
