//! Where and as whom to ask: the keys that every table of a model, a judge or a splitter shares.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{Dialect, Price, Serve};

/// Where and as whom to ask. Flatten it into the configuration of a component that asks a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Endpoint {
    /// Address of an OpenAI-compatible server, up to and including `/v1`; else `OPENAI_BASE_URL`.
    #[serde(default)]
    pub base_url: Option<String>,
    /// Start a server for the model on this machine, in place of `base_url`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serve: Option<Serve>,
    /// The model's name at the server.
    ///
    /// With `serve` its name at the hub, a folder, or a `.gguf` file.
    pub model: String,
    /// The environment variable that holds the key; else `OPENAI_API_KEY`, and no key at all if that is unset.
    #[serde(default)]
    pub api_key_env: Option<String>,
    /// Receive replies piece by piece; gateways cut connections that stay silent for minutes.
    #[serde(default = "yes")]
    pub stream: bool,
    /// Further keys of the request's body, passed through as they are.
    #[serde(default)]
    pub extra_body: Map<String, Value>,
    /// How the server is asked to go on with a reply; `thinkmeter doctor --continue` finds out.
    #[serde(default, skip_serializing_if = "Dialect::is_auto")]
    pub continuation: Dialect,
    /// How long to wait, in seconds.
    #[serde(default)]
    pub timeouts: Timeouts,
    /// The most megabytes of a reply; a server that sends more sends no reply.
    #[serde(default = "many", skip_serializing_if = "is_usual")]
    #[schemars(range(min = 1))]
    pub max_reply_mb: u32,
    /// How often a call that failed for a passing reason is tried again.
    #[serde(default = "eight")]
    pub retries: u32,
    /// How long to wait between tries, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backoff: Option<BackoffSeconds>,
    /// The most requests that may be sent within a minute, tries that failed included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub requests_per_minute: Option<u32>,
    /// The most tokens of prompts and replies within a minute; estimated before a call, corrected by what the
    /// server counted behind it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub tokens_per_minute: Option<u64>,
    /// What tokens cost, per million; `--max-cost` counts with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Price>,
}

fn yes() -> bool {
    true
}

/// A token has four bytes or so: sixteen million of them.
fn many() -> u32 {
    64
}

fn is_usual(megabytes: &u32) -> bool {
    *megabytes == many()
}

fn eight() -> u32 {
    8
}

impl Default for Endpoint {
    /// No model is named: a client refuses it as it is.
    fn default() -> Self {
        Self {
            base_url: None,
            serve: None,
            model: String::new(),
            api_key_env: None,
            stream: yes(),
            extra_body: Map::new(),
            continuation: Dialect::Auto,
            timeouts: Timeouts::default(),
            max_reply_mb: many(),
            retries: eight(),
            backoff: None,
            requests_per_minute: None,
            tokens_per_minute: None,
            price: None,
        }
    }
}

impl Endpoint {
    /// The keys that say how to ask and not what: they belong to no fingerprint. A component that flattens an
    /// endpoint writes its own list with [`crate::execution_keys`].
    pub const EXECUTION_KEYS: &'static [&'static str] = crate::execution_keys!();
}

/// The execution keys of a component that holds an [`Endpoint`], followed by its own: `execution_keys!("path")`
/// where it is flattened, `execution_keys!(in "llm."; "llm.path")` where it is a table of its own.
#[macro_export]
macro_rules! execution_keys {
    (in $prefix:literal; $($own:literal),*) => {
        &[
            concat!($prefix, "api_key_env"),
            concat!($prefix, "backoff"),
            concat!($prefix, "max_reply_mb"),
            concat!($prefix, "price"),
            concat!($prefix, "requests_per_minute"),
            concat!($prefix, "retries"),
            concat!($prefix, "serve.env"),
            concat!($prefix, "serve.start_seconds"),
            concat!($prefix, "stream"),
            concat!($prefix, "timeouts"),
            concat!($prefix, "tokens_per_minute"),
            $($own,)*
        ]
    };
    ($($own:literal),*) => { $crate::execution_keys!(in ""; $($own),*) };
}

