//! Asking one model many questions: how many at once, when to stop, and when to give up on it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tables::stage::Observer;
use tokio::sync::Semaphore;

use crate::{CallError, ChatReply, ChatRequest, Client, Execution};

/// This many calls in a row that would all fail alike are a model out of reach.
const STRIKES: u32 = 20;

/// Rows that may be under way at once: enough that one slow reply does not starve the others while rows
/// still come out in order.
pub fn window(execution: &Execution) -> usize {
    execution.concurrency.saturating_mul(4).max(64)
}

/// What became of a question.
pub enum Asked {
    /// It was asked.
    Answered(Result<ChatReply, CallError>),
    /// It was not, because a person asked to stop or the model is out of reach.
    Stopped,
}

/// A client with what all its calls know about each other.
pub struct Asking<'a> {
    client: Client,
    gate: Semaphore,
    health: Mutex<Health>,
    observer: &'a dyn Observer,
}

#[derive(Default)]
struct Health {
    answered: bool,
    strikes: u32,
    dead: Option<CallError>,
}

impl Health {
    /// A reply from the cache says nothing about the server of today.
    fn answer(&mut self, reply: &ChatReply) {
        if !reply.cached {
            self.answered = true;
            self.strikes = 0;
        }
    }

    fn failure(&mut self, error: &CallError) {
        if !error.is_fatal() {
            self.strikes = 0;
            return;
        }
        self.strikes += 1;
        if self.dead.is_none() && (!self.answered || self.strikes >= STRIKES) {
            self.dead = Some(error.clone());
        }
    }
}

impl<'a> Asking<'a> {
    /// Calls through `client`, as many at once as `execution` allows, until `observer` says stop.
    pub fn new(client: Client, execution: &Execution, observer: &'a dyn Observer) -> Self {
        let gate = Semaphore::new(execution.concurrency.clamp(1, Semaphore::MAX_PERMITS));
        Self { client, gate, health: Mutex::default(), observer }
    }

    /// Asks, unless it is time to stop. Waits for its turn first, so that a stop finds the questions that
    /// only queue here.
    pub async fn ask(&self, request: &ChatRequest) -> Asked {
        let _turn = self.gate.acquire().await;
        if self.stopping() {
            return Asked::Stopped;
        }
        let answer = self.client.chat(request).await;
        match &answer {
            Ok(reply) => self.health().answer(reply),
            Err(error) => self.health().failure(error),
        }
        Asked::Answered(answer)
    }

    /// Nothing new may start.
    pub fn stopping(&self) -> bool {
        self.health().dead.is_some() || self.observer.interrupted()
    }

    /// The call that showed that the model is out of reach.
    pub fn dead(&self) -> Option<CallError> {
        self.health().dead.clone()
    }

    fn health(&self) -> MutexGuard<'_, Health> {
        self.health.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unreachable() -> CallError {
        CallError::Unreachable { address: "a".into(), message: "refused".into() }
    }

    fn passing() -> CallError {
        CallError::Exhausted { model: "m".into(), attempts: 9, last: "HTTP 500".into() }
    }

    #[test]
    fn a_model_is_out_of_reach_at_once_or_after_a_row_of_fatal_failures() {
        let mut health = Health::default();
        health.answer(&ChatReply { cached: true, ..ChatReply::default() });
        health.failure(&passing());
        assert_eq!(health.dead, None);
        health.failure(&unreachable());
        assert_eq!(health.dead, Some(unreachable()));

        let mut health = Health::default();
        health.answer(&ChatReply::default());
        (1..STRIKES).for_each(|_| health.failure(&unreachable()));
        health.failure(&passing());
        (1..STRIKES).for_each(|_| health.failure(&unreachable()));
        assert_eq!(health.dead, None);
        health.failure(&unreachable());
        assert_eq!(health.dead, Some(unreachable()));
    }
}
