//! How many calls are in flight at once: a fixed number, or one that finds its own measure.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Where a limit that adapts starts.
const START: usize = 20;
/// What a 429 leaves of the limit.
const SHRINK: f64 = 0.8;
/// The limit grows while the latency of late is at most this many times the best that was seen.
const TOLERANCE: f64 = 1.5;
/// Until something speaks against it, the limit grows by one for so many good replies; later for as many as
/// its own value, so by one a round.
const FIRST_STEPS: usize = 2;
/// The weight of a new latency in the moving average.
const WEIGHT: f64 = 0.1;

/// The queue of a client.
#[derive(Debug)]
pub(crate) struct Limiter {
    semaphore: Arc<Semaphore>,
    most: usize,
    measure: Option<Mutex<Measure>>,
}

/// What a limit that adapts has learned.
#[derive(Debug)]
struct Measure {
    limit: usize,
    most: usize,
    /// Permits to take away as soon as somebody gives one back.
    owed: usize,
    /// Raised with every cut, so that the calls of one burst cut once.
    epoch: u64,
    /// Good replies since the limit last changed.
    good: usize,
    average: Option<f64>,
    best: f64,
    /// The server has shown a limit: no more large steps.
    careful: bool,
}

/// The right to have one call in flight.
#[derive(Debug)]
pub(crate) struct Permit<'a> {
    limiter: &'a Limiter,
    permit: Option<OwnedSemaphorePermit>,
    epoch: u64,
}

impl Limiter {
    pub(crate) fn new(most: usize, adaptive: bool) -> Self {
        let most = most.clamp(1, Semaphore::MAX_PERMITS);
        let limit = if adaptive { most.min(START) } else { most };
        let measure = Measure {
            limit,
            most,
            owed: 0,
            epoch: 0,
            good: 0,
            average: None,
            best: f64::INFINITY,
            careful: false,
        };
        Self {
            semaphore: Arc::new(Semaphore::new(limit)),
            most,
            measure: adaptive.then(|| Mutex::new(measure)),
        }
    }

    /// Waits for its turn; no time-out runs here.
    pub(crate) async fn enter(&self) -> Permit<'_> {
        // The semaphore is never closed, so the only error there is cannot come.
        let permit = Arc::clone(&self.semaphore).acquire_owned().await.ok();
        let epoch = self.with(|measure| measure.epoch).unwrap_or_default();
        Permit { limiter: self, permit, epoch }
    }

    /// The limit of now.
    pub(crate) fn limit(&self) -> usize {
        self.with(|measure| measure.limit).unwrap_or(self.most)
    }

    fn with<R>(&self, change: impl FnOnce(&mut Measure) -> R) -> Option<R> {
        let measure = self.measure.as_ref()?;
        Some(change(&mut measure.lock().unwrap_or_else(PoisonError::into_inner)))
    }
}

impl Permit<'_> {
    /// The call gave a reply after so many seconds (to its first token, where that is known).
    pub(crate) fn succeeded(&self, seconds: f64) {
        let grew = self.limiter.with(|measure| measure.succeeded(seconds));
        if grew == Some(true) {
            self.limiter.semaphore.add_permits(1);
        }
    }

    /// The server said that we ask too much.
    pub(crate) fn too_fast(&mut self) {
        let epoch = self.epoch;
        self.limiter.with(|measure| measure.too_fast(epoch));
        self.epoch = self.limiter.with(|measure| measure.epoch).unwrap_or_default();
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        let owes = self.limiter.with(|measure| {
            let owes = measure.owed > 0;
            measure.owed = measure.owed.saturating_sub(1);
            owes
        });
        if let (Some(true), Some(permit)) = (owes, self.permit.take()) {
            permit.forget();
        }
    }
}

impl Measure {
    /// Says whether the limit grew by one.
    fn succeeded(&mut self, seconds: f64) -> bool {
        let average = self.average.map_or(seconds, |average| average + WEIGHT * (seconds - average));
        self.average = Some(average);
        self.best = self.best.min(average);
        self.good += 1;
        if average > TOLERANCE * self.best {
            self.careful = true;
            return false;
        }
        let due = if self.careful { self.limit } else { FIRST_STEPS };
        if self.good < due || self.limit >= self.most {
            return false;
        }
        self.good = 0;
        self.limit += 1;
        if self.owed > 0 {
            self.owed -= 1;
            return false;
        }
        true
    }

    fn too_fast(&mut self, epoch: u64) {
        if epoch != self.epoch {
            return;
        }
        let limit = ((self.limit as f64 * SHRINK) as usize).max(1);
        self.owed += self.limit - limit;
        self.limit = limit;
        self.epoch += 1;
        self.good = 0;
        self.careful = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn succeed(limiter: &Limiter, times: usize, seconds: f64) {
        for _ in 0..times {
            limiter.enter().await.succeeded(seconds);
        }
    }

    #[tokio::test]
    async fn a_fixed_limit_stays() {
        let limiter = Limiter::new(3, false);
        limiter.enter().await.too_fast();
        succeed(&limiter, 50, 1.0).await;
        assert_eq!(limiter.limit(), 3);
        assert_eq!(Limiter::new(0, false).limit(), 1);
    }

    #[tokio::test]
    async fn a_limit_that_adapts_grows_while_latency_holds_and_no_further() {
        let limiter = Limiter::new(22, true);
        assert_eq!(limiter.limit(), 20);
        succeed(&limiter, 2, 1.0).await;
        assert_eq!(limiter.limit(), 21);
        succeed(&limiter, 100, 1.0).await;
        assert_eq!((limiter.limit(), limiter.semaphore.available_permits()), (22, 22));
        let slower = Limiter::new(100, true);
        succeed(&slower, 20, 1.0).await;
        succeed(&slower, 60, 9.0).await;
        assert_eq!(slower.limit(), 30);
    }

    #[tokio::test]
    async fn behind_a_429_it_grows_by_one_a_round() {
        let limiter = Limiter::new(100, true);
        limiter.enter().await.too_fast();
        assert_eq!(limiter.limit(), 16);
        succeed(&limiter, 15, 1.0).await;
        assert_eq!(limiter.limit(), 16);
        succeed(&limiter, 1, 1.0).await;
        assert_eq!(limiter.limit(), 17);
    }

    #[tokio::test]
    async fn a_burst_of_429_cuts_once() {
        let limiter = Limiter::new(50, true);
        let (mut first, mut second) = (limiter.enter().await, limiter.enter().await);
        first.too_fast();
        second.too_fast();
        assert_eq!(limiter.limit(), 16);
        drop((first, second));
        for _ in 0..10 {
            drop(limiter.enter().await);
        }
        assert_eq!(limiter.semaphore.available_permits(), 16);
    }
}
