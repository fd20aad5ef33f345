//! How far apart two samples of numbers are.

/// The largest distance between two empirical distributions (Kolmogorov and Smirnov); none of no numbers.
pub fn kolmogorov_smirnov(one: &[f64], other: &[f64]) -> Option<f64> {
    if one.is_empty() || other.is_empty() {
        return None;
    }
    let sorted = |values: &[f64]| {
        let mut values = values.to_vec();
        values.sort_by(f64::total_cmp);
        values
    };
    let (one, other) = (sorted(one), sorted(other));
    let below = |all: &[f64], x: f64| all.partition_point(|value| *value <= x) as f64 / all.len() as f64;
    Some(one.iter().chain(&other).map(|x| (below(&one, *x) - below(&other, *x)).abs()).fold(0.0, f64::max))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_by_hand() {
        let check = |one: &[f64], other: &[f64], expect: Option<f64>| {
            assert_eq!(kolmogorov_smirnov(one, other), expect);
        };
        check(&[1.0, 2.0], &[2.0, 1.0], Some(0.0));
        check(&[1.0, 2.0], &[3.0, 4.0], Some(1.0));
        check(&[1.0, 2.0, 3.0, 4.0], &[1.0, 2.0, 3.0, 9.0], Some(0.25));
        check(&[], &[1.0], None);
    }
}