/// How long to wait, in seconds. Waiting in our own queue is never counted.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Timeouts {
    /// Until the connection stands.
    pub connect: f64,
    /// Until the first piece of a streamed reply; the server's own queue counts.
    pub first_token: f64,
    /// Between two pieces of a streamed reply.
    pub between_chunks: f64,
    /// For the whole reply. A reply that takes longer is not tried again: it would take as long.
    pub total: f64,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { connect: 15.0, first_token: 600.0, between_chunks: 120.0, total: 3600.0 }
    }
}

/// Waiting between tries, in seconds: doubled each time up to `most`, of which a random half is waited.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct BackoffSeconds {
    /// The wait before the first retry.
    pub base: f64,
    /// The longest wait of our own choice.
    pub most: f64,
    /// The longest wait that a server's `Retry-After` may ask for; beyond it the call fails.
    pub most_asked: f64,
}

impl Default for BackoffSeconds {
    fn default() -> Self {
        Self { base: 0.5, most: 30.0, most_asked: 600.0 }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Sampling;

    /// A component that asks a model, as its own crate would write it.
    #[derive(Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
    struct Asks {
        #[serde(flatten)]
        endpoint: Endpoint,
        /// How to draw.
        #[serde(default)]
        sampling: Sampling,
        /// Its own key.
        #[serde(default)]
        own: u32,
    }

    fn parse(table: Value) -> String {
        plugin::parse::<Asks>(&table, "judge")
            .map_or_else(|faults| faults.to_string(), |asks| format!("{asks:?}"))
    }

    #[test]
    fn an_endpoint_is_part_of_the_table_that_holds_it() {
        let asks = plugin::parse::<Asks>(
            &json!({"model": "m", "own": 3, "timeouts": {"total": 60}, "extra_body": {"top_k": 5}}),
            "judge",
        )
        .unwrap();
        let timeouts = Timeouts { total: 60.0, ..Timeouts::default() };
        let mut expect = Endpoint { model: "m".into(), timeouts, ..Endpoint::default() };
        expect.extra_body.insert("top_k".into(), json!(5));
        assert_eq!(asks, Asks { endpoint: expect, sampling: Sampling::default(), own: 3 });
        let again: Asks = serde_json::from_value(serde_json::to_value(&asks).unwrap()).unwrap();
        assert_eq!(again, asks);
    }

    #[test]
    fn faults_are_found_inside_it() {
        let check = |table, expect| assert_eq!(parse(table), expect);
        check(json!({"model": "m", "modle": 1}), "judge.modle: unknown key `modle` (did you mean `model`?)");
        check(json!({"own": 1}), "judge.model: missing (The model's name at the server.)");
        check(
            json!({"model": "m", "timeouts": {"totl": 1}, "retries": -1}),
            "judge.retries: -1 is too small, the least is 0\n\
             judge.timeouts.totl: unknown key `totl` (did you mean `total`?)",
        );
        check(
            json!({"model": "m", "requests_per_minute": 0, "backoff": {"moost": 1}}),
            "judge.backoff.moost: unknown key `moost` (did you mean `most`?)\n\
             judge.requests_per_minute: 0 is too small, the least is 1",
        );
    }

    #[test]
    fn execution_keys_are_keys() {
        let schema = serde_json::to_value(schemars::schema_for!(Endpoint)).unwrap();
        let keys = &schema["properties"];
        let first = |key: &str| key.split('.').next().map(str::to_owned);
        assert!(
            Endpoint::EXECUTION_KEYS.iter().filter_map(|key| first(key)).all(|key| keys.get(key).is_some())
        );
        let own: &[&str] = crate::execution_keys!(in "llm."; "llm.path");
        assert!(own.contains(&"llm.timeouts") && own.contains(&"llm.path"));
        assert_eq!(own.len(), Endpoint::EXECUTION_KEYS.len() + 1);
    }
}
