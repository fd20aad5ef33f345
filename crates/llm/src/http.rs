//! The HTTP client, the address and the key of one endpoint.

#![expect(clippy::disallowed_methods, reason = "the one client")]

use std::{borrow::Cow, fmt, time::Duration};

use reqwest::{
    Url,
    header::{AUTHORIZATION, HeaderMap, HeaderValue},
    redirect, retry,
};

use secrets::{Names, Secrets};
use serde_json::Value;

use crate::{ChatReply, Endpoint, LlmError, env};

/// Where calls go and what they carry.
pub(crate) struct Target {
    pub(crate) http: reqwest::Client,
    /// The address of chat completions.
    pub(crate) url: Url,
    /// The address of completions.
    pub(crate) completions: Url,
    /// The address of the list of models.
    pub(crate) models: Url,
    /// The address as it may be shown: without its query, which may hold a key.
    pub(crate) shown: String,
    secrets: Secrets,
}

impl fmt::Debug for Target {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Target").field("address", &self.shown).finish_non_exhaustive()
    }
}

impl Target {
    /// Sets everything up; nothing is sent. Offline, no key is needed. `further` are secrets that the endpoint does not hold
    /// itself.
    pub(crate) fn new(
        endpoint: &Endpoint,
        address: &str,
        offline: bool,
        further: &[String],
    ) -> Result<Self, LlmError> {
        let bad = |reason: String| LlmError::BadAddress { address: harmless(address), reason };
        let base = Url::parse(address).map_err(|error| bad(error.to_string()))?;
        if !matches!(base.scheme(), "http" | "https") {
            return Err(bad("it begins with neither http:// nor https://".to_owned()));
        }
        if !base.username().is_empty() || base.password().is_some() {
            return Err(bad("keys come from the environment alone, see `api_key_env`".to_owned()));
        }
        let key = if offline { None } else { key(endpoint)? };
        let url = below(&base, &["chat", "completions"]);
        let http = client(endpoint, &base, key.as_deref())?;
        let secrets = secrets(endpoint, address, key, further);
        let (completions, models) = (below(&base, &["completions"]), below(&base, &["models"]));
        Ok(Self { http, url, completions, models, shown: shown(&base), secrets })
    }

    /// A path below the server's root: where chats lie below `/v1`, beside that.
    pub(crate) fn below_root(&self, segments: &[&str]) -> Url {
        let mut url = self.models.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop();
        }
        let versioned = url.path().ends_with("/v1");
        if let (true, Ok(mut path)) = (versioned, url.path_segments_mut()) {
            path.pop();
        }
        below(&url, segments)
    }

    /// Takes secrets out of a text that a server or a library wrote, and what is too much of it.
    pub(crate) fn redact(&self, text: &str) -> String {
        crate::failure::shorten(&self.secrets.redact(text))
    }

    /// Takes secrets out of a reply that repeats one.
    pub(crate) fn redact_reply(&self, mut reply: ChatReply) -> ChatReply {
        for text in std::iter::once(&mut reply.content).chain(&mut reply.reasoning) {
            if let Cow::Owned(redacted) = self.secrets.redact(text) {
                *text = redacted;
            }
        }
        reply
    }
}

/// Everything that a server learns from us and is nobody else's to know.
fn secrets(endpoint: &Endpoint, address: &str, key: Option<String>, further: &[String]) -> Secrets {
    let body = Value::Object(endpoint.extra_body.clone());
    let of_body = secrets::found(&body, &Names::default());
    let known = key.into_iter().chain(Secrets::of_address(address)).chain(of_body);
    Secrets::new(known.chain(further.iter().cloned()))
}

/// A path below the address; its query stays.
fn below(base: &Url, segments: &[&str]) -> Url {
    let mut url = base.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(segments);
    }
    url
}

fn shown(base: &Url) -> String {
    let mut shown = base.clone();
    shown.set_query(None);
    shown.set_fragment(None);
    shown.as_str().trim_end_matches('/').to_owned()
}

/// An address of whatever kind, without what may be a secret in it.
pub(crate) fn harmless(address: &str) -> String {
    let address = address.split(['?', '#']).next().unwrap_or_default();
    match address.rsplit_once('@') {
        Some((_, rest)) => format!("…@{rest}"),
        None => address.to_owned(),
    }
}

