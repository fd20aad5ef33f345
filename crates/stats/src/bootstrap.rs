//! 95 % interval of a mean difference: percentile bootstrap over problems.

use rayon::prelude::*;

use crate::{Unit, draw, generator, quantile};

/// From the 2.5th to the 97.5th percentile of the mean over problems drawn with replacement. One problem says nothing
/// about the spread between problems: fewer than two have no interval.
pub fn interval(units: &[Unit], resamples: u32, seed: u64) -> Option<(f64, f64)> {
    if units.len() < 2 || resamples == 0 {
        return None;
    }
    let mut means: Vec<f64> =
        (0..resamples).into_par_iter().map(|replicate| mean_of_draw(units, seed, replicate)).collect();
    Some((quantile(&mut means, 0.025)?, quantile(&mut means, 0.975)?))
}

fn mean_of_draw(units: &[Unit], seed: u64, replicate: u32) -> f64 {
    let mut generator = generator(seed, u64::from(replicate));
    let (mut sum, mut n) = (0.0, 0.0);
    for _ in 0..units.len() {
        let unit = units[draw(&mut generator, units.len())];
        sum += unit.sum;
        n += unit.n;
    }
    sum / n
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_needs_two_problems_and_contains_a_constant() {
        let unit = |sum| Unit { sum, n: 1.0 };
        assert_eq!(interval(&[unit(1.0)], 100, 0), None);
        assert_eq!(interval(&[unit(1.0), unit(2.0)], 0, 0), None);
        assert_eq!(interval(&[unit(2.0); 5], 100, 0), Some((2.0, 2.0)));
    }

    #[test]
    fn the_seed_decides() {
        let units: Vec<Unit> = (0..50).map(|at| Unit { sum: f64::from(at % 7), n: 1.0 }).collect();
        assert_eq!(interval(&units, 500, 3), interval(&units, 500, 3));
        assert_ne!(interval(&units, 500, 3), interval(&units, 500, 4));
    }
}
