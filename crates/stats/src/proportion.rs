//! A share with its interval.

use serde::Serialize;

use crate::REACH;
use crate::share::of_tries;

/// So many of so many, with a 95 % interval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Proportion {
    /// How many.
    pub hits: u64,
    /// Of how many.
    pub of: u64,
    /// Their quotient; null for none of none.
    pub value: Option<f64>,
    /// Lower end of the interval.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
}

impl Proportion {
    /// Counts what is true.
    pub fn count(flags: impl Iterator<Item = bool>) -> Self {
        let (hits, of) = flags.fold((0, 0), |(hits, of), flag| (hits + u64::from(flag), of + 1));
        Self::new(hits, of)
    }

    /// `hits` of `of`, with the interval of [`share_interval`](crate::share_interval).
    pub fn new(hits: u64, of: u64) -> Self {
        let value = (of > 0).then(|| hits as f64 / of as f64);
        let found = of_tries(hits, of);
        Self { hits, of, value, low: found.map(|found| found.low), high: found.map(|found| found.high) }
    }
}

/// Lower and upper end of Wilson's 95 % interval (1927) of `hits` among `of` independent tries: m ± h with z = 1.96,
/// m = (p + z²/2n)/(1 + z²/n), h = z·√(p(1 − p)/n + z²/4n²)/(1 + z²/n). None for no try.
pub fn wilson(hits: u32, of: u32) -> Option<(f64, f64)> {
    if of == 0 {
        return None;
    }
    let (n, z2) = (f64::from(of), REACH * REACH);
    let p = f64::from(hits.min(of)) / n;
    let whole = 1.0 + z2 / n;
    let middle = (p + z2 / (2.0 * n)) / whole;
    let half = REACH * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt() / whole;
    Some(((middle - half).max(0.0), (middle + half).min(1.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_tries_say_little() {
        let check = |hits, low: f64, high: f64| {
            let found = wilson(hits, 8).unwrap();
            assert!((found.0 - low).abs() < 1e-4 && (found.1 - high).abs() < 1e-4, "{found:?}");
        };
        check(0, 0.0, 0.3244);
        check(1, 0.0224, 0.4709);
        check(5, 0.3057, 0.8632);
        check(8, 0.6756, 1.0);
        assert_eq!(wilson(0, 0), None);
    }

    #[test]
    fn one_of_none_is_nothing() {
        let check = |hits, of, low: f64, high: f64| {
            let found = Proportion::new(hits, of);
            assert!(
                (found.low.unwrap() - low).abs() < 1e-4 && (found.high.unwrap() - high).abs() < 1e-4,
                "{found:?}"
            );
        };
        check(81, 263, 0.2546, 0.3656);
        check(0, 20, 0.0, 0.1391);
        assert_eq!(Proportion::new(0, 0), Proportion::default());
    }
}
