//! How many problems it would take to tell a difference from chance.

use crate::unit::{mean, standard_error};
use crate::{REACH, Unit};

/// 80 % quantile: the usual chance of finding a difference that is there.
const CHANCE: f64 = 0.841_621_233_572_914;

/// What the data at hand could tell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Power {
    /// The smallest mean difference that as many problems would show in four of five runs.
    pub detectable: f64,
    /// Problems needed to show a difference as large as the one seen; none if no difference was seen.
    pub needed: Option<u64>,
}

/// From the spread between problems (the delta method for a ratio of sums); none for fewer than two problems.
pub fn power(units: &[Unit]) -> Option<Power> {
    let mean = mean(units)?;
    let problems = units.len() as f64;
    if units.len() < 2 {
        return None;
    }
    let error = standard_error(units, mean);
    let detectable = (REACH + CHANCE) * error;
    let needed = (mean != 0.0).then(|| (problems * (detectable / mean).powi(2)).ceil().max(2.0));
    Some(Power { detectable, needed: needed.map(|needed| needed as u64) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_difference_needs_more_problems() {
        let units = |shift: f64| -> Vec<Unit> {
            (0..100).map(|at| Unit { sum: shift + if at % 2 == 0 { 1.0 } else { -1.0 }, n: 1.0 }).collect()
        };
        // Standard deviation 1.005 over 100 problems; (2.8016 · 1.005 / d)² problems.
        assert_eq!(power(&units(0.5)).unwrap().needed, Some(32));
        assert_eq!(power(&units(0.1)).unwrap().needed, Some(793));
        assert_eq!(power(&units(0.0)).unwrap().needed, None);
        assert!((power(&units(0.1)).unwrap().detectable - 0.2816).abs() < 1e-4);
        assert_eq!(power(&[Unit { sum: 1.0, n: 1.0 }]), None);
    }

    #[test]
    fn copies_of_a_sample_add_nothing() {
        let single: Vec<Unit> = (0..50).map(|at| Unit { sum: f64::from(at % 5), n: 1.0 }).collect();
        let copied: Vec<Unit> = single.iter().map(|unit| Unit { sum: 4.0 * unit.sum, n: 4.0 }).collect();
        assert_eq!(power(&single).unwrap().needed, power(&copied).unwrap().needed);
    }
}
