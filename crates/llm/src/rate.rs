//! Requests and tokens per minute: two buckets that fill all the time, and a queue in front of them.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use chat::{ChatReply, Endpoint, Sampling};
use tokio::{
    sync::Mutex as Turnstile,
    time::{Instant, sleep},
};

/// A bucket holds what comes in within this time, so that a client that was idle does not burst.
const BURST_SECONDS: f64 = 1.0;
/// How often the first in the queue looks whether estimates have been corrected.
const LOOK: Duration = Duration::from_millis(100);
/// Tokens of a reply, as long as none has come.
const TOKENS_OF_A_REPLY: f64 = 1024.0;
/// Bytes of a body per token.
const BYTES_OF_A_TOKEN: f64 = 4.0;
/// The weight of a new reply in the mean of the replies' tokens.
const WEIGHT: f64 = 0.1;

/// The rates of one client.
#[derive(Debug)]
pub(crate) struct Rate {
    /// Whoever holds it is the next; it is fair, and a client without rates never takes it.
    next: Turnstile<()>,
    state: Mutex<State>,
    is_limited: bool,
}

#[derive(Debug)]
struct State {
    requests: Option<Bucket>,
    tokens: Option<Bucket>,
    /// The mean of the replies' tokens.
    mean: Option<f64>,
}

#[derive(Debug)]
struct Bucket {
    per_second: f64,
    most: f64,
    level: f64,
    at: Instant,
}

impl Bucket {
    fn new(per_minute: f64) -> Self {
        let per_second = per_minute / 60.0;
        let most = (per_second * BURST_SECONDS).max(1.0);
        Self { per_second, most, level: most, at: Instant::now() }
    }

    /// How long until `cost` may be taken; more than the bucket holds may be taken when it is full.
    fn wait(&mut self, cost: f64) -> Duration {
        let now = Instant::now();
        let filled = self.level + self.per_second * (now - self.at).as_secs_f64();
        (self.level, self.at) = (filled.min(self.most), now);
        let missing = cost.min(self.most) - self.level;
        // A hair, so that rounding does not keep anybody waiting.
        if missing <= 1e-9 { Duration::ZERO } else { Duration::from_secs_f64(missing / self.per_second) }
    }
}

impl Rate {
    pub(crate) fn new(endpoint: &Endpoint) -> Self {
        let requests = endpoint.requests_per_minute.map(|rate| Bucket::new(f64::from(rate)));
        let tokens = endpoint.tokens_per_minute.map(|rate| Bucket::new(rate as f64));
        let is_limited = requests.is_some() || tokens.is_some();
        Self {
            next: Turnstile::new(()),
            state: Mutex::new(State { requests, tokens, mean: None }),
            is_limited,
        }
    }

    /// Waits until a request may be sent; returns the tokens that were counted for it, or `None` if `go_on`
    /// turned false first.
    pub(crate) async fn take(
        &self,
        body: &[u8],
        sampling: &Sampling,
        go_on: &(dyn Fn() -> bool + Sync),
    ) -> Option<f64> {
        if !self.is_limited {
            return Some(0.0);
        }
        let _first = self.next.lock().await;
        loop {
            if !go_on() {
                return None;
            }
            match self.try_take(body, sampling) {
                Ok(estimate) => return Some(estimate),
                Err(wait) => sleep(wait.min(LOOK)).await,
            }
        }
    }

    fn try_take(&self, body: &[u8], sampling: &Sampling) -> Result<f64, Duration> {
        let mut state = self.state();
        let estimate = state.estimate(body, sampling);
        let for_request = state.requests.as_mut().map_or(Duration::ZERO, |bucket| bucket.wait(1.0));
        let for_tokens = state.tokens.as_mut().map_or(Duration::ZERO, |bucket| bucket.wait(estimate));
        let wait = for_request.max(for_tokens);
        if !wait.is_zero() {
            return Err(wait);
        }
        if let Some(bucket) = &mut state.requests {
            bucket.level -= 1.0;
        }
        if let Some(bucket) = &mut state.tokens {
            bucket.level -= estimate;
        }
        Ok(estimate)
    }

    /// A reply came for which `estimate` tokens had been counted.
    pub(crate) fn correct(&self, estimate: f64, reply: &ChatReply) {
        if !self.is_limited {
            return;
        }
        let mut state = self.state();
        let Some(completion) = reply.completion_tokens.map(|tokens| tokens as f64) else { return };
        state.mean = Some(state.mean.map_or(completion, |mean| mean + WEIGHT * (completion - mean)));
        let Some(prompt) = reply.prompt_tokens.map(|tokens| tokens as f64) else { return };
        if let Some(bucket) = &mut state.tokens {
            bucket.level += estimate - (prompt + completion);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Prompt and reply, in tokens; the reply counts as the mean of those before it.
    fn estimate(&self, body: &[u8], sampling: &Sampling) -> f64 {
        let most = sampling.max_tokens.map_or(f64::INFINITY, |most| most as f64);
        body.len() as f64 / BYTES_OF_A_TOKEN + self.mean.unwrap_or(TOKENS_OF_A_REPLY).min(most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(requests: Option<u32>, tokens: Option<u64>) -> Rate {
        Rate::new(&Endpoint {
            requests_per_minute: requests,
            tokens_per_minute: tokens,
            ..Endpoint::default()
        })
    }

    async fn take(rate: &Rate, bytes: usize) -> f64 {
        rate.take(&vec![b'x'; bytes], &Sampling::default(), &|| true).await.unwrap()
    }

    fn used(prompt: u64, completion: u64) -> ChatReply {
        ChatReply { prompt_tokens: Some(prompt), completion_tokens: Some(completion), ..ChatReply::default() }
    }

    #[tokio::test(start_paused = true)]
    async fn requests_are_spread_over_the_minute() {
        let rate = rate(Some(120), None);
        let start = Instant::now();
        for _ in 0..122 {
            take(&rate, 4).await;
        }
        let seconds = start.elapsed().as_secs_f64();
        assert!((59.9..60.5).contains(&seconds), "a burst of 2, then 2 a second: {seconds}");
    }

    #[tokio::test(start_paused = true)]
    async fn tokens_are_estimated_and_then_corrected() {
        let rate = rate(None, Some(60_000));
        let start = Instant::now();
        let estimate = take(&rate, 4_000).await;
        assert_eq!(estimate, 2024.0);
        // It took ten times as much: the debt is paid before the next one.
        rate.correct(estimate, &used(1_000, 20_240));
        take(&rate, 4).await;
        let seconds = start.elapsed().as_secs_f64();
        assert!((20.0..23.0).contains(&seconds), "{seconds}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_reply_that_was_shorter_gives_tokens_back() {
        let rate = rate(None, Some(60_000));
        let estimate = take(&rate, 40_000).await;
        let start = Instant::now();
        let (next, ()) = tokio::join!(take(&rate, 4), async {
            sleep(Duration::from_millis(300)).await;
            rate.correct(estimate, &used(100, 100));
        });
        assert_eq!(next, 101.0, "the second estimate knows the first reply");
        assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_waits_can_be_stopped_and_no_rate_means_no_waiting() {
        let slow = rate(Some(1), None);
        take(&slow, 4).await;
        let start = Instant::now();
        let go_on = || start.elapsed() < Duration::from_secs(2);
        assert_eq!(slow.take(b"", &Sampling::default(), &go_on).await, None);
        assert!(start.elapsed() < Duration::from_secs(3));
        let free = rate(None, None);
        for _ in 0..10_000 {
            take(&free, 4).await;
        }
        assert!(start.elapsed() < Duration::from_secs(3));
    }
}
