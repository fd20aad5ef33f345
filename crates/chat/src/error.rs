//! A call that gave no reply, and what that means.

use serde::{Deserialize, Serialize};
use tables::{Blame, Blamed};

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
    /// Nobody can go on with a reply at this server. Nothing was asked.
    #[error("{address} cannot go on with a reply of `{model}`: {message}")]
    CannotContinue {
        /// The server.
        address: String,
        /// The model.
        model: String,
        /// Why.
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
    /// The reply has more bytes than `max_reply_mb` allows. Final for this request.
    #[error(
        "`{model}` sends more than {megabytes} MB for a reply; raise `max_reply_mb` or lower `max_tokens`"
    )]
    TooLarge {
        /// The model.
        model: String,
        /// The limit.
        megabytes: u32,
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
    /// The money that was set aside is spent, or the calls under way will spend it. Nothing was asked.
    #[error(
        "not asked: of the {limit} that may be spent, {spent} are; what was replied is kept, so raise --max-cost \
         and run the same command again"
    )]
    OverBudget {
        /// What may be spent.
        limit: String,
        /// What was spent.
        spent: String,
    },
    /// A batch file stands in the server's place and gives no reply. Final for this request.
    #[error("{message}")]
    Batch {
        /// What the file says, or that it says nothing.
        message: String,
    },
    /// The server that was started for the model ended, or does not get ready.
    #[error("{message}")]
    Served {
        /// What it was, with its last words.
        message: String,
    },
    /// A component asks an endpoint that it does not have: its own fault.
    #[error("a question is for endpoint {to}, but its asker has {known}; this is a fault of the program")]
    NoEndpoint {
        /// The endpoint, from 0.
        to: usize,
        /// How many there are.
        known: usize,
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
            Self::Unreachable { .. }
                | Self::Refused { .. }
                | Self::UnknownModel { .. }
                | Self::CannotContinue { .. }
                | Self::OverBudget { .. }
                | Self::Served { .. }
                | Self::NoEndpoint { .. }
                | Self::Cache { .. }
        )
    }

    /// The kind of failure in one word, as in its JSON.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Offline { .. } => "offline",
            Self::Unreachable { .. } => "unreachable",
            Self::Refused { .. } => "refused",
            Self::UnknownModel { .. } => "unknown_model",
            Self::CannotContinue { .. } => "cannot_continue",
            Self::ContextTooLong { .. } => "context_too_long",
            Self::Rejected { .. } => "rejected",
            Self::TooSlow { .. } => "too_slow",
            Self::TooLarge { .. } => "too_large",
            Self::Exhausted { .. } => "exhausted",
            Self::OverBudget { .. } => "over_budget",
            Self::Batch { .. } => "batch",
            Self::Served { .. } => "served",
            Self::NoEndpoint { .. } => "no_endpoint",
            Self::Cache { .. } => "cache",
        }
    }

    /// A server was asked and gave no reply; the others are reasons of our own not to ask.
    pub fn is_of_server(&self) -> bool {
        match self {
            Self::Unreachable { .. }
            | Self::Refused { .. }
            | Self::UnknownModel { .. }
            | Self::ContextTooLong { .. }
            | Self::Rejected { .. }
            | Self::TooSlow { .. }
            | Self::TooLarge { .. }
            | Self::Exhausted { .. } => true,
            Self::Offline { .. }
            | Self::CannotContinue { .. }
            | Self::OverBudget { .. }
            | Self::Batch { .. }
            | Self::Served { .. }
            | Self::NoEndpoint { .. }
            | Self::Cache { .. } => false,
        }
    }

    /// The server's last word on this very request: asked again, it would say the same.
    pub fn is_final(&self) -> bool {
        matches!(self, Self::ContextTooLong { .. } | Self::Rejected { .. })
    }

    /// The failure in words, for the row that records it.
    pub fn reason(&self) -> String {
        self.to_string()
    }
}

impl Blamed for CallError {
    fn blame(&self) -> Blame {
        match self {
            Self::Cache { .. } | Self::OverBudget { .. } | Self::NoEndpoint { .. } => Blame::Other,
            _ if self.is_final() => Blame::Input,
            _ => Blame::Endpoint,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_is_the_word_in_json() {
        let errors = [
            CallError::Offline { model: "m".into() },
            CallError::UnknownModel { address: "a".into(), model: "m".into(), message: "?".into() },
            CallError::ContextTooLong { model: "m".into(), message: "?".into() },
            CallError::CannotContinue { address: "a".into(), model: "m".into(), message: "?".into() },
            CallError::TooLarge { model: "m".into(), megabytes: 1 },
            CallError::Exhausted { model: "m".into(), attempts: 1, last: "?".into() },
            CallError::OverBudget { limit: "1".into(), spent: "1".into() },
            CallError::NoEndpoint { to: 1, known: 0 },
        ];
        for error in errors {
            assert_eq!(serde_json::to_value(&error).unwrap()["kind"], error.kind());
        }
    }
}
