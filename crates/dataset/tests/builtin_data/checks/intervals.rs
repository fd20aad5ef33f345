//! Intervals: the condition itself, put to many numbers. What is not a real number comes out as NaN and does not hold.

use super::Check;
use crate::expected::Expected::{self, RealSet};

pub(super) fn checks() -> Vec<Check> {
    let (lowest, highest) = range_of(|x| x / (x * x + x + 1.0));
    vec![
        ("int-1-01", set(|x| 2.0 * x - 3.0 < 9.0)),
        ("int-1-02", set(|x| (-1.0..=4.0).contains(&(x + 2.0)))),
        ("int-2-01", set(|x| (x - 4.0).abs() <= 3.0)),
        ("int-2-02", set(|x| (2.0 * x - 10.0).sqrt().is_finite())),
        ("int-3-01", set(|x| x * x - 2.0 * x - 15.0 < 0.0)),
        ("int-3-02", set(|x| (9.0 - x * x).sqrt().recip().is_finite())),
        ("int-4-01", set(|x| (x - 1.0) / (x + 2.0) >= 2.0)),
        // Two roots: the lowest point of the parabola, at −k/2, lies below the axis.
        ("int-4-02", set(|k| k * k / 4.0 - k * k / 2.0 + 9.0 < 0.0)),
        ("int-5-01", set(move |y| lowest <= y && y <= highest)),
        ("int-5-02", set(|x| (x - 1.0).log2().is_finite() && -(x - 1.0).log2() > -3.0)),
    ]
}

fn set(member: impl Fn(f64) -> bool + 'static) -> Expected {
    RealSet(Box::new(member))
}

/// The lowest and the highest of many values of a continuous function.
fn range_of(function: impl Fn(f64) -> f64) -> (f64, f64) {
    let values = (-200_000..=200_000).map(|step| function(f64::from(step) / 1000.0));
    values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)))
}
