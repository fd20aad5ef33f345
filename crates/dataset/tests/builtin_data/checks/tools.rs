//! Small tools of the checks: unique search, bisection, enumeration, exact fractions.

use crate::expected::Expected;

/// A whole number as what was found.
pub(crate) fn whole(number: i64) -> Expected {
    Expected::Number(number as f64)
}

/// How many there are, as what was found.
pub(crate) fn count<T>(items: impl Iterator<Item = T>) -> Expected {
    whole(items.count() as i64)
}

/// Whole numbers as the entries of a tuple or list.
pub(crate) fn wholes(numbers: &[i64]) -> Expected {
    Expected::Numbers(numbers.iter().map(|number| *number as f64).collect())
}

/// The only item; a search that finds none or several is a failure.
pub(crate) fn only<T>(items: impl Iterator<Item = T>) -> T {
    let mut found: Vec<T> = items.collect();
    assert_eq!(found.len(), 1, "a search must find exactly one item");
    found.remove(0)
}

/// The greatest common divisor.
pub(crate) fn gcd(a: i64, b: i64) -> i64 {
    if b == 0 { a.abs() } else { gcd(b, a % b) }
}

/// Whether no smaller number but 1 divides it.
pub(crate) fn is_prime(n: i64) -> bool {
    n > 1 && (2..n).all(|d| n % d != 0)
}

/// `n!`
pub(crate) fn factorial(n: i64) -> i64 {
    (1..=n).product()
}

/// The number of `k`-subsets of `n` things, counted one by one.
pub(crate) fn subsets(n: u32, k: u32) -> i64 {
    (0u32..1 << n).filter(|set| set.count_ones() == k).count() as i64
}

/// The zeros of a function between two ends, by bisection in a thousand parts; the parts' ends must not be zeros.
pub(crate) fn roots(low: f64, high: f64, function: impl Fn(f64) -> f64) -> Vec<f64> {
    let at = |part: u32| low + (high - low) * f64::from(part) / 1000.0;
    let parts = (0..1000).map(|part| (at(part), at(part + 1)));
    parts.filter(|(a, b)| function(*a) * function(*b) < 0.0).map(|(a, b)| bisect(a, b, &function)).collect()
}

fn bisect(mut a: f64, mut b: f64, function: impl Fn(f64) -> f64) -> f64 {
    for _ in 0..100 {
        let middle = f64::midpoint(a, b);
        if function(a) * function(middle) <= 0.0 { b = middle } else { a = middle }
    }
    f64::midpoint(a, b)
}

/// Every order of these items, equal items taken as different.
pub(crate) fn orders<T: Clone>(items: &[T]) -> Vec<Vec<T>> {
    if items.is_empty() {
        return vec![Vec::new()];
    }
    let mut orders = Vec::new();
    for first in 0..items.len() {
        let mut rest = items.to_vec();
        let item = rest.remove(first);
        orders.extend(self::orders(&rest).into_iter().map(|mut order| {
            order.push(item.clone());
            order
        }));
    }
    orders
}

/// Every sequence of `length` numbers below `base`.
pub(crate) fn sequences(base: usize, length: u32) -> impl Iterator<Item = Vec<usize>> {
    (0..base.pow(length)).map(move |code| (0..length).map(|place| code / base.pow(place) % base).collect())
}

/// An exact fraction.
#[derive(Clone, Copy)]
pub(crate) struct Ratio(pub(crate) i64, pub(crate) i64);

impl Ratio {
    pub(crate) fn plus(self, other: Self) -> Self {
        Self(self.0 * other.1 + other.0 * self.1, self.1 * other.1).reduced()
    }

    pub(crate) fn minus(self, other: Self) -> Self {
        self.plus(Self(-other.0, other.1))
    }

    pub(crate) fn over(self, other: Self) -> Self {
        Self(self.0 * other.1, self.1 * other.0).reduced()
    }

    fn reduced(self) -> Self {
        let common = gcd(self.0, self.1);
        Self(self.0 / common, self.1 / common)
    }

    pub(crate) fn found(self) -> Expected {
        Expected::Fraction(self.0, self.1)
    }
}
