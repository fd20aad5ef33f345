//! Tuples: search among whole numbers, or the defining property itself.

use std::f64::consts::TAU;

use super::Check;
use super::tools::{only, roots, wholes};
use crate::expected::Expected::{self, Numbers};

pub(super) fn checks() -> Vec<Check> {
    vec![
        ("tuple-1-01", pair(|x, y| halfway((x, y), (2, -3), (8, 5)))),
        ("tuple-1-02", pair(|x, y| x + y == 10 && x - y == 4)),
        ("tuple-2-01", pair(|x, y| 2 * x + 3 * y == 12 && x - y == 1)),
        // The lowest point: its neighbours lie higher.
        ("tuple-2-02", pair(|x, y| parabola(x) == y && parabola(x - 1) > y && parabola(x + 1) > y)),
        ("tuple-3-01", triple()),
        ("tuple-3-02", Numbers(vec![8f64.sqrt(), 2f64.atan2(-2.0).rem_euclid(TAU)])),
        ("tuple-4-01", pair(|a, b| 0 < a && a < b && a * b == 84 && a * a + b * b == 193)),
        ("tuple-4-02", pair(|x, y| 2 * x - 3 == y && (x - 7) + 2 * (y - 1) == 0)),
        ("tuple-5-01", smallest_sum()),
        ("tuple-5-02", two_cubes()),
    ]
}

/// The only pair of small whole numbers for which this holds.
fn pair(holds: impl Fn(i64, i64) -> bool) -> Expected {
    let pairs = (-50..=50).flat_map(|x| (-50..=50).map(move |y| (x, y)));
    let (x, y) = only(pairs.filter(|(x, y)| holds(*x, *y)));
    wholes(&[x, y])
}

/// Half the distance away from both ends; squares are compared.
fn halfway(point: (i64, i64), a: (i64, i64), b: (i64, i64)) -> bool {
    let square = |p: (i64, i64), q: (i64, i64)| (p.0 - q.0).pow(2) + (p.1 - q.1).pow(2);
    4 * square(point, a) == square(a, b) && 4 * square(point, b) == square(a, b)
}

fn parabola(x: i64) -> i64 {
    x * x + 4 * x - 1
}

fn triple() -> Expected {
    let pairs = (-20..=20).flat_map(|x| (-20..=20).map(move |y| (x, y)));
    let all = pairs.flat_map(|(x, y)| (-20..=20).map(move |z| [x, y, z]));
    let [x, y, z] = only(all.filter(|[x, y, z]| x + y + z == 6 && x - y + z == 2 && 2 * x + y - z == 1));
    wholes(&[x, y, z])
}

fn smallest_sum() -> Expected {
    let pairs = (1i64..=100).flat_map(|x| (x + 1..=100).map(move |y| (x, y)));
    let found = pairs.filter(|(x, y)| 6 * (x + y) == x * y).min_by_key(|(x, y)| x + y);
    let (x, y) = only(found.into_iter());
    wholes(&[x, y])
}

fn two_cubes() -> Expected {
    let x = only(roots(-20.0, 2.5, |x| x.powi(3) + (5.0 - x).powi(3) - 65.0).into_iter());
    Numbers(vec![x, 5.0 - x])
}
