//! A share with its interval.

use serde::Serialize;

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

#[cfg(test)]
mod tests {
    use super::*;

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
