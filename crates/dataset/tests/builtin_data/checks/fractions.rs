//! Fractions: exact arithmetic, enumeration of equally likely cases, and long division.

use super::Check;
use super::tools::{Ratio, only, sequences};
use crate::expected::Expected::Number;

pub(super) fn checks() -> Vec<Check> {
    let unit = |n: i64| Ratio(1, n);
    vec![
        ("frac-1-01", Ratio(2, 3).plus(Ratio(1, 4)).found()),
        ("frac-1-02", Ratio(35, 100).found()),
        ("frac-2-01", Ratio(3, 4).over(Ratio(9, 10)).minus(Ratio(1, 6)).found()),
        ("frac-2-02", unit(1).over(unit(4).plus(unit(6))).found()),
        ("frac-3-01", repeating("272727272727").found()),
        ("frac-3-02", (1..=9).map(|k| unit(k * (k + 1))).fold(Ratio(0, 1), Ratio::plus).found()),
        ("frac-4-01", continued(&[1, 2, 3, 4]).found()),
        ("frac-4-02", two_red_of_three().found()),
        ("frac-5-01", Number((1..=80).map(|n| f64::from(n) / 3f64.powi(n)).sum())),
        ("frac-5-02", maximum_is_four().found()),
    ]
}

/// The fraction with the smallest denominator whose decimal places begin like this.
fn repeating(places: &str) -> Ratio {
    let fractions = (2..100).flat_map(|below| (1..below).map(move |above| Ratio(above, below)));
    let found = fractions
        .filter(|fraction| long_division(*fraction, places.len()) == places)
        .min_by_key(|found| found.1);
    only(found.into_iter())
}

fn long_division(fraction: Ratio, places: usize) -> String {
    let mut rest = fraction.0;
    let digits = (0..places).map(|_| {
        let digit = rest * 10 / fraction.1;
        rest = rest * 10 % fraction.1;
        digit.to_string()
    });
    digits.collect()
}

fn continued(terms: &[i64]) -> Ratio {
    let from_the_inside = terms.iter().rev().map(|term| Ratio(*term, 1));
    let value = from_the_inside.reduce(|inner, term| term.plus(Ratio(1, 1).over(inner)));
    only(value.into_iter())
}

/// Balls 0 to 3 are red; every set of three balls is equally likely.
fn two_red_of_three() -> Ratio {
    let draws: Vec<u32> = (0u32..1 << 10).filter(|set| set.count_ones() == 3).collect();
    let good = draws.iter().filter(|set| (**set & 0b1111).count_ones() == 2).count();
    Ratio(good as i64, draws.len() as i64)
}

fn maximum_is_four() -> Ratio {
    let good = sequences(6, 4).filter(|rolls| rolls.iter().max() == Some(&3)).count();
    Ratio(good as i64, 6i64.pow(4))
}
