//! Intervals of shares.

use crate::unit::{mean, standard_error};
use crate::{Interval, Kind, Method, Missing, Unit, beta};

/// The weight of the guess that all samples of a problem say the same, in problems that hold as much news as one in two does.
/// By simulation: 1 covers too little at 5 problems with 4 samples, 2 too much where samples hardly agree.
const GUESS: f64 = 1.5;

/// The 95 % interval of the share Σ sum / Σ n over problems, of which each has `n` observations that add up to `sum`, all
/// between 0 and 1; `observations` is how many stand behind the figure in all (at least the problems).
///
/// From the 2.5th to the 97.5th percentile of the posterior of as many independent tries as the problems are worth, under
/// Jeffreys' prior, a half for either side (Brown, Cai & DasGupta 2001): near 95 % of the time at every share and from 3
/// problems up, where the bootstrap fails near 0 and 1. Where every try has the same end, the interval is open to it and its
/// other end is the share at which that happens once in twenty times (the rule of three).
///
/// With one sample a problem the interval follows from the count alone, so it covers with the chance of a set of counts, and
/// at some n and share no set has between 93 and 99 %: of 10 at .99, all right has .904 and 9 or more .9957; of 5 at .9, 4 or
/// more have .9185 and 3 or more .9914.
///
/// What they are worth (Kish 1965): the problems if all samples of a problem agree, all observations if they have nothing in
/// common. Between these the spread over problems decides, as far as it is known: a few problems, or shares near 0 and 1,
/// say little about it, and count as if samples agreed.
pub fn share_interval(units: &[Unit], observations: u64) -> Result<Interval, Missing> {
    let problems = units.iter().filter(|unit| unit.n > 0.0).count();
    let least = Kind::Share.least();
    let Some(share) = mean(units).filter(|_| problems >= least) else {
        return Err(Missing::Few { problems, least });
    };
    Ok(posterior(share.clamp(0.0, 1.0), worth(units, share, observations as f64)))
}

/// The same of `hits` among `of` independent tries; none for no try.
pub(crate) fn of_tries(hits: u64, of: u64) -> Option<Interval> {
    (of > 0).then(|| posterior(hits as f64 / of as f64, of as f64))
}

/// So many independent tries say as much as the problems do.
pub(crate) fn worth(units: &[Unit], share: f64, observations: f64) -> f64 {
    let (sum, squares) =
        units.iter().fold((0.0, 0.0), |(sum, sq), unit| (sum + unit.n, sq + unit.n * unit.n));
    let problems = sum * sum / squares;
    let single = share * (1.0 - share);
    if single <= 0.0 {
        return problems;
    }
    // The variance as a part of what it is when samples of a problem agree.
    let part = standard_error(units, share).powi(2) / (single / problems);
    let news = 4.0 * single * problems;
    let part = (news * part + GUESS) / (news + GUESS);
    problems / part.max(problems / observations.max(problems)).min(1.0)
}

pub(crate) fn posterior(share: f64, tries: f64) -> Interval {
    let (hits, misses) = (share * tries + 0.5, (1.0 - share) * tries + 0.5);
    let end = || 0.05_f64.powf(1.0 / tries);
    let (low, high) = if share >= 1.0 {
        (end(), 1.0)
    } else if share <= 0.0 {
        (0.0, 1.0 - end())
    } else {
        (beta::quantile(hits, misses, 0.025), beta::quantile(hits, misses, 0.975))
    };
    // A chance over subsets comes nearer to an end than half a pretended try; an interval holds its own figure all the same.
    Interval { low: low.min(share), high: high.max(share), method: Method::Beta }
}

/// The 95 % interval of a difference of two shares over the same problems: each has `n` pairs whose differences, between −1
/// and 1, add up to `sum`.
///
/// Two pretended problems are added, one for each side, and then the normal interval of the mean is taken (Bonett & Price
/// 2012, for whole problems instead of single pairs). It has a width even where no pair differs.
pub fn share_difference(units: &[Unit]) -> Result<Interval, Missing> {
    let (middle, reach) = centred(units)?;
    let (low, high) = ((middle - reach).max(-1.0), (middle + reach).min(1.0));
    Ok(Interval { low, high, method: Method::Adjusted })
}

