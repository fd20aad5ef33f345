//! How long to wait between tries.

use std::time::Duration;

/// Waiting between tries: doubled each time up to `most`, of which a random half is waited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// The wait before the first retry.
    pub base: Duration,
    /// The longest wait of our own choice.
    pub most: Duration,
    /// The longest wait that a server's `Retry-After` may ask for; beyond it the call fails.
    pub most_asked: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self {
            base: Duration::from_millis(500),
            most: Duration::from_secs(30),
            most_asked: Duration::from_secs(600),
        }
    }
}
