//! Intervals of quotients of means over the same problems.

use crate::{Draws, Interval, Kind, Missing, Unit, mean_interval};

/// A quotient of products of means, with a value of each mean for every problem.
#[derive(Clone, Copy, Debug)]
pub struct Quotient<'a> {
    /// Means above the line; a value a problem, in the order of the problems.
    pub above: &'a [&'a [f64]],
    /// Means below it.
    pub below: &'a [&'a [f64]],
}

impl Quotient<'_> {
    /// Its value; none where a mean below the line is 0, or there is no problem.
    pub fn value(&self) -> Option<f64> {
        let product = |all: &[&[f64]]| all.iter().map(|values| mean(values)).product::<f64>();
        let value = product(self.above) / product(self.below);
        value.is_finite().then_some(value)
    }

    /// The 95 % interval of a quotient of means that are above 0: that of its logarithm, to which each problem adds as much as
    /// it moves it (the delta method on the logarithm), by the bootstrap of [`mean_intervals`](crate::mean_intervals).
    pub fn interval(&self, draws: Draws) -> Result<Interval, Missing> {
        let log = self.value().filter(|value| *value > 0.0).map(f64::ln).ok_or(Missing::Zero)?;
        let problems = self.above.iter().chain(self.below).map(|values| values.len()).min().unwrap_or(0);
        let scaled =
            |all: &[&[f64]]| -> Vec<Vec<f64>> { all.iter().map(|values| as_share(values)).collect() };
        let (above, below) = (scaled(self.above), scaled(self.below));
        let moved = |all: &[Vec<f64>], at: usize| all.iter().map(|shares| shares[at] - 1.0).sum::<f64>();
        let unit = |at: usize| Unit { sum: log + moved(&above, at) - moved(&below, at), n: 1.0 };
        let found = mean_interval(Kind::Signed, &(0..problems).map(unit).collect::<Vec<_>>(), draws)?;
        Ok(Interval { low: found.low.exp(), high: found.high.exp(), ..found })
    }
}

/// How much one difference is for one of another, such as right answers a token: the quotient of their means over the same
/// problems, and its 95 % interval: all rates at which what is gained may be what is paid for it (Fieller 1954), as far off as
/// the bootstrap of [`mean_intervals`](crate::mean_intervals) allows at the rate that was seen. There is none where what is
/// paid may be 0: the rate could be anything.
pub fn exchange_rate(gained: &[f64], paid: &[f64], draws: Draws) -> (Option<f64>, Result<Interval, Missing>) {
    let rate = Some(mean(gained) / mean(paid)).filter(|rate| rate.is_finite());
    (rate, rate.ok_or(Missing::Zero).and_then(|rate| rates_around(rate, gained, paid, draws)))
}

fn rates_around(rate: f64, gained: &[f64], paid: &[f64], draws: Draws) -> Result<Interval, Missing> {
    let off: Vec<f64> = gained.iter().zip(paid).map(|(gained, paid)| gained - rate * paid).collect();
    let units: Vec<Unit> = off.iter().map(|off| Unit { sum: *off, n: 1.0 }).collect();
    let Interval { low, high, method } = mean_interval(Kind::Signed, &units, draws)?;
    // So many standard errors are allowed, squared.
    let reach = ((high - low) / 2.0).powi(2) / covariance(&off, &off);
    let (gain, price) = (mean(gained), mean(paid));
    let square = price * price - reach * covariance(paid, paid);
    if square <= 0.0 {
        return Err(Missing::Zero);
    }
    let middle = gain * price - reach * covariance(gained, paid);
    let rest = gain * gain - reach * covariance(gained, gained);
    let width = (middle * middle - square * rest).max(0.0).sqrt();
    Ok(Interval { low: (middle - width) / square, high: (middle + width) / square, method })
}

/// Of the means of two columns.
fn covariance(a: &[f64], b: &[f64]) -> f64 {
    let (n, own, other) = (a.len() as f64, mean(a), mean(b));
    a.iter().zip(b).map(|(a, b)| (a - own) * (b - other)).sum::<f64>() / (n * (n - 1.0))
}

/// Each value as a multiple of the mean.
fn as_share(values: &[f64]) -> Vec<f64> {
    let mean = mean(values);
    values.iter().map(|value| value / mean).collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    const DRAWS: Draws = Draws { resamples: 200, seed: 1 };

    #[test]
    fn quotients_are_of_means() {
        let check = |above: &[&[f64]], below: &[&[f64]], expect: Option<f64>| {
            assert_eq!(Quotient { above, below }.value(), expect, "{above:?} / {below:?}");
        };
        check(&[&[100.0, 300.0]], &[&[1.0, 0.0]], Some(400.0));
        check(&[&[1.0, 1.0], &[10.0, 30.0]], &[&[100.0, 300.0], &[0.5, 0.5]], Some(0.2));
        check(&[&[100.0, 300.0]], &[&[0.0, 0.0]], None);
        check(&[&[]], &[&[]], None);
    }

    #[test]
    fn what_could_be_anything_has_no_interval() {
        let check = |above: &[f64], below: &[f64], expect: Missing| {
            let quotient = Quotient { above: &[above], below: &[below] };
            assert_eq!(quotient.interval(DRAWS), Err(expect));
        };
        check(&[1.0; 6], &[0.0; 6], Missing::Zero);
        check(&[0.0; 6], &[1.0; 6], Missing::Zero);
        check(&[2.0; 6], &[1.0; 6], Missing::Alike);
        check(&[2.0, 1.0], &[1.0, 1.0], Missing::Few { problems: 2, least: 5 });
        let up_and_down = [5.0, -4.0, 3.0, -5.0, 2.0, -2.0, 1.0];
        let (rate, interval) = exchange_rate(&[1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0], &up_and_down, DRAWS);
        assert_eq!((rate, interval), (None, Err(Missing::Zero)));
        let (rate, interval) = exchange_rate(&[1.0, 0.0, 1.0, 1.0, 1.0], &[4.0, -5.0, 4.0, -4.0, 5.0], DRAWS);
        assert_eq!((rate, interval), (Some(1.0), Err(Missing::Zero)));
    }

    #[test]
    fn a_rate_is_the_quotient_of_two_differences() {
        let (rate, interval) =
            exchange_rate(&[1.0, 0.0, 0.5, 0.0, 0.0, 1.0], &[90.0, 110.0, 100.0, 80.0, 120.0, 100.0], DRAWS);
        assert!((rate.unwrap() - 2.5 / 600.0).abs() < 1e-15);
        let Interval { low, high, .. } = interval.unwrap();
        assert!(low < 2.5 / 600.0 && high > 2.5 / 600.0, "{low} {high}");
    }
}
