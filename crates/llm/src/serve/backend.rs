//! A server of one's own, as a backend: started at the first question.

use std::sync::{Arc, Mutex, PoisonError};

use futures::{FutureExt, future::BoxFuture};

use super::servers::Slot;
use super::{ServeError, Servers};
use crate::failure::Failure;
use crate::go_on::GoOn;
use crate::http::Target;
use crate::server::Http;
use crate::{Backend, Call, CallError, ChatReply, Endpoint, attempt};

/// The server of one endpoint.
#[derive(Debug)]
pub(crate) struct Served {
    servers: Arc<Servers>,
    slot: Arc<Slot>,
    endpoint: Endpoint,
    at_once: usize,
    /// The server as it was last found ready.
    http: Mutex<Option<Arc<Http>>>,
}

impl Served {
    pub(crate) fn new(servers: &Arc<Servers>, slot: Arc<Slot>, endpoint: &Endpoint, at_once: usize) -> Self {
        Self {
            servers: Arc::clone(servers),
            slot,
            endpoint: endpoint.clone(),
            at_once,
            http: Mutex::default(),
        }
    }

    async fn target(&self, go_on: GoOn<'_>) -> Option<Result<Arc<Target>, CallError>> {
        let target = self.servers.ready(&self.slot, &self.endpoint, self.at_once, go_on).await?;
        Some(target.map_err(|error: ServeError| CallError::Served { message: error.to_string() }))
    }
}

impl Backend for Served {
    fn prepare<'a>(&'a self, go_on: GoOn<'a>) -> BoxFuture<'a, Option<Result<(), CallError>>> {
        let prepare = async move {
            let target = match self.target(go_on).await? {
                Ok(target) => target,
                Err(error) => return Some(Err(error)),
            };
            let mut http = self.http.lock().unwrap_or_else(PoisonError::into_inner);
            if !http.as_ref().is_some_and(|http| http.is_of(&target)) {
                *http = Some(Arc::new(Http::new(&target, &self.endpoint)));
            }
            Some(Ok(()))
        };
        prepare.boxed()
    }

    fn send<'a>(&'a self, call: &'a Call<'a>) -> BoxFuture<'a, Result<ChatReply, Failure>> {
        let http = self.http.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let send = async move {
            let Some(http) = http else { return Err(Failure::passing("the server is not started yet")) };
            http.send(call).await
        };
        send.boxed()
    }

    fn models(&self) -> BoxFuture<'_, Result<Vec<String>, CallError>> {
        let models = async move {
            match self.target(&|| true).await {
                Some(Ok(target)) => attempt::models(&target, &self.endpoint).await,
                Some(Err(error)) => Err(error),
                None => Ok(Vec::new()),
            }
        };
        models.boxed()
    }

    fn is_remote(&self) -> bool {
        true
    }
}
