//! The unweighted mean of figures over several sets of problems, which know nothing of each other.

use crate::share::{centred, posterior, share_interval, worth};
use crate::unit::mean;
use crate::{Interval, Kind, Method, Missing, Unit, beta};

/// One set: its problems, and how many observations stand behind them, as [`share_interval`] takes them.
pub type ShareOfSet<'a> = (&'a [Unit], u64);

/// The 95 % interval of (Σ share of set) / m over m independent sets, whatever their sizes.
///
/// The variance of the mean is Σ variance of set / m², where that of a set is what a bootstrap over its problems comes to
/// (in closed form: Σ (sum − share·n)² / (Σ n)²), or, where all its problems say the same, that of the posterior behind its
/// own interval. The interval is from the 2.5th to the 97.5th percentile of the beta distribution that has the mean and this
/// variance, so it stays between 0 and 1; at the ends it is open, as that of a share is. Of one set it is the set's own.
///
/// # Errors
/// A set has too few problems to say anything.
pub fn mean_of_shares(sets: &[ShareOfSet<'_>]) -> Result<Interval, Missing> {
    if let [(units, observations)] = sets {
        return share_interval(units, *observations);
    }
    let each = sets.iter().map(share_and_variance).collect::<Result<Vec<_>, _>>()?;
    if each.is_empty() {
        return Err(Missing::Few { problems: 0, least: Kind::Share.least() });
    }
    let count = each.len() as f64;
    let share = each.iter().map(|(share, _)| share).sum::<f64>() / count;
    let variance = each.iter().map(|(_, variance)| variance).sum::<f64>() / (count * count);
    Ok(around(share.clamp(0.0, 1.0), variance))
}

fn share_and_variance((units, observations): &ShareOfSet<'_>) -> Result<(f64, f64), Missing> {
    let (problems, least) = (units.iter().filter(|unit| unit.n > 0.0).count(), Kind::Share.least());
    let share = mean(units).filter(|_| problems >= least).ok_or(Missing::Few { problems, least })?;
    let n: f64 = units.iter().map(|unit| unit.n).sum();
    let seen = units.iter().map(|unit| (unit.sum - share * unit.n).powi(2)).sum::<f64>() / (n * n);
    // Sums of equal shares leave crumbs.
    let alike = seen < f64::EPSILON * share.max(f64::EPSILON);
    let tries = worth(units, share, *observations as f64);
    Ok((share, if alike { of_posterior(share, tries) } else { seen }))
}

/// The variance of a share after so many tries, under Jeffreys' prior.
fn of_posterior(share: f64, tries: f64) -> f64 {
    let (hits, misses) = (share * tries + 0.5, (1.0 - share) * tries + 0.5);
    hits * misses / ((tries + 1.0).powi(2) * (tries + 2.0))
}

fn around(share: f64, variance: f64) -> Interval {
    let both = share * (1.0 - share);
    if both <= 0.0 {
        // The variance of a posterior at the end is near 1/(2·tries²).
        return posterior(share, (0.5 / variance).sqrt());
    }
    let weight = (both / variance - 1.0).max(f64::MIN_POSITIVE);
    let at = |chance| beta::quantile(share * weight, (1.0 - share) * weight, chance);
    Interval { low: at(0.025).min(share), high: at(0.975).max(share), method: Method::Beta }
}

/// The same of differences of shares: each set has pairs over its problems, as [`share_difference`](crate::share_difference)
/// takes them. Middles are averaged, and half widths added as errors of independent sets are: √(Σ half²) / m.
///
/// # Errors
/// A set has too few problems to say anything.
pub fn mean_of_share_differences(sets: &[&[Unit]]) -> Result<Interval, Missing> {
    let each = sets.iter().map(|units| centred(units)).collect::<Result<Vec<_>, _>>()?;
    if each.is_empty() {
        return Err(Missing::Few { problems: 0, least: Kind::Share.least() });
    }
    let count = each.len() as f64;
    let middle = each.iter().map(|(middle, _)| middle).sum::<f64>() / count;
    let reach = each.iter().map(|(_, reach)| reach * reach).sum::<f64>().sqrt() / count;
    let (low, high) = ((middle - reach).max(-1.0), (middle + reach).min(1.0));
    Ok(Interval { low, high, method: Method::Adjusted })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{draw, generator, quantile, share_difference};

    fn units(cells: impl IntoIterator<Item = (f64, f64)>) -> Vec<Unit> {
        cells.into_iter().map(|(sum, n)| Unit { sum, n }).collect()
    }

    fn observations(set: &[Unit]) -> u64 {
        set.iter().map(|unit| unit.n).sum::<f64>() as u64
    }

    fn interval(sets: &[Vec<Unit>]) -> Interval {
        let sets: Vec<ShareOfSet<'_>> = sets.iter().map(|set| (set.as_slice(), observations(set))).collect();
        mean_of_shares(&sets).unwrap()
    }

    /// Problems of each set drawn anew, apart from those of others: percentiles of the mean of the shares.
    fn by_bootstrap(sets: &[Vec<Unit>]) -> [f64; 2] {
        let mut generator = generator(5, 0);
        let mut share = |set: &Vec<Unit>| {
            let (mut sum, mut n) = (0.0, 0.0);
            for _ in set {
                let unit = set[draw(&mut generator, set.len())];
                (sum, n) = (sum + unit.sum, n + unit.n);
            }
            sum / n
        };
        let mut means: Vec<f64> =
            (0..60_000).map(|_| sets.iter().map(&mut share).sum::<f64>() / sets.len() as f64).collect();
        [0.025, 0.975].map(|q| quantile(&mut means, q).unwrap())
    }

    #[test]
    fn it_is_what_a_bootstrap_over_the_problems_of_each_set_comes_to() {
        let single = |hits: usize, of: usize| units((0..of).map(|at| (f64::from(u8::from(at < hits)), 1.0)));
        let several = |of: usize, k: usize, by: usize| {
            units((0..of).map(|at| (((at * by) % (k + 1)) as f64, k as f64)))
        };
        let suites = [
            vec![
                several(30, 16, 5),
                several(30, 16, 7),
                single(455, 500),
                several(198, 8, 5),
                several(511, 4, 3),
            ],
            vec![single(60, 100), single(45, 80), single(70, 120), single(30, 90), single(82, 100)],
            vec![
                several(40, 4, 3),
                several(60, 4, 2),
                several(50, 4, 1),
                several(45, 4, 3),
                several(80, 4, 3),
            ],
        ];
        for sets in suites {
            let (found, expect) = (interval(&sets), by_bootstrap(&sets));
            let off = [found.low - expect[0], found.high - expect[1]];
            assert!(off.iter().all(|off| off.abs() < 0.001), "{found:?} {expect:?}");
        }
    }

    #[test]
    fn one_set_has_its_own_interval() {
        let set = units((0..30).map(|at| (f64::from(at % 5), 4.0)));
        assert_eq!(interval(std::slice::from_ref(&set)), share_interval(&set, 120).unwrap());
        let centred = mean_of_share_differences(&[&set]).unwrap();
        assert_eq!(centred, share_difference(&set).unwrap());
    }

    #[test]
    fn sets_that_are_all_right_or_all_wrong_leave_room() {
        let all = |share: f64, of: usize| units((0..of).map(|_| (share, 1.0)));
        let found = interval(&[all(1.0, 30), all(1.0, 30)]);
        assert!(found.high == 1.0 && (0.85..0.95).contains(&found.low), "{found:?}");
        let found = interval(&[all(0.0, 30), all(0.0, 500)]);
        assert!(found.low == 0.0 && (0.01..0.08).contains(&found.high), "{found:?}");
        let found = interval(&[all(1.0, 30), all(0.0, 30)]);
        assert!(found.low < 0.495 && found.high > 0.505, "{found:?}");
    }

    #[test]
    fn too_few_problems_in_one_set_say_nothing_of_the_mean() {
        let (few, many) = (units([(1.0, 1.0); 2]), units([(1.0, 1.0); 9]));
        let expect = Err(Missing::Few { problems: 2, least: 3 });
        assert_eq!(mean_of_shares(&[(&many, 9), (&few, 2)]), expect);
        assert_eq!(mean_of_share_differences(&[&many, &few]), expect);
        assert_eq!(mean_of_shares(&[]), Err(Missing::Few { problems: 0, least: 3 }));
        assert_eq!(mean_of_share_differences(&[]), Err(Missing::Few { problems: 0, least: 3 }));
    }

    #[test]
    fn differences_of_several_sets_are_surer_than_of_one() {
        let set = units((0..60).map(|at| (f64::from(at % 3) - 1.0, 1.0)));
        let width = |found: Interval| found.high - found.low;
        let one = width(share_difference(&set).unwrap());
        let four = width(mean_of_share_differences(&[set.as_slice(); 4]).unwrap());
        assert!((four / one - 0.5).abs() < 1e-9, "{four} {one}");
    }

    proptest! {
        #[test]
        fn it_holds_its_mean_and_stays_between_nothing_and_all(
            sets in prop::collection::vec(prop::collection::vec((0_u8..=4, 1_u8..=4), 3..40), 1..7),
        ) {
            let sets: Vec<Vec<Unit>> = sets
                .into_iter()
                .map(|set| units(set.into_iter().map(|(hits, n)| (f64::from(hits.min(n)), f64::from(n)))))
                .collect();
            let found = interval(&sets);
            let share = sets.iter().map(|set| mean(set).unwrap()).sum::<f64>() / sets.len() as f64;
            prop_assert!(0.0 <= found.low && found.low <= share + 1e-12, "{found:?} {share}");
            prop_assert!(share - 1e-12 <= found.high && found.high <= 1.0, "{found:?} {share}");
        }
    }
}
