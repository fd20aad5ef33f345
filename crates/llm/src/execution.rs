//! How calls are made: nothing here changes what is asked or what comes back.

use std::sync::Arc;

use crate::{Backend, Backoff, Budget, CallErrors, Price, ReplyCache, serve::Servers};

/// How calls are made, never what is asked: it belongs to no fingerprint.
#[derive(Clone, Debug)]
pub struct Execution {
    /// The most calls of one client in flight at once.
    pub concurrency: usize,
    /// Start at 20 calls (or `concurrency`, if that is less), grow while latency holds, shrink on 429; a server
    /// error changes nothing.
    pub adaptive: bool,
    /// Ask nobody: what the cache does not hold is [`crate::CallError::Offline`].
    pub offline: bool,
    /// Where replies are kept, so that none is paid for twice.
    pub cache: Option<Arc<ReplyCache>>,
    /// How long to wait between tries of an endpoint that says nothing about it.
    pub backoff: Backoff,
    /// What tokens cost at an endpoint that names no price.
    pub price: Option<Price>,
    /// What may be spent on everything that has a price; a call beyond it is [`crate::CallError::OverBudget`].
    pub budget: Option<Arc<Budget>>,
    /// Who answers in the servers' place, so that nothing goes over the network: batch files, a forecast.
    pub backend: Option<Arc<dyn Backend>>,
    /// Who starts servers for endpoints that want one of their own.
    pub servers: Option<Arc<Servers>>,
    /// What a pipeline holds that must not be kept, though a server may repeat it; endpoints know their own.
    pub secrets: Arc<Vec<String>>,
    /// Where tries and calls that failed are counted, for a log.
    pub call_errors: Option<Arc<CallErrors>>,
}

impl Execution {
    /// The most calls that `auto` may come to.
    pub const MOST_AUTO: usize = 1024;
}

impl Default for Execution {
    fn default() -> Self {
        Self {
            concurrency: 20,
            adaptive: false,
            offline: false,
            cache: None,
            backoff: Backoff::default(),
            price: None,
            budget: None,
            backend: None,
            servers: None,
            secrets: Arc::default(),
            call_errors: None,
        }
    }
}
