//! Where the ends of a mean over many problems lie, told from its spread and its skew without a single draw.

use crate::REACH;

/// So many problems are many.
const MANY: usize = 2_000;
/// The skew moves an end by no more than this many standard errors, or the terms that are left out count too.
const FAR: f64 = 0.25;

/// How far the skew of a sample moves both quantiles, at 2.5 and 97.5 %, of by how many of its own standard errors its mean is
/// off; without skew they lie at ∓ z = [`REACH`]. It is the first term of the Cornish-Fisher expansion (Hall 1992, section 2.4), here of
/// a quotient of sums; what is left out is of the order of 1/n.
///
/// `off` holds, of each problem, how far its sum is from what the mean expects, and its number of values. With σ² the mean
/// square of what is off, γ its skewness, and δ the mean of what is off times the number of values as a multiple of its mean,
/// over σ, the term is (δ z² − γ (2 z² + 1) / 6) / √n: where every problem has as many values, δ is 0 and this is Hall's. None
/// of a few problems, or where a few outweigh all others: there, draws tell more.
pub(crate) fn shift(off: &[[f64; 2]]) -> Option<f64> {
    (off.len() >= MANY).then(|| shift_of(off)).filter(|shift| shift.abs() <= FAR)
}

/// Whether they are many or not.
pub(crate) fn shift_of(off: &[[f64; 2]]) -> f64 {
    let n = off.len() as f64;
    let mean = |term: fn(f64, f64) -> f64| off.iter().map(|[off, n]| term(*off, *n)).sum::<f64>() / n;
    let deviation = mean(|off, _| off * off).sqrt();
    let skew = mean(|off, _| off * off * off) / deviation.powi(3);
    let slant = mean(|off, n| off * n) / mean(|_, n| n) / deviation;
    (slant * REACH * REACH - skew * (2.0 * REACH * REACH + 1.0) / 6.0) / n.sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_follow_the_skew() {
        let check = |value: fn(usize) -> [f64; 2], expect: f64| {
            let found = shift(&(0..10_000).map(value).collect::<Vec<_>>()).unwrap();
            assert!((found - expect).abs() < 1e-9, "{found}, not {expect}");
        };
        check(|at| [if at % 2 == 0 { 1.0 } else { -1.0 }, 1.0], 0.0);
        // One in ten is at 9, the others at −1: γ = 8/3.
        check(
            |at| [if at % 10 == 0 { 9.0 } else { -1.0 }, 1.0],
            -8.0 / 3.0 * (2.0 * REACH * REACH + 1.0) / 600.0,
        );
        // Those above have three times the values of those below: δ = ½.
        check(|at| if at % 2 == 0 { [1.0, 3.0] } else { [-1.0, 1.0] }, 0.5 * REACH * REACH / 100.0);
    }

    #[test]
    fn few_problems_and_heavy_ones_are_left_to_draws() {
        let check = |problems: usize, heavy: f64, expect: bool| {
            let mut off: Vec<[f64; 2]> = [[1.0, 1.0], [-1.0, 1.0]].repeat(problems / 2);
            off[0][0] = heavy;
            assert_eq!(shift(&off).is_some(), expect, "{problems} problems, one at {heavy}");
        };
        check(MANY, 1.0, true);
        check(MANY - 2, 1.0, false);
        check(MANY, 500.0, false);
    }
}
