//! Every environment variable that this crate reads. Proxies are read by the HTTP library itself.

#![expect(clippy::disallowed_methods, reason = "here the environment is read")]

/// The server's address when a configuration names none.
pub const OPENAI_BASE_URL: &str = "OPENAI_BASE_URL";
/// The key when a configuration names no other variable.
pub const OPENAI_API_KEY: &str = "OPENAI_API_KEY";

/// The variable's value; empty counts as unset.
pub(crate) fn read(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
