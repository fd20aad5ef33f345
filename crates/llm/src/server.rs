//! A server over HTTP, as a backend.

use std::sync::Arc;

use chat::Dialect;
use futures::{FutureExt, future::BoxFuture};
use tokio::task::JoinHandle;

use crate::{Backend, Call, CallError, ChatReply, Endpoint, attempt, failure::Failure, http::Target};

/// The server of one endpoint.
#[derive(Debug)]
pub(crate) struct Http {
    target: Arc<Target>,
    endpoint: Arc<Endpoint>,
}

impl Http {
    pub(crate) fn new(target: &Arc<Target>, endpoint: &Endpoint) -> Self {
        Self { target: Arc::clone(target), endpoint: Arc::new(endpoint.clone()) }
    }

    /// It is the one of this very target.
    pub(crate) fn is_of(&self, target: &Arc<Target>) -> bool {
        Arc::ptr_eq(&self.target, target)
    }
}

impl Backend for Http {
    /// One try, as a task of its own: it and its connection wake each other without crossing threads, and calls
    /// are read on all cores whoever waits for them. Whoever stops waiting ends the try.
    fn send<'a>(&'a self, call: &'a Call<'a>) -> BoxFuture<'a, Result<ChatReply, Failure>> {
        let (target, endpoint) = (Arc::clone(&self.target), Arc::clone(&self.endpoint));
        let completes = endpoint.continuation == Dialect::Completions;
        let scoring = call.request.scoring;
        let task = match call.request.continues.clone().filter(|_| completes) {
            _ if scoring.is_some() => {
                let (question, shape) = (call.body.clone(), scoring.unwrap_or_default().shape);
                tokio::spawn(async move { attempt::scores(&target, &endpoint, &question, shape).await })
            }
            Some(beginning) => {
                let question = call.body.clone();
                tokio::spawn(
                    async move { attempt::complete(&target, &endpoint, &question, &beginning).await },
                )
            }
            None => {
                let body = call.bytes.to_vec();
                tokio::spawn(async move { attempt::attempt(&target, &endpoint, body).await })
            }
        };
        let mut task = EndedWhenDropped(task);
        let outcome = async move {
            let outcome = (&mut task.0).await;
            outcome.unwrap_or_else(|error| {
                Err(Failure::passing(format!("the task of the call broke off: {error}")))
            })
        };
        outcome.boxed()
    }

    fn models(&self) -> BoxFuture<'_, Result<Vec<String>, CallError>> {
        attempt::models(&self.target, &self.endpoint).boxed()
    }

    fn is_remote(&self) -> bool {
        true
    }
}

/// A task that nobody needs any more is ended.
struct EndedWhenDropped<T>(JoinHandle<T>);

impl<T> Drop for EndedWhenDropped<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}
