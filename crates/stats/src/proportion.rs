//! A share with its interval.

use serde::Serialize;

/// So many of so many, with Wilson's 95 % interval.
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

    /// `hits` of `of`. The interval is Wilson's (1927): it stays inside 0 to 1 and has a width even at the ends.
    pub fn new(hits: u64, of: u64) -> Self {
        if of == 0 {
            return Self::default();
        }
        const Z: f64 = 1.959_963_984_540_054;
        let (n, p) = (of as f64, hits as f64 / of as f64);
        let middle = p + Z * Z / (2.0 * n);
        let reach = Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
        let scale = 1.0 + Z * Z / n;
        let end = |value: f64| Some((value / scale).clamp(0.0, 1.0));
        Self { hits, of, value: Some(p), low: end(middle - reach), high: end(middle + reach) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_wilsons() {
        // Newcombe (1998): 81 of 263 is 0.2553 to 0.3662; 15 of 148 is 0.0624 to 0.1605; 0 of 20 is 0 to 0.1611.
        let check = |hits, of, low: f64, high: f64| {
            let share = Proportion::new(hits, of);
            assert!(
                (share.low.unwrap() - low).abs() < 1e-4 && (share.high.unwrap() - high).abs() < 1e-4,
                "{share:?}"
            );
        };
        check(81, 263, 0.2553, 0.3662);
        check(15, 148, 0.0624, 0.1605);
        check(0, 20, 0.0, 0.1611);
        assert_eq!(Proportion::new(0, 0).value, None);
    }
}
