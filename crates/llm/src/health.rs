//! HealthTracked one model many questions: when to stop, and when to give up on it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use chat::{Answer, CallError, ChatReply, ChatRequest};

use crate::Client;

/// This many calls in a row that would all fail alike are a model out of reach.
const STRIKES: u32 = 20;

/// A client with what all its calls know about each other.
pub(crate) struct HealthTracked {
    client: Client,
    health: Mutex<Health>,
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
        // Money that is spent does not come back, and a disk that is full stays full for a while.
        let sure = matches!(error, CallError::OverBudget { .. } | CallError::Cache { .. });
        if self.dead.is_none() && (sure || !self.answered || self.strikes >= STRIKES) {
            self.dead = Some(error.clone());
        }
    }
}

impl HealthTracked {
    /// Calls through `client`.
    pub(crate) fn new(client: Client) -> Self {
        Self { client, health: Mutex::default() }
    }

    /// Asks for as long as `go_on` says so: a question that only queues, or waits for its next try, when it
    /// turns false is not asked any more; one that is being answered is.
    pub(crate) async fn ask_while(&self, request: &ChatRequest, go_on: &(dyn Fn() -> bool + Sync)) -> Answer {
        let answer = self.client.ask(request, go_on).await;
        match &answer {
            Some(Ok(reply)) => self.health().answer(reply),
            Some(Err(error)) => self.health().failure(error),
            None => {}
        }
        answer
    }

    /// The call that showed that the model is out of reach.
    pub(crate) fn dead(&self) -> Option<CallError> {
        self.health().dead.clone()
    }

    /// Calls that may be in flight at this moment.
    pub(crate) fn concurrency(&self) -> usize {
        self.client.concurrency()
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

    #[test]
    fn money_that_is_spent_ends_it_at_once() {
        let spent = CallError::OverBudget { limit: "2".into(), spent: "2".into() };
        let mut health = Health::default();
        health.answer(&ChatReply::default());
        health.failure(&spent);
        assert_eq!(health.dead, Some(spent));
    }
}
