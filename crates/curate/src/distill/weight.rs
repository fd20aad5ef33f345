//! How likely a chain is drawn for a student, and draws that depend on a seed and the chain alone.

use crate::words::mixed;

/// The weight of a chain for a student of capability κ: exp(−β·max(0, CD − κ)) · exp(−β·|RV − CD|). It is 1 for a chain
/// that is not too hard and as verbose as it is difficult. The publication says in words what is likely and what is not;
/// this form and β = 0.5 are our choice.
pub fn weight(kappa: f64, beta: f64, verbosity: u32, difficulty: u32) -> f64 {
    let (verbosity, difficulty) = (f64::from(verbosity), f64::from(difficulty));
    let too_hard = (difficulty - kappa).max(0.0);
    (-beta * (too_hard + (verbosity - difficulty).abs())).exp()
}

/// A number above 0 and below 1 that follows from the seed, the problem and the chain: neither the order of the sources
/// nor what else is in them changes it.
pub(crate) fn draw(seed: u64, problem: u64, chain: u64) -> f64 {
    let bits = mixed(mixed(mixed(seed ^ 0x7468_696e_6b6d_6574) ^ problem) ^ chain) >> 11;
    // 53 bits, and half a step so that 0 never comes out.
    (bits as f64 + 0.5) / (1_u64 << 53) as f64
}

/// The key of a draw without replacement: the n largest keys are n draws with these weights (Efraimidis and Spirakis).
pub(crate) fn key(draw: f64, weight: f64) -> f64 {
    if weight > 0.0 { draw.ln() / weight } else { f64::NEG_INFINITY }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn weights_by_hand() {
        let check = |kappa, verbosity, difficulty, expect: f64| {
            let found = weight(kappa, 0.5, verbosity, difficulty);
            assert!((found - expect).abs() < 1e-12, "{found}");
        };
        check(5.0, 5, 5, 1.0);
        check(5.0, 3, 3, 1.0);
        check(5.0, 5, 3, (-1.0_f64).exp());
        check(5.0, 7, 7, (-1.0_f64).exp());
        check(5.0, 9, 7, (-2.0_f64).exp());
        check(0.0, 0, 9, (-9.0_f64).exp());
    }

    #[test]
    fn draws_are_even_and_belong_to_their_seed() {
        let draws: Vec<f64> = (0..10_000).map(|chain| draw(7, 1, chain)).collect();
        let mean = draws.iter().sum::<f64>() / 10_000.0;
        assert!((mean - 0.5).abs() < 0.01, "{mean}");
        let low = draws.iter().filter(|draw| **draw < 0.1).count();
        assert!((900..1100).contains(&low), "{low}");
        assert_ne!(draw(7, 1, 2), draw(8, 1, 2));
        assert_ne!(draw(7, 1, 2), draw(7, 2, 1));
    }

    #[test]
    fn keys_draw_in_proportion_to_weights() {
        // Of a chain with weight 0.25 and one with weight 0.75, the second is drawn three times as often.
        let second =
            (0..20_000).filter(|round| key(draw(1, *round, 0), 0.25) < key(draw(1, *round, 1), 0.75)).count();
        assert!((14_600..15_400).contains(&second), "{second}");
        assert!(key(0.9, 0.0) < key(1e-300, 1e-300));
    }

    proptest! {
        #[test]
        fn a_weight_is_a_probability_and_falls_with_every_excess(
            kappa in 0.0f64..9.0, beta in 0.0f64..3.0, verbosity in 0u32..10, difficulty in 0u32..10
        ) {
            let own = weight(kappa, beta, verbosity, difficulty);
            prop_assert!(own > 0.0 && own <= 1.0);
            prop_assert!(weight(kappa + 1.0, beta, verbosity, difficulty) >= own);
            if verbosity >= difficulty {
                prop_assert!(weight(kappa, beta, verbosity + 1, difficulty) <= own);
            } else if verbosity > 0 {
                prop_assert!(weight(kappa, beta, verbosity - 1, difficulty) <= own);
            }
        }
    }
}
