//! The gamma distribution, and what is made of it: tails of χ² and of the normal distribution.

use crate::beta::ln_gamma;

/// Half of a 95 % interval in standard errors: the 97.5 % quantile of the normal distribution.
pub const REACH: f64 = 1.959_963_984_540_054;

/// The chance that a χ² variable of so many degrees of freedom (above 0) is at least `x`: the regularised upper incomplete
/// gamma function of half of both, by its series or its continued fraction (Abramowitz & Stegun 6.5.29, 6.5.31), to about
/// 12 digits.
pub fn chi_square_tail(x: f64, freedom: f64) -> f64 {
    let (a, x) = (freedom / 2.0, x / 2.0);
    if x <= 0.0 {
        return 1.0;
    }
    let front = (a * x.ln() - x - ln_gamma(a)).exp();
    if x < a + 1.0 { 1.0 - front * series(a, x) } else { front * fraction(a, x) }
}

/// The chance that a normal variable is at least `z` of its standard deviations from its mean, on either side.
pub fn normal_tails(z: f64) -> f64 {
    chi_square_tail(z * z, 1.0)
}

const MOST: u32 = 10_000;
const CLOSE: f64 = 1e-15;

fn series(a: f64, x: f64) -> f64 {
    let (mut term, mut sum) = (1.0 / a, 1.0 / a);
    for step in (1..MOST).map(f64::from) {
        term *= x / (a + step);
        sum += term;
        if term < sum * CLOSE {
            break;
        }
    }
    sum
}

/// From its front (Lentz 1976).
fn fraction(a: f64, x: f64) -> f64 {
    let safe = |value: f64| if value.abs() < f64::MIN_POSITIVE { f64::MIN_POSITIVE } else { value };
    let mut middle = x + 1.0 - a;
    let (mut up, mut down) = (1.0 / f64::MIN_POSITIVE, 1.0 / safe(middle));
    let mut value = down;
    for step in (1..MOST).map(f64::from) {
        let term = -step * (step - a);
        middle += 2.0;
        down = 1.0 / safe(term * down + middle);
        up = safe(middle + term / up);
        value *= up * down;
        if (up * down - 1.0).abs() < CLOSE {
            break;
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, expect: f64) {
        assert!((found - expect).abs() < 1e-12 + 1e-9 * expect, "{found}, not {expect}");
    }

    #[test]
    fn has_its_closed_forms() {
        for x in [0.01_f64, 0.7, 3.0, 25.0] {
            near(chi_square_tail(x, 2.0), (-x / 2.0).exp());
            near(chi_square_tail(x, 4.0), (-x / 2.0).exp() * (1.0 + x / 2.0));
        }
        assert_eq!(chi_square_tail(0.0, 3.0), 1.0);
    }

    /// Values of tables.
    #[test]
    fn knows_the_normal_distribution() {
        near(normal_tails(REACH), 0.05);
        near(normal_tails(-2.575_829_303_548_901), 0.01);
        near(normal_tails(1.0), 0.317_310_507_862_914_1);
        near(normal_tails(6.0), 1.973_175_290_075_397e-9);
    }
}