/// The middle of that interval and half its width, before it is kept between −1 and 1.
pub(crate) fn centred(units: &[Unit]) -> Result<(f64, f64), Missing> {
    let least = Kind::Share.least();
    let problems = units.len();
    if problems < least {
        return Err(Missing::Few { problems, least });
    }
    let each = units.iter().map(|unit| unit.n).sum::<f64>() / problems as f64;
    let mut with: Vec<Unit> = units.to_vec();
    with.extend([each, -each].map(|sum| Unit { sum, n: each }));
    let total = each * with.len() as f64;
    let middle = with.iter().map(|unit| unit.sum).sum::<f64>() / total;
    let squares: f64 = with.iter().map(|unit| (unit.sum - middle * unit.n).powi(2)).sum();
    Ok((middle, crate::REACH * squares.sqrt() / total))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn units(cells: &[(f64, f64)]) -> Vec<Unit> {
        cells.iter().map(|(sum, n)| Unit { sum: *sum, n: *n }).collect()
    }

    fn check(found: Result<Interval, Missing>, low: f64, high: f64) {
        let found = found.unwrap();
        assert!((found.low - low).abs() < 5e-5 && (found.high - high).abs() < 5e-5, "{found:?}");
    }

    #[test]
    fn an_interval_holds_its_own_figure() {
        for near in [1e-12, 2e-5, 0.5, 1.0 - 2e-5, 1.0 - 1e-12] {
            let Interval { low, high, .. } = share_interval(&units(&[(near, 1.0); 4]), 100).unwrap();
            assert!(low <= near && near <= high, "{near}: {low} to {high}");
        }
    }

    /// The ends of Beta(x + ½, n − x + ½), and at the ends those of one chance in twenty.
    #[test]
    fn single_samples_are_jeffreys() {
        let of = |hits: usize, n: usize| -> Vec<Unit> {
            (0..n).map(|at| Unit { sum: f64::from(u8::from(at < hits)), n: 1.0 }).collect()
        };
        let check = |hits, n, low, high| check(share_interval(&of(hits, n), n as u64), low, high);
        check(5, 10, 0.2235, 0.7765);
        check(9, 10, 0.6187, 0.9890);
        check(6, 6, 0.6070, 1.0);
        check(0, 300, 0.0, 0.0099);
        assert_eq!(share_interval(&of(2, 2), 2), Err(Missing::Few { problems: 2, least: 3 }));
        assert_eq!(share_interval(&[], 0), Err(Missing::Few { problems: 0, least: 3 }));
    }

    #[test]
    fn samples_are_worth_what_they_have_in_common() {
        let tries = |cells: &[(f64, f64)]| {
            let units = units(cells);
            let observations = units.iter().map(|unit| unit.n).sum();
            worth(&units, mean(&units).unwrap(), observations)
        };
        let agreeing: Vec<(f64, f64)> = (0..40).map(|at| (f64::from(at % 2) * 4.0, 4.0)).collect();
        assert!((tries(&agreeing) - 40.0).abs() < 1e-9);
        let alike: Vec<(f64, f64)> = vec![(2.0, 4.0); 400];
        assert!((tries(&alike) - 1600.0).abs() < 1e-9);
        // All right: nothing is known of what they have in common.
        assert!((tries(&[(4.0, 4.0); 6]) - 6.0).abs() < 1e-9);
        // One problem with most of the samples is little more than one problem.
        assert!(tries(&[(97.0, 97.0), (1.0, 1.0), (1.0, 1.0), (1.0, 1.0)]) < 1.1);
    }

    #[test]
    fn no_pair_that_differs_is_no_certainty() {
        check(share_difference(&units(&[(0.0, 1.0); 6])), -0.3465, 0.3465);
        assert_eq!(share_difference(&units(&[(1.0, 1.0)])), Err(Missing::Few { problems: 1, least: 3 }));
        let many = share_difference(&units(&[(0.0, 4.0); 200])).unwrap();
        assert!((many.high - 0.0137).abs() < 1e-4 && many.low == -many.high, "{many:?}");
    }
}
