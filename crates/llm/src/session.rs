//! Asking several models for a stage: one client for each endpoint, one stop for all of them.

use std::future::Future;
use std::pin::Pin;

use chat::{Answering, Ask, CallError, Endpoint, Question};
use futures::FutureExt;
use stage::Observer;
use tokio::runtime::Handle;

use crate::{Client, Execution, LlmError, health::HealthTracked};

/// One client for each endpoint that a component asks, with one stop for all of them.
pub struct Session<'a> {
    clients: Vec<HealthTracked>,
    /// For each endpoint of the component, its place among the clients: equal endpoints share one.
    places: Vec<usize>,
    observer: &'a dyn Observer,
    execution: Execution,
    runtime: Handle,
    deferred_before: u64,
}

impl<'a> Session<'a> {
    /// Makes the clients; nothing is sent yet. [`Question::to`] counts `endpoints`; calls run on `runtime`, so never
    /// [drive](Ask::block_on) work from one of its own threads.
    pub fn new<'e>(
        endpoints: impl IntoIterator<Item = &'e Endpoint>,
        execution: &Execution,
        runtime: &Handle,
        observer: &'a dyn Observer,
    ) -> Result<Self, LlmError> {
        let mut distinct: Vec<&Endpoint> = Vec::new();
        let (mut clients, mut places) = (Vec::new(), Vec::new());
        for endpoint in endpoints {
            let known = distinct.iter().position(|other| *other == endpoint);
            places.push(known.unwrap_or(distinct.len()));
            if known.is_none() {
                distinct.push(endpoint);
                clients.push(HealthTracked::new(Client::new(endpoint, execution)?));
            }
        }
        let (execution, runtime) = (execution.clone(), runtime.clone());
        let deferred_before = deferred(&execution);
        Ok(Self { clients, places, observer, execution, runtime, deferred_before })
    }
}

impl Ask for Session<'_> {
    fn ask<'a>(&'a self, question: &'a Question) -> Answering<'a> {
        let Some(client) = self.places.get(question.to).and_then(|place| self.clients.get(*place)) else {
            let (to, known) = (question.to, self.places.len());
            return async move { Some(Err(CallError::NoEndpoint { to, known })) }.boxed();
        };
        async move { client.ask_while(&question.request, &|| !self.stopping()).await }.boxed()
    }

    fn rows_at_once(&self) -> usize {
        let calls = self.clients.iter().map(HealthTracked::concurrency).max().unwrap_or(1);
        calls.saturating_mul(4).max(64)
    }

    fn stopping(&self) -> bool {
        self.observer.interrupted() || self.clients.iter().any(|client| client.dead().is_some())
    }

    fn dead(&self) -> Option<CallError> {
        self.clients.iter().find_map(HealthTracked::dead)
    }

    fn deferred(&self) -> u64 {
        deferred(&self.execution) - self.deferred_before
    }

    fn block_on(&self, work: Pin<Box<dyn Future<Output = ()> + '_>>) {
        self.runtime.block_on(work);
    }
}

fn deferred(execution: &Execution) -> u64 {
    execution.backend.as_ref().map_or(0, |backend| backend.deferred())
}
