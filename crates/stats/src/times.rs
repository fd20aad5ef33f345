//! Times in buckets: quantiles of any number of them in a few kilobytes.

use std::time::Duration;

/// Buckets to each doubling, so that a quantile is off by at most a thirty-second.
const STEPS: u64 = 32;
const STEP_BITS: u32 = STEPS.trailing_zeros();
/// Enough for every number of nanoseconds that 64 bits hold.
const BUCKETS: usize = (64 - STEP_BITS as usize + 1) * STEPS as usize;

/// How long comparisons took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Times {
    buckets: Vec<u64>,
    count: u64,
    worst: u64,
}

impl Default for Times {
    fn default() -> Self {
        Self { buckets: vec![0; BUCKETS], count: 0, worst: 0 }
    }
}

impl Times {
    /// Adds one.
    pub fn add(&mut self, microseconds: f64) {
        let nanoseconds = (microseconds * 1000.0).round() as u64;
        if let Some(bucket) = self.buckets.get_mut(bucket_of(nanoseconds)) {
            *bucket += 1;
        }
        self.count += 1;
        self.worst = self.worst.max(nanoseconds);
    }

    /// The time that `share` of all do not exceed, to 3 %; zero if there is none.
    pub fn quantile(&self, share: f64) -> Duration {
        let rank = ((self.count as f64 * share).ceil() as u64).clamp(1, self.count.max(1));
        let mut seen = 0;
        let reached = self.buckets.iter().position(|count| {
            seen += count;
            seen >= rank
        });
        Duration::from_nanos(reached.map_or(0, top_of).min(self.worst))
    }

    /// The longest, exactly.
    pub fn worst(&self) -> Duration {
        Duration::from_nanos(self.worst)
    }
}

fn bucket_of(nanoseconds: u64) -> usize {
    if nanoseconds < STEPS {
        return nanoseconds as usize;
    }
    let shift = nanoseconds.ilog2() - STEP_BITS;
    shift as usize * STEPS as usize + (nanoseconds >> shift) as usize
}

/// The longest time that falls into a bucket.
fn top_of(bucket: usize) -> u64 {
    let bucket = bucket as u64;
    if bucket < 2 * STEPS {
        return bucket;
    }
    let shift = bucket / STEPS - 1;
    let next = u128::from(bucket % STEPS + STEPS + 1) << shift;
    u64::try_from(next - 1).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn quantiles_are_those_of_the_sorted_list() {
        let mut times = Times::default();
        assert_eq!((times.quantile(0.5), times.worst()), (Duration::ZERO, Duration::ZERO));
        (1..=1000).for_each(|microseconds| times.add(f64::from(microseconds)));
        let near = |share: f64, expect: f64| {
            let found = times.quantile(share).as_nanos() as f64 / 1000.0;
            assert!((found / expect - 1.0).abs() <= 1.0 / 32.0, "{share}: {found} for {expect}");
        };
        near(0.5, 500.0);
        near(0.99, 990.0);
        assert_eq!(times.quantile(1.0), Duration::from_micros(1000));
        assert_eq!(times.worst(), Duration::from_micros(1000));
    }

    proptest! {
        #[test]
        fn every_time_has_a_bucket_that_holds_it(nanoseconds: u64) {
            let bucket = bucket_of(nanoseconds);
            prop_assert!(bucket < BUCKETS);
            prop_assert!(top_of(bucket) >= nanoseconds);
            prop_assert!(bucket == 0 || top_of(bucket - 1) < nanoseconds);
        }
    }
}
