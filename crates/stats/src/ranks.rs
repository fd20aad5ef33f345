//! Rank correlation.

/// Ranks from 1; values that tie share the mean of their ranks.
fn mid_ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut ranks = vec![0.0; values.len()];
    let mut before = 0;
    for ties in order.chunk_by(|a, b| values[*a] == values[*b]) {
        let rank = before as f64 + (ties.len() + 1) as f64 / 2.0;
        ties.iter().for_each(|at| ranks[*at] = rank);
        before += ties.len();
    }
    ranks
}

/// Spearman's ρ: Pearson's correlation of the mid-ranks. None where one side does not vary.
pub fn spearman(a: &[f64], b: &[f64]) -> Option<f64> {
    let (a, b) = (mid_ranks(a), mid_ranks(b));
    let mean = (a.len() + 1) as f64 / 2.0;
    let product = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| (x - mean) * (y - mean)).sum::<f64>();
    let scale = (product(&a, &a) * product(&b, &b)).sqrt();
    (scale > 0.0).then(|| (product(&a, &b) / scale).clamp(-1.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_share_their_ranks() {
        assert_eq!(mid_ranks(&[3.0, 1.0, 3.0, 2.0]), [3.5, 1.0, 3.5, 2.0]);
        assert_eq!(mid_ranks(&[]), [0.0; 0]);
    }

    #[test]
    fn correlations_by_hand() {
        let check = |a: &[f64], b: &[f64], expect: Option<f64>| {
            let found = spearman(a, b);
            let same = match (found, expect) {
                (Some(found), Some(expect)) => (found - expect).abs() < 1e-12,
                (found, expect) => found == expect,
            };
            assert!(same, "{found:?} is not {expect:?}");
        };
        check(&[1.0, 2.0, 30.0], &[5.0, 6.0, 7.0], Some(1.0));
        check(&[1.0, 2.0, 3.0], &[9.0, 4.0, 1.0], Some(-1.0));
        // 1 − 6·Σd²/(n(n² − 1)) with d = 1, 1, 2, 1, 1.
        check(&[1.0, 2.0, 3.0, 4.0, 5.0], &[2.0, 1.0, 5.0, 2.5, 4.5], Some(0.6));
        // Ranks 1, 2, 3, 4 beside 1.5, 1.5, 3.5, 3.5.
        check(&[1.0, 2.0, 3.0, 4.0], &[0.0, 0.0, 1.0, 1.0], Some(4.0 / 20.0_f64.sqrt()));
        check(&[1.0, 2.0, 3.0], &[1.0, 1.0, 1.0], None);
        check(&[], &[], None);
    }
}
