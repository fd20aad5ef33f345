//! Algebra: search among whole numbers, bisection where roots are not whole.

use super::Check;
use super::tools::{only, roots, whole, wholes};
use crate::expected::Expected::{Number, Numbers};

pub(super) fn checks() -> Vec<Check> {
    vec![
        ("alg-1-01", whole(only((-100..=100).filter(|x| 3 * x + 7 == 31)))),
        ("alg-1-02", whole(only((-100..=100).filter(|y| *y == 2 * -3 - 5)))),
        ("alg-2-01", whole(only((-100..=100).step_by(2).filter(|n| n + (n + 2) + (n + 4) == 78)) + 4)),
        ("alg-2-02", whole(only((1..=100).filter(|x| x * x - 5 * x - 36 == 0)))),
        (
            "alg-3-01",
            Number(roots(-20.0, 20.1, |x| x * x - 6.0 * x + 4.0).iter().map(|root| root * root).sum()),
        ),
        ("alg-3-02", Number(only(roots(-3.5, 90.3, |x| (2.0 * x + 7.0).sqrt() - x - 2.0).into_iter()))),
        ("alg-4-01", Number(cubes_of_a_root())),
        ("alg-4-02", whole(cubic_at_four())),
        ("alg-4-03", Numbers(roots(-10.05, 10.0, |x| x.powi(4) - 13.0 * x * x + 36.0))),
        ("alg-5-01", whole(only(triples().map(|(a, b, c)| a.pow(3) + b.pow(3) + c.pow(3))))),
        ("alg-5-02", whole(only(quadratics().map(|(a, b, c)| a * 16 + b * 4 + c)))),
        ("alg-5-03", wholes(&fourth_power([[2, 1], [0, 2]]))),
    ]
}

/// Both roots of x + 1/x = 4 must give the same.
fn cubes_of_a_root() -> f64 {
    let values: Vec<f64> =
        roots(0.1, 10.3, |x| x + 1.0 / x - 4.0).iter().map(|x| x.powi(3) + x.powi(3).recip()).collect();
    assert!(values.len() == 2 && (values[0] - values[1]).abs() < 1e-9, "{values:?}");
    values[0]
}

fn cubic_at_four() -> i64 {
    let coefficients = (-50..=50).flat_map(|a| (-50..=50).map(move |b| (a, b)));
    let (a, b) = only(coefficients.filter(|(a, b)| 1 + a + b == 0 && 8 + 2 * a + b == 0));
    64 + 4 * a + b
}

/// Whole a ≤ b ≤ c with the given sum, sum of squares and product.
fn triples() -> impl Iterator<Item = (i64, i64, i64)> {
    let pairs = (-10i64..=10).flat_map(|a| (a..=10).map(move |b| (a, b)));
    let triples = pairs.flat_map(|(a, b)| (b..=10).map(move |c| (a, b, c)));
    triples.filter(|(a, b, c)| a + b + c == 3 && a * a + b * b + c * c == 11 && a * b * c == -3)
}

/// The quadratic functions with small whole coefficients that satisfy f(x) + 2f(1 − x) = 3x² at seven points.
fn quadratics() -> impl Iterator<Item = (i64, i64, i64)> {
    let pairs = (-10i64..=10).flat_map(|a| (-10..=10).map(move |b| (a, b)));
    let all = pairs.flat_map(|(a, b)| (-10..=10).map(move |c| (a, b, c)));
    all.filter(|(a, b, c)| {
        let f = |x: i64| a * x * x + b * x + c;
        (-3..=3).all(|x| f(x) + 2 * f(1 - x) == 3 * x * x)
    })
}

fn fourth_power(matrix: [[i64; 2]; 2]) -> Vec<i64> {
    let times = |a: [[i64; 2]; 2], b: [[i64; 2]; 2]| {
        [0, 1].map(|row| [0, 1].map(|column| a[row][0] * b[0][column] + a[row][1] * b[1][column]))
    };
    let square = times(matrix, matrix);
    times(square, square).concat()
}
