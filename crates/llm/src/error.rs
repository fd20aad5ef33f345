//! What can go wrong before the first call.

use tables::{Blame, Blamed};

use crate::{CacheError, serve::ServeError};

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
    /// A wait between tries is not a number of seconds.
    #[error("`backoff.{key}` must be a number of seconds, 0 or more, found {value}")]
    BadBackoff {
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
    /// A server cannot be started for the model.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// The reply cache cannot be used.
    #[error(transparent)]
    Cache(#[from] CacheError),
}

impl Blamed for LlmError {
    fn blame(&self) -> Blame {
        match self {
            Self::Setup { .. } => Blame::Other,
            Self::Cache(error) => error.blame(),
            Self::Serve(error) => error.blame(),
            _ => Blame::Input,
        }
    }
}
