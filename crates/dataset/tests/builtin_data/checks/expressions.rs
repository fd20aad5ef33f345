//! Expressions: the same value at many points, from the definition.

use super::Check;
use super::tools::{only, roots, subsets};
use crate::expected::Expected::{self, Formula};

/// Relative; the numbers are sums and products of a few terms.
const EXACT: f64 = 1e-12;

pub(super) fn checks() -> Vec<Check> {
    vec![
        (
            "expr-1-01",
            Formula(
                "ab",
                pairs(),
                Box::new(|at| 5.0 * at[0] + 3.0 * at[1] - 2.0 * at[0] + 4.0 * at[1]),
                EXACT,
            ),
        ),
        ("expr-1-02", real(|x| x * (x - 4.0) + 2.0 * x, EXACT)),
        ("expr-2-01", real(|x| x * x - 7.0 * x + 12.0, EXACT)),
        ("expr-2-02", real(|x| (2.0 * x - 3.0) * (2.0 * x - 3.0), EXACT)),
        ("expr-3-01", real(|x| (x * x - 9.0) / (x * x + x - 6.0), 1e-9)),
        // The y that the function sends to x.
        ("expr-3-02", real(|x| only(roots(-50.0, 50.7, |y| (2.0 * y - 1.0) / 3.0 - x).into_iter()), EXACT)),
        ("expr-4-01", natural(|n| (1..=n).map(|k| f64::from(k) * f64::from(k + 1)).sum())),
        ("expr-4-02", real(|x| slope(|x| x * x * (3.0 * x).exp(), x), 1e-6)),
        ("expr-5-01", natural(|n| (0..=n).map(|k| f64::from(k) * subsets(n, k) as f64).sum())),
        ("expr-5-02", natural(|n| (1..n).fold(1.0, |term, _| 3.0 * term + 2.0))),
    ]
}

fn points() -> impl Iterator<Item = f64> {
    (-12..=12).map(|step| f64::from(step) * 0.37 + 0.11)
}

fn pairs() -> Vec<Vec<f64>> {
    points().flat_map(|a| points().map(move |b| vec![a, b])).collect()
}

fn real(function: impl Fn(f64) -> f64 + 'static, tolerance: f64) -> Expected {
    Formula("x", points().map(|x| vec![x]).collect(), Box::new(move |at| function(at[0])), tolerance)
}

fn natural(function: impl Fn(u32) -> f64 + 'static) -> Expected {
    let points = (1..=12).map(|n| vec![f64::from(n)]).collect();
    Formula("n", points, Box::new(move |at| function(at[0] as u32)), EXACT)
}

/// The slope from two difference quotients, so that the error falls with the fourth power of the step.
fn slope(function: impl Fn(f64) -> f64, x: f64) -> f64 {
    let quotient = |step: f64| (function(x + step) - function(x - step)) / (2.0 * step);
    (4.0 * quotient(1e-3) - quotient(2e-3)) / 3.0
}
