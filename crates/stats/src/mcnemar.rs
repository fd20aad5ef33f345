//! McNemar's test in its exact form.

/// The two-sided p-value of seeing so uneven a split of the discordant pairs if both models were right equally often:
/// `only_first` pairs in which the first alone is right, `only_second` in which the second is (McNemar 1947; exact
/// binomial). Pairs must be independent: one sample a problem.
pub fn mcnemar(only_first: u64, only_second: u64) -> f64 {
    let (few, all) = (only_first.min(only_second), only_first + only_second);
    if all == 0 {
        return 1.0;
    }
    // C(n, k) / 2^n, in logarithms: n may be in the thousands.
    let mut log_term = -(all as f64) * std::f64::consts::LN_2;
    let mut tail = log_term.exp();
    for k in 0..few {
        log_term += ((all - k) as f64 / (k + 1) as f64).ln();
        tail += log_term.exp();
    }
    (2.0 * tail).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(first: u64, second: u64, expect: f64) {
        let p = mcnemar(first, second);
        assert!((p - expect).abs() < 1e-12 + expect * 1e-9, "{first}:{second} gives {p}, not {expect}");
    }

    /// Values of `scipy.stats.binomtest(min, n, 0.5).pvalue`.
    #[test]
    fn agrees_with_the_binomial_test() {
        check(0, 0, 1.0);
        check(5, 5, 1.0);
        check(0, 6, 0.031_25);
        check(3, 12, 0.035_156_25);
        check(121, 59, 4.434_449_263_755_164_5e-6);
        check(1_000, 1_100, 0.030_720_707_864_242_49);
        assert_eq!(mcnemar(3, 12), mcnemar(12, 3));
    }
}
