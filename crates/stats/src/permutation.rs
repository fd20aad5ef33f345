//! The sign-flip permutation test of a mean difference.

use rand::Rng;

use crate::{Unit, generator};

/// Up to so many problems that differ, all ways to flip them are tried.
const EXACT: usize = 16;
/// Beyond, so many ways are drawn.
const DRAWS: u32 = 9_999;
/// Flipped together in at most so many blocks: a test that stays valid, and bounded time for large runs.
const BLOCKS: usize = 4_096;

/// The two-sided p-value of a mean difference as far from 0 as the one seen, if the two names of each problem could
/// just as well be exchanged. All pairs of a problem are flipped together. Exact for few problems; else from 9,999
/// seeded draws, the one seen counted among them (Phipson & Smyth 2010), so that p is never 0.
pub fn permutation(units: &[Unit], seed: u64) -> f64 {
    let mut differences: Vec<f64> = units.iter().map(|unit| unit.sum).filter(|sum| *sum != 0.0).collect();
    if differences.len() > BLOCKS {
        differences = blocks(&differences);
    }
    if differences.len() <= EXACT { exact(&differences) } else { drawn(&differences, seed) }
}

fn blocks(differences: &[f64]) -> Vec<f64> {
    let mut blocks = vec![0.0; BLOCKS];
    for (at, difference) in differences.iter().enumerate() {
        blocks[at % BLOCKS] += difference;
    }
    blocks
}

/// What rounding may do to a sum whose terms are added in another order.
fn bar(differences: &[f64]) -> f64 {
    let seen: f64 = differences.iter().sum();
    let size: f64 = differences.iter().map(|difference| difference.abs()).sum();
    seen.abs() - size * 1e-12
}

fn exact(differences: &[f64]) -> f64 {
    let bar = bar(differences);
    let ways = 1_u32 << differences.len();
    let far = |way: &u32| {
        let signed = differences.iter().enumerate().map(|(at, d)| if way >> at & 1 == 1 { -d } else { *d });
        signed.sum::<f64>().abs() >= bar
    };
    (0..ways).filter(far).count() as f64 / f64::from(ways)
}

fn drawn(differences: &[f64], seed: u64) -> f64 {
    let bar = bar(differences);
    // A stream of its own: the bootstrap of the same seed must not see the same numbers.
    let mut generator = generator(seed, u64::MAX);
    let mut far = 1_u32;
    for _ in 0..DRAWS {
        let mut sum = 0.0;
        for block in differences.chunks(64) {
            let bits = generator.next_u64();
            let signed = block.iter().enumerate().map(|(at, d)| if bits >> at & 1 == 1 { -d } else { *d });
            sum += signed.sum::<f64>();
        }
        far += u32::from(sum.abs() >= bar);
    }
    f64::from(far) / f64::from(DRAWS + 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn units(differences: &[f64]) -> Vec<Unit> {
        differences.iter().map(|sum| Unit { sum: *sum, n: 1.0 }).collect()
    }

    /// Darwin's fifteen pairs of maize plants, the example in SciPy's page on paired tests; Fisher (1935) counted 1,726
    /// of the 32,768 ways.
    const MAIZE: [f64; 15] =
        [6.0, 8.0, 14.0, 16.0, 23.0, 24.0, 28.0, 29.0, 41.0, -48.0, 49.0, 56.0, 60.0, -67.0, 75.0];

    #[test]
    fn agrees_with_fishers_count() {
        assert_eq!(permutation(&units(&MAIZE), 0), 1726.0 / 32768.0);
    }

    #[test]
    fn no_difference_is_no_evidence() {
        assert_eq!(permutation(&[], 0), 1.0);
        assert_eq!(permutation(&units(&[0.0; 40]), 0), 1.0);
        assert_eq!(permutation(&units(&[1.0]), 0), 1.0);
        assert_eq!(permutation(&units(&[1.0; 6]), 0), 2.0 / 64.0);
    }

    #[test]
    fn draws_come_close_to_all_ways() {
        let exact = exact(&MAIZE);
        let drawn = drawn(&MAIZE, 1);
        assert!((exact - drawn).abs() < 0.01, "{exact} {drawn}");
    }

    #[test]
    fn large_runs_are_flipped_in_blocks() {
        let same: Vec<f64> = (0..20_000).map(|at| if at % 2 == 0 { 1.0 } else { -1.0 }).collect();
        assert!(permutation(&units(&same), 0) > 0.5);
        assert!(permutation(&units(&[0.1; 20_000]), 0) < 0.001);
    }

    proptest! {
        #[test]
        fn a_p_value_is_a_probability_and_knows_no_direction(values in proptest::collection::vec(-5.0_f64..5.0, 0..30)) {
            let opposite: Vec<f64> = values.iter().map(|value| -value).collect();
            let p = permutation(&units(&values), 7);
            prop_assert!(p > 0.0 && p <= 1.0);
            prop_assert_eq!(p, permutation(&units(&opposite), 7));
        }
    }
}
