//! What can go wrong between here and the hub, and what to do about it.

use std::path::PathBuf;

use tables::{Blame, Blamed};

/// A file that could not be had.
#[derive(Debug, thiserror::Error)]
pub enum HubError {
    /// 401: the hub does not say whether the repository is private or does not exist.
    #[error(
        "the hub refuses {file} (401): the repository is private or its name is misspelt; \
         check {page} and set HF_TOKEN to a key that may read it, or give a local file with `path`"
    )]
    Unauthorized {
        /// Repository, revision and file.
        file: String,
        /// The repository's page.
        page: String,
    },
    /// 403: a gated repository.
    #[error(
        "the hub refuses {file} (403): its terms must be accepted first; \
         do so at {page} and set HF_TOKEN to a key of the same account, or give a local file with `path`"
    )]
    Forbidden {
        /// Repository, revision and file.
        file: String,
        /// The repository's page.
        page: String,
    },
    /// 404: no such repository, revision or file.
    #[error("the hub has no {file} (404); compare repository, revision and file with {page}")]
    NotFound {
        /// Repository, revision and file.
        file: String,
        /// The repository's page.
        page: String,
    },
    /// Working offline, and the cache does not hold the file.
    #[error(
        "{file} is not in the cache {cache}, and HF_HUB_OFFLINE or --offline forbids to fetch it; \
         fetch it once online, or give a local file with `path`"
    )]
    Offline {
        /// Repository, revision and file.
        file: String,
        /// The cache's folder.
        cache: PathBuf,
    },
    /// 429, or a fault of the hub's.
    #[error("the hub could not serve {file} ({status}); try again later")]
    Busy {
        /// Repository, revision and file.
        file: String,
        /// The HTTP status.
        status: u16,
    },
    /// No connection.
    #[error(
        "cannot reach the hub at {endpoint} for {file}: {reason}; check the network, HF_ENDPOINT and proxies, \
         or give a local file with `path`"
    )]
    Unreachable {
        /// Repository, revision and file.
        file: String,
        /// The hub's address.
        endpoint: String,
        /// What the client said.
        reason: String,
    },
    /// The hub's answer makes no sense: it is broken, or means harm. Nothing was written.
    #[error(
        "the hub at {endpoint} cannot be used for {file}: {reason}; check HF_ENDPOINT, or give a local file with `path`"
    )]
    Senseless {
        /// Repository, revision and file.
        file: String,
        /// The hub's address.
        endpoint: String,
        /// What makes no sense.
        reason: String,
    },
    /// The cache cannot be written.
    #[error("cannot fetch {file} into {cache}: {reason}")]
    Other {
        /// Repository, revision and file.
        file: String,
        /// The cache's folder.
        cache: PathBuf,
        /// What the client said.
        reason: String,
    },
}

impl Blamed for HubError {
    fn blame(&self) -> Blame {
        match self {
            Self::Unauthorized { .. }
            | Self::Forbidden { .. }
            | Self::NotFound { .. }
            | Self::Offline { .. } => Blame::Input,
            Self::Busy { .. } | Self::Unreachable { .. } | Self::Senseless { .. } => Blame::Endpoint,
            Self::Other { .. } => Blame::Other,
        }
    }
}
