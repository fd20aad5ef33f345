//! How long to wait before trying again.

use std::{
    collections::hash_map::RandomState,
    hash::{BuildHasher, Hasher},
    time::{Duration, SystemTime},
};

use reqwest::header::{HeaderMap, RETRY_AFTER};

use crate::Backoff;

impl Backoff {
    /// The wait before retry number `retry` (from 0); `chance` in 0..1 picks a point in its upper half.
    pub(crate) fn wait(&self, retry: u32, chance: f64) -> Duration {
        let doubled = self.base.saturating_mul(2_u32.saturating_pow(retry.min(20)));
        doubled.min(self.most).mul_f64(0.5 + 0.5 * chance.clamp(0.0, 1.0))
    }
}

/// A number in 0..1. Waiting needs no seed: it changes no result.
pub(crate) fn chance() -> f64 {
    let bits = RandomState::new().build_hasher().finish() >> 11;
    bits as f64 / (1_u64 << 53) as f64
}

/// How long the server asks us to wait: `Retry-After` in seconds or as a date, or `retry-after-ms`.
pub(crate) fn asked_to_wait(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    if let Some(milliseconds) = text("retry-after-ms").and_then(|text| text.parse::<f64>().ok()) {
        return seconds(milliseconds / 1000.0);
    }
    let asked = text(RETRY_AFTER.as_str())?;
    if let Ok(number) = asked.parse::<f64>() {
        return seconds(number);
    }
    let date = httpdate::parse_http_date(asked).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

fn seconds(number: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(number).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_most_and_keep_at_least_half() {
        let backoff = Backoff::default();
        let check = |retry, chance, milliseconds| {
            assert_eq!(backoff.wait(retry, chance), Duration::from_millis(milliseconds), "retry {retry}");
        };
        check(0, 0.0, 250);
        check(0, 1.0, 500);
        check(3, 1.0, 4_000);
        check(9, 1.0, 30_000);
        check(4_000_000, 0.0, 15_000);
    }

    #[test]
    fn chances_differ_and_stay_in_range() {
        let drawn: Vec<f64> = (0..50).map(|_| chance()).collect();
        assert!(drawn.iter().all(|chance| (0.0..1.0).contains(chance)));
        assert!(drawn.iter().any(|chance| *chance != drawn[0]));
    }

    #[test]
    fn retry_after_is_read_in_all_its_forms() {
        let check = |name: &'static str, value: &str, expect: Option<f64>| {
            let mut headers = HeaderMap::new();
            headers.insert(name, value.parse().unwrap());
            let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
            let found = asked_to_wait(&headers, now).map(|wait| wait.as_secs_f64());
            assert_eq!(found, expect, "{name}: {value}");
        };
        check("retry-after", "7", Some(7.0));
        check("retry-after", " 0.5 ", Some(0.5));
        check("retry-after", "Sun, 06 Nov 1994 08:49:47 GMT", Some(10.0));
        check("retry-after", "Sun, 06 Nov 1994 08:49:27 GMT", Some(0.0));
        check("retry-after", "soon", None);
        check("retry-after", "-3", None);
        check("retry-after-ms", "250", Some(0.25));
    }
}
