//! Agreement beyond chance.

use std::collections::BTreeMap;

/// Cohen's κ (1960) of two raters' categories, a pair an item: (observed − expected) / (1 − expected) agreement, at most 1.
/// None without a pair, or where the expected agreement is already whole.
pub fn kappa(pairs: &[(i64, i64)]) -> Option<f64> {
    let n = pairs.len() as f64;
    let observed = pairs.iter().filter(|(a, b)| a == b).count() as f64 / n;
    let mut counts: BTreeMap<i64, [f64; 2]> = BTreeMap::new();
    for (a, b) in pairs {
        counts.entry(*a).or_default()[0] += 1.0;
        counts.entry(*b).or_default()[1] += 1.0;
    }
    let expected: f64 = counts.values().map(|[a, b]| a * b / (n * n)).sum();
    (n > 0.0 && expected < 1.0).then(|| (observed - expected) / (1.0 - expected))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn kappa_is_cohens() {
        // 20 yes/yes, 5 yes/no, 10 no/yes, 15 no/no: observed 0.7, expected 0.5.
        let times = |count: usize, pair: (i64, i64)| std::iter::repeat_n(pair, count);
        let pairs: Vec<(i64, i64)> = times(20, (1, 1))
            .chain(times(5, (1, 0)))
            .chain(times(10, (0, 1)))
            .chain(times(15, (0, 0)))
            .collect();
        assert!((kappa(&pairs).unwrap() - 0.4).abs() < 1e-12);
        assert_eq!(kappa(&[(3, 3), (5, 5)]), Some(1.0));
        assert_eq!(kappa(&[(3, 3), (3, 3)]), None);
        assert_eq!(kappa(&[]), None);
    }

    proptest! {
        #[test]
        fn kappa_never_exceeds_one_and_knows_no_order(pairs in proptest::collection::vec((-1_i64..5, -1_i64..5), 1..60)) {
            let turned: Vec<(i64, i64)> = pairs.iter().map(|(a, b)| (*b, *a)).collect();
            match (kappa(&pairs), kappa(&turned)) {
                (Some(a), Some(b)) => prop_assert!(a <= 1.0 && (a - b).abs() < 1e-9),
                (a, b) => prop_assert_eq!(a, b),
            }
        }
    }
}
