//! Where and as whom to ask, and how replies are drawn: the keys that every model and judge table shares.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{LlmError, env};

/// Where and as whom to ask. Flatten it into the configuration of a component that asks a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Endpoint {
    /// Address of an OpenAI-compatible server, up to and including `/v1`; else `OPENAI_BASE_URL`.
    #[serde(default)]
    pub base_url: Option<String>,
    /// The model's name at the server.
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
    /// How long to wait, in seconds.
    #[serde(default)]
    pub timeouts: Timeouts,
    /// How often a call that failed for a passing reason is tried again.
    #[serde(default = "eight")]
    pub retries: u32,
}

fn yes() -> bool {
    true
}

fn eight() -> u32 {
    8
}

impl Default for Endpoint {
    /// No model is named: [`crate::Client::new`] refuses it as it is.
    fn default() -> Self {
        Self {
            base_url: None,
            model: String::new(),
            api_key_env: None,
            stream: yes(),
            extra_body: Map::new(),
            timeouts: Timeouts::default(),
            retries: eight(),
        }
    }
}

impl Endpoint {
    /// The keys that say how to ask and not what: they belong to no fingerprint.
    pub const EXECUTION_KEYS: &'static [&'static str] = &["api_key_env", "retries", "stream", "timeouts"];

    /// The address without a slash at its end, from the configuration or the environment.
    pub fn address(&self) -> Option<String> {
        let address = self.base_url.clone().or_else(|| env::read(env::OPENAI_BASE_URL))?;
        Some(address.trim_end_matches('/').to_owned()).filter(|address| !address.is_empty())
    }
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

impl Timeouts {
    /// Every one must be a positive number that a clock can hold.
    pub(crate) fn check(&self) -> Result<(), LlmError> {
        let all = [
            ("connect", self.connect),
            ("first_token", self.first_token),
            ("between_chunks", self.between_chunks),
            ("total", self.total),
        ];
        let fits = |seconds: f64| seconds > 0.0 && Duration::try_from_secs_f64(seconds).is_ok();
        match all.into_iter().find(|(_, seconds)| !fits(*seconds)) {
            Some((key, value)) => Err(LlmError::BadTimeout { key, value }),
            None => Ok(()),
        }
    }
}

/// How a reply is drawn; what is absent is left to the server.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Sampling {
    /// 0 is greedy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// The share of probability to draw from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_p: Option<f64>,
    /// The most tokens of a reply, thinking included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_tokens: Option<u64>,
    /// The seed of the first sample; sample k is asked with `seed + k`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<i64>,
    /// Texts that end a reply.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stop: Vec<String>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

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
    }

    #[test]
    fn execution_keys_are_keys() {
        let keys = serde_json::to_value(Endpoint::default()).unwrap();
        assert!(Endpoint::EXECUTION_KEYS.iter().all(|key| keys.get(key).is_some()));
    }
}
