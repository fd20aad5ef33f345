//! Multiple choice: exactly one option has the property that is asked for.

use super::Check;
use super::tools::{gcd, is_prime, roots};
use crate::evaluate::evaluate;
use crate::expected::Expected::{self, Choice};

pub(super) fn checks() -> Vec<Check> {
    vec![
        ("choice-1-01", value(|number| number % 3.0 == 0.0 && number % 4.0 == 0.0)),
        ("choice-1-02", largest()),
        ("choice-2-01", value(|number| is_prime(number as i64))),
        // The slope between the points of the line over 0 and 2.
        ("choice-2-02", equals((height(2.0) - height(0.0)) / 2.0)),
        ("choice-3-01", equals(40f64.log2() - 5f64.log2())),
        ("choice-3-02", equals(roots(-9.0, 9.1, |x| (x * x - 4.0).abs() - 3.0).len() as f64)),
        ("choice-4-01", largest()),
        ("choice-4-02", Choice(Box::new(|option, _| option == eighth_power_of_one_plus_i()))),
        ("choice-5-01", equals(pairs_with_multiple(72) as f64)),
        ("choice-5-02", Choice(Box::new(|option, _| equals_fourth_power_plus_four(option)))),
    ]
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-9
}

fn value(right: impl Fn(f64) -> bool + 'static) -> Expected {
    Choice(Box::new(move |option, _| evaluate(option, &[]).is_some_and(&right)))
}

fn equals(found: f64) -> Expected {
    value(move |number| near(number, found))
}

/// The point of the line 3x + 2y = 8 over x.
fn height(x: f64) -> f64 {
    (8.0 - 3.0 * x) / 2.0
}

fn largest() -> Expected {
    let number = |option: &str| evaluate(option, &[]).unwrap_or(f64::NAN);
    Choice(Box::new(move |option, all| all.iter().all(|other| number(option) >= number(other))))
}

/// Eight multiplications in whole numbers, written as an option would be.
fn eighth_power_of_one_plus_i() -> String {
    match (0..8).fold((1i64, 0i64), |(re, im), _| (re - im, re + im)) {
        (re, 0) => re.to_string(),
        (0, im) => format!("{im}i"),
        (re, im) => format!("{re} + {im}i"),
    }
}

fn pairs_with_multiple(multiple: i64) -> usize {
    let pairs = (1..=multiple).flat_map(|a| (1..=multiple).map(move |b| (a, b)));
    pairs.filter(|(a, b)| a / gcd(*a, *b) * b == multiple).count()
}

fn equals_fourth_power_plus_four(option: &str) -> bool {
    (-6..=6)
        .map(f64::from)
        .all(|x| evaluate(option, &[('x', x)]).is_some_and(|value| near(value, x.powi(4) + 4.0)))
}
