//! The beta distribution.

/// The logarithm of Γ(x), x > 0: Stirling's series after the argument was raised beyond 10 (Abramowitz & Stegun 6.1.41).
pub(crate) fn ln_gamma(x: f64) -> f64 {
    let (mut x, mut taken) = (x, 0.0);
    while x < 10.0 {
        taken += x.ln();
        x += 1.0;
    }
    let (inverse, square) = (1.0 / x, 1.0 / (x * x));
    let series = inverse * (1.0 / 12.0 - square * (1.0 / 360.0 - square * (1.0 / 1260.0 - square / 1680.0)));
    (x - 0.5) * x.ln() - x + 0.5 * std::f64::consts::TAU.ln() + series - taken
}

/// The chance that a beta variable of parameters `a` and `b` (both above 0) is at most `x`: the regularised incomplete beta
/// function, by its continued fraction (Abramowitz & Stegun 26.5.8), to about 12 digits.
pub(crate) fn below(a: f64, b: f64, x: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return f64::from(u8::from(x > 0.0));
    }
    let log = a * x.ln() + b * (-x).ln_1p() + ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b);
    if x < (a + 1.0) / (a + b + 2.0) {
        log.exp() * fraction(a, b, x) / a
    } else {
        1.0 - log.exp() * fraction(b, a, 1.0 - x) / b
    }
}

/// The continued fraction from its front (Lentz 1976).
fn fraction(a: f64, b: f64, x: f64) -> f64 {
    const MOST: u32 = 1000;
    const CLOSE: f64 = 1e-14;
    let safe = |value: f64| if value.abs() < f64::MIN_POSITIVE { f64::MIN_POSITIVE } else { value };
    let (mut up, mut down) = (1.0, 1.0 / safe(1.0 - (a + b) * x / (a + 1.0)));
    let mut value = down;
    for step in (1..MOST).map(f64::from) {
        let (even, odd) = (a + 2.0 * step, a + step);
        let terms = [
            step * (b - step) * x / ((even - 1.0) * even),
            -odd * (a + b + step) * x / (even * (even + 1.0)),
        ];
        let before = value;
        for term in terms {
            down = 1.0 / safe(1.0 + term * down);
            up = safe(1.0 + term / up);
            value *= up * down;
        }
        if (value / before - 1.0).abs() < CLOSE {
            break;
        }
    }
    value
}

/// The value that a beta variable falls below with probability `q`, by halving.
pub(crate) fn quantile(a: f64, b: f64, q: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if below(a, b, middle) < q {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, expect: f64) {
        assert!((found - expect).abs() < 1e-9, "{found}, not {expect}");
    }

    #[test]
    fn has_its_closed_forms() {
        near(ln_gamma(0.5), 0.5 * std::f64::consts::PI.ln());
        near(ln_gamma(11.0), 3_628_800.0_f64.ln());
        for x in [0.001, 0.2, 0.5, 0.83, 0.9999] {
            near(below(1.0, 1.0, x), x);
            near(below(3.0, 1.0, x), x * x * x);
            near(below(1.0, 4.0, x), 1.0 - (1.0 - x).powi(4));
            // The arcsine law.
            near(below(0.5, 0.5, x), 2.0 / std::f64::consts::PI * x.sqrt().asin());
            // Three or more of five.
            let binomial = 10.0 * x.powi(3) * (1.0 - x).powi(2) + 5.0 * x.powi(4) * (1.0 - x) + x.powi(5);
            near(below(3.0, 3.0, x), binomial);
        }
        assert_eq!((below(2.0, 3.0, -1.0), below(2.0, 3.0, 1.0)), (0.0, 1.0));
    }

    #[test]
    fn quantiles_undo_it() {
        for (a, b) in [(0.5, 6.5), (20.5, 1.5), (100.5, 100.5), (4_000.5, 30.5)] {
            for q in [0.025, 0.5, 0.975] {
                near(below(a, b, quantile(a, b, q)), q);
            }
        }
    }
}
