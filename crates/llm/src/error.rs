//! What can go wrong: before the first call ([`LlmError`]) and in one ([`CallError`]).

use serde::{Deserialize, Serialize};
use tables::stage::Blame;

use crate::CacheError;

/// A client cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum LlmError {
    /// Neither the configuration nor the environment says where to ask.
    #[error("model `{model}` has no address; set its `base_url` or the environment variable OPENAI_BASE_URL")]
    NoAddress {
        /// The model.
        model: String,
    },
    /// The address is none.
    #[error(
        "`{address}` is no address of a server: {reason}; expected something like http://localhost:8000/v1"
    )]
    BadAddress {
        /// The address.
        address: String,
        /// What is wrong with it.
        reason: String,
    },
    /// No model is named.
    #[error("no `model` is named for {address}")]
    NoModel {
        /// The server.
        address: String,
    },
    /// The environment variable that the configuration names for the key is not set.
    #[error("the environment variable {variable}, which `api_key_env` names for `{model}`, is not set")]
    NoKey {
        /// The variable.
        variable: String,
        /// The model.
        model: String,
    },
    /// The key holds characters that no header can carry.
    #[error("the key in {variable} holds characters that no HTTP header can carry, such as a line break")]
    BadKey {
        /// The variable.
        variable: String,
    },
    /// `extra_body` holds a key that the client writes itself.
    #[error("`extra_body.{key}` is not yours to set: {instead}")]
    ReservedKey {
        /// The key.
        key: String,
        /// What to use in its place.
        instead: &'static str,
    },
    /// A time-out is not a positive number.
    #[error("`timeouts.{key}` must be a positive number of seconds, found {value}")]
    BadTimeout {
        /// Which one.
        key: &'static str,
        /// Its value.
        value: f64,
    },
    /// The HTTP library could not be set up.
    #[error("cannot set up the HTTP client: {reason}")]
    Setup {
        /// What the library said.
        reason: String,
    },
    /// The reply cache cannot be used.
    #[error(transparent)]
    Cache(#[from] CacheError),
}

impl LlmError {
    /// Who has to act.
    pub fn blame(&self) -> Blame {
        match self {
            Self::Setup { .. } => Blame::Other,
            Self::Cache(error) => error.blame(),
            _ => Blame::Input,
        }
    }
}

/// A call that gave no reply. Its text ([`CallError::reason`]) never holds a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum CallError {
    /// Nobody may be asked, and the cache does not hold the reply.
    #[error("offline, and the reply cache does not hold this reply of `{model}`; run once without --offline")]
    Offline {
        /// The model.
        model: String,
    },
    /// There is no server: connection refused, unknown host, broken TLS.
    #[error("cannot reach {address}: {message}")]
    Unreachable {
        /// The server.
        address: String,
        /// What went wrong.
        message: String,
    },
    /// The server knows us and refuses: wrong key, no right, no money.
    #[error("{address} refuses `{model}` (HTTP {status}): {message}")]
    Refused {
        /// The server.
        address: String,
        /// The model.
        model: String,
        /// The HTTP status.
        status: u16,
        /// What the server said.
        message: String,
    },
    /// The server does not know the model, or nothing answers at this path.
    #[error(
        "{address} does not know `{model}` (HTTP 404): {message}; check `model`, and that `base_url` ends in /v1"
    )]
    UnknownModel {
        /// The server.
        address: String,
        /// The model.
        model: String,
        /// What the server said.
        message: String,
    },
    /// The prompt and the reply it asks for do not fit into the model's context. Final for this request.
    #[error("the request does not fit into the context of `{model}`: {message}")]
    ContextTooLong {
        /// The model.
        model: String,
        /// What the server said.
        message: String,
    },
    /// The server will never take this request (another 4xx). Final for this request.
    #[error("`{model}` rejects the request (HTTP {status}): {message}")]
    Rejected {
        /// The model.
        model: String,
        /// The HTTP status.
        status: u16,
        /// What the server said.
        message: String,
    },
    /// The reply took longer than `timeouts.total`. Final for this request.
    #[error(
        "`{model}` took longer than {seconds} s for a reply; raise `timeouts.total` or lower `max_tokens`"
    )]
    TooSlow {
        /// The model.
        model: String,
        /// The limit, in whole seconds.
        seconds: u64,
    },
    /// Every try failed for a reason that might have passed.
    #[error("`{model}` failed {attempts} times, the last time: {last}")]
    Exhausted {
        /// The model.
        model: String,
        /// How often it was tried.
        attempts: u32,
        /// Why the last try failed.
        last: String,
    },
    /// The reply cache could not be read or written, so a reply would not be kept.
    #[error("{message}")]
    Cache {
        /// What went wrong, with the file.
        message: String,
    },
}

impl CallError {
    /// Every further call would fail alike, so a stage should stop; otherwise only this row has failed.
    pub fn is_fatal(&self) -> bool {
        matches!(
            self,
            Self::Unreachable { .. } | Self::Refused { .. } | Self::UnknownModel { .. } | Self::Cache { .. }
        )
    }

    /// The failure in words, for the row that records it.
    pub fn reason(&self) -> String {
        self.to_string()
    }

    /// Who has to act.
    pub fn blame(&self) -> Blame {
        match self {
            Self::Cache { .. } => Blame::Other,
            Self::ContextTooLong { .. } | Self::Rejected { .. } => Blame::Input,
            _ => Blame::Endpoint,
        }
    }
}