fn key(endpoint: &Endpoint) -> Result<Option<String>, LlmError> {
    let variable = endpoint.api_key_env.as_deref().unwrap_or(env::OPENAI_API_KEY);
    let key = env::read(variable).map(|key| key.trim().to_owned()).filter(|key| !key.is_empty());
    if key.is_none() && endpoint.api_key_env.is_some() {
        let variable = variable.to_owned();
        return Err(LlmError::NoKey { variable, model: endpoint.model.clone() });
    }
    Ok(key)
}

fn client(endpoint: &Endpoint, base: &Url, key: Option<&str>) -> Result<reqwest::Client, LlmError> {
    // Another part of the program may have installed a provider: any will do.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("thinkmeter/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(Duration::from_secs_f64(endpoint.timeouts.connect))
        .tcp_keepalive(Duration::from_secs(60))
        // A redirected POST would become a GET without a body.
        .redirect(redirect::Policy::none())
        // The client counts its tries, waits between them and tells of them; no others happen unseen.
        .retry(retry::never())
        .default_headers(headers(endpoint, key)?);
    if base.scheme() == "http" {
        // Without TLS there is nothing to verify, and a small container may hold no certificates.
        builder = builder.tls_certs_only([]);
    }
    if is_loopback(base) {
        builder = builder.no_proxy();
    }
    builder.build().map_err(|error| LlmError::Setup { reason: causes(&error.without_url()) })
}

fn headers(endpoint: &Endpoint, key: Option<&str>) -> Result<HeaderMap, LlmError> {
    let mut headers = HeaderMap::new();
    let Some(key) = key else { return Ok(headers) };
    let variable = || endpoint.api_key_env.clone().unwrap_or_else(|| env::OPENAI_API_KEY.to_owned());
    let mut value = HeaderValue::from_str(&format!("Bearer {key}"))
        .map_err(|_| LlmError::BadKey { variable: variable() })?;
    value.set_sensitive(true);
    headers.insert(AUTHORIZATION, value);
    Ok(headers)
}

/// This machine itself: no proxy can be meant.
fn is_loopback(base: &Url) -> bool {
    let host = base.host_str().unwrap_or_default();
    host == "localhost" || host == "[::1]" || host.starts_with("127.")
}

/// An error with all that caused it, in one line.
pub(crate) fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let more = inner.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = inner.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(address: &str) -> Result<Target, LlmError> {
        let endpoint = Endpoint { model: "m".into(), ..Endpoint::default() };
        Target::new(&endpoint, address, true, &[])
    }

    #[test]
    fn the_path_is_appended_and_secrets_are_not_shown() {
        let check = |address, url, shown| {
            let target = target(address).unwrap();
            assert_eq!((target.url.as_str(), target.shown.as_str()), (url, shown));
        };
        check("http://h:8/v1", "http://h:8/v1/chat/completions", "http://h:8/v1");
        check("http://h:8/v1/", "http://h:8/v1/chat/completions", "http://h:8/v1");
        check("http://h", "http://h/chat/completions", "http://h");
        check("http://h/v1?key=s", "http://h/v1/chat/completions?key=s", "http://h/v1");
    }

    #[test]
    fn an_address_that_is_none_is_refused() {
        let check = |address, part: &str| {
            let error = target(address).unwrap_err().to_string();
            assert!(error.contains(part), "{error}");
        };
        check("localhost:8000/v1", "neither http:// nor https://");
        check(
            "http://me:pw@h/v1",
            "`…@h/v1` is no address of a server: keys come from the environment alone",
        );
        check("not an address", "expected something like http://localhost:8000/v1");
    }

    #[test]
    fn only_this_machine_is_loopback() {
        let check = |address, expect| assert_eq!(is_loopback(&Url::parse(address).unwrap()), expect);
        check("http://127.0.0.1:9/v1", true);
        check("http://[::1]:9/v1", true);
        check("http://localhost/v1", true);
        check("http://localhost.example/v1", false);
        check("https://example.org", false);
    }

    #[test]
    fn a_key_is_taken_out_of_what_others_write() {
        let mut target = target("http://h").unwrap();
        target.secrets = Secrets::new(["sk-secret"]);
        assert_eq!(target.redact("wrong key sk-secret!"), "wrong key [secret]!");
        let reply = ChatReply { content: "it is sk-secret".into(), ..ChatReply::default() };
        assert_eq!(target.redact_reply(reply).content, "it is [secret]");
        assert!(!format!("{target:?}").contains("secret"));
    }
}
