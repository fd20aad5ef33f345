//! Arithmetic: the text's own steps, carried out by the machine.

use super::Check;
use super::tools::{factorial, only, whole};
use crate::expected::Expected::Number;

pub(super) fn checks() -> Vec<Check> {
    vec![
        ("arith-1-01", whole(48 - 6 * 5 + 2)),
        // The only pile that makes 18 full bags of 7 and leaves 4.
        ("arith-1-02", whole(only((0..1000).filter(|rolls| rolls / 7 == 18 && rolls % 7 == 4)))),
        ("arith-2-01", whole(2i64.pow(6) - 3i64.pow(3) + 4 * 5)),
        ("arith-2-02", whole(80 * 125 / 100 * 80 / 100)),
        ("arith-2-03", Number(64.0 * 25_000.0 / 10.0 / 100_000.0)),
        ("arith-3-01", whole((3..=79).step_by(4).sum())),
        ("arith-3-02", Number(average_speed(&[(36.0, 18.0), (36.0, 36.0)]))),
        ("arith-4-01", Number((7.0 + 4.0 * 3f64.sqrt()).sqrt() + (7.0 - 4.0 * 3f64.sqrt()).sqrt())),
        (
            "arith-4-02",
            whole((10i64.pow(15) - 37).to_string().bytes().map(|digit| i64::from(digit - b'0')).sum()),
        ),
        ("arith-5-01", whole((1..=6).map(|k| k * factorial(k)).sum())),
        ("arith-5-02", Number(36f64.to_radians().cos() * 72f64.to_radians().cos())),
    ]
}

/// All kilometres over all hours; a leg is a distance and a speed.
fn average_speed(legs: &[(f64, f64)]) -> f64 {
    let distance: f64 = legs.iter().map(|(distance, _)| distance).sum();
    let time: f64 = legs.iter().map(|(distance, speed)| distance / speed).sum();
    distance / time
}
