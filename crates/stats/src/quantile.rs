//! Quantiles of a list.

/// The value below which a share `q` (0 to 1) of the values lies, linear between order statistics (Hyndman & Fan 1996,
/// type 7); none of no values. Puts as few of them in order as it takes.
pub fn quantile(values: &mut [f64], q: f64) -> Option<f64> {
    let place = q * (values.len().checked_sub(1)? as f64);
    let (_, below, after) = values.select_nth_unstable_by(place.floor() as usize, f64::total_cmp);
    let below = *below;
    // Where the place is a whole number, nothing is taken from what comes after it.
    let above = after.iter().copied().filter(|_| place.fract() > 0.0).min_by(f64::total_cmp);
    Some(above.map_or(below, |above| below + (above - below) * place.fract()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_lie_between_order_statistics() {
        let mut values = [4.0, 1.0, 5.0, 3.0, 2.0];
        assert_eq!(quantile(&mut values, 0.5), Some(3.0));
        assert_eq!(quantile(&mut values, 0.975), Some(4.9));
        assert_eq!(quantile(&mut values, 0.0), Some(1.0));
        assert_eq!(quantile(&mut values, 1.0), Some(5.0));
        assert_eq!(quantile(&mut [], 0.5), None);
    }
}
