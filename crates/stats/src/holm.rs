//! Several tests at once.

/// p-values corrected for their number after Holm (1979), in the order given: the smallest is multiplied by the number
/// of tests, the next by one less, and so on; none falls below one before it, none exceeds 1. A test that was not made
/// takes no part.
pub fn holm(p_values: &[Option<f64>]) -> Vec<Option<f64>> {
    let mut order: Vec<(usize, f64)> =
        p_values.iter().enumerate().filter_map(|(at, p)| p.map(|p| (at, p))).collect();
    order.sort_by(|a, b| a.1.total_cmp(&b.1));
    let mut corrected = vec![None; p_values.len()];
    let mut floor = 0.0_f64;
    for (rank, (at, p)) in order.iter().enumerate() {
        floor = floor.max(p * (order.len() - rank) as f64).min(1.0);
        corrected[*at] = Some(floor);
    }
    corrected
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(p_values: &[f64], expect: &[f64]) {
        let given: Vec<Option<f64>> = p_values.iter().copied().map(Some).collect();
        for (corrected, expect) in holm(&given).into_iter().zip(expect) {
            assert!((corrected.unwrap() - expect).abs() < 1e-12, "{p_values:?}: {corrected:?}, not {expect}");
        }
    }

    #[test]
    fn steps_down_from_the_smallest() {
        check(&[], &[]);
        check(&[0.03], &[0.03]);
        check(&[0.01, 0.04, 0.03, 0.005], &[0.03, 0.06, 0.06, 0.02]);
        check(&[0.5, 0.6, 0.9], &[1.0, 1.0, 1.0]);
    }

    #[test]
    fn a_test_that_was_not_made_does_not_count() {
        assert_eq!(holm(&[None, Some(0.02), None, Some(0.04)]), [None, Some(0.04), None, Some(0.04)]);
    }
}
