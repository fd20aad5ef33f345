//! Intervals of means: the bootstrap of a studentised mean over problems.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::unit::{mean, standard_error};
use crate::{
    Interval, Kind, Method, Missing, REACH, Unit, draw, expansion, generator, quantile, share_interval,
};

/// Draws of further errors use this stream, once and twice and so on, plus the replicate, apart from those for problems.
const ERRORS: u64 = 1 << 40;
/// The error of a draw counts as no less than this part of the sample's: draws of a few problems may hold no spread at all,
/// and would put an end anywhere.
const LEAST_ERROR: f64 = 1.0 / 3.0;

/// How often is drawn, and from which seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Draws {
    /// Replicates; 0 makes no intervals of means.
    pub resamples: u32,
    /// Seed of the draws. Replicate r of a seed always uses the same random numbers, whatever the threads.
    pub seed: u64,
}

/// A figure whose interval is wanted.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// What its values are.
    pub kind: Kind,
    /// A unit a problem; problems without an `n` take no part. The figure is Σ sum / Σ n.
    pub units: Vec<Unit>,
    /// How much the figure moves when each measured error moves by one; none, or 0, where it has no part in it.
    pub slopes: Vec<f64>,
}

/// The 95 % intervals of means, each of the figures over units of the same problems.
///
/// A replicate draws as many problems as have a value, with replacement, and counts by how many of its own standard errors
/// its mean is off; the interval goes as many of the sample's standard errors to either side as the replicates' quantiles say
/// (Efron 1981; Hall 1988). So it follows the skew of lengths and costs, and is wider than the percentile bootstrap where
/// problems are few. Where values lie on both sides of 0, the quantile of the absolute number serves for both sides (Hall
/// 1988), as skew is as likely to lie either way. Ends stay where the figure can be. Over thousands of problems the same
/// quantiles come from the skew alone, nearer than so many draws would find them; draws are made where a few problems outweigh
/// all others, and where a measured error is carried.
///
/// `errors` are samples of measured errors (found minus true) that the figures carry by their slopes: their means are taken
/// off, and each sample is drawn anew in each replicate, apart from the others. A ratio that is 0 or 1 on every problem has the interval of a share.
pub fn mean_intervals(
    figures: &[Figure],
    draws: Draws,
    errors: &[Vec<f64>],
) -> Vec<Result<Interval, Missing>> {
    let known: Vec<Errors> = errors.iter().map(|sample| Errors::of(sample.iter().copied())).collect();
    let samples: Vec<Result<Sample, Result<Interval, Missing>>> =
        figures.par_iter().map(|figure| Sample::of(figure, draws, &known)?.without_draws()).collect();
    let told: Vec<&Sample> = samples.iter().filter_map(|sample| sample.as_ref().ok()).collect();
    let studentised = replicates(&told, draws, errors, &known);
    let mut columns = told.iter().zip(studentised).map(|(sample, column)| sample.interval(column));
    let found = |sample: &Result<Sample, Result<Interval, Missing>>| match sample {
        Ok(_) => columns.next().unwrap_or(Err(Missing::NotDrawn)),
        Err(instead) => *instead,
    };
    samples.iter().map(found).collect()
}

/// The 95 % interval of one mean: see [`mean_intervals`].
pub fn mean_interval(kind: Kind, units: &[Unit], draws: Draws) -> Result<Interval, Missing> {
    let figure = Figure { kind, units: units.to_vec(), slopes: vec![] };
    mean_intervals(&[figure], draws, &[]).pop().unwrap_or(Err(Missing::NotDrawn))
}

/// A figure that has a spread.
struct Sample {
    kind: Kind,
    slopes: Vec<f64>,
    /// The figure, less what is known of the error.
    middle: f64,
    /// Its standard error.
    error: f64,
    /// Which problems have a value.
    which: Vec<usize>,
    /// Of each of these: how far its sum is from what the mean expects, and its `n`.
    off: Vec<[f64; 2]>,
}

impl Sample {
    /// The figure as a sample, or what is to be said of it instead.
    fn of(figure: &Figure, draws: Draws, errors: &[Errors]) -> Result<Self, Result<Interval, Missing>> {
        let Figure { kind, units, slopes } = figure;
        let which: Vec<usize> = (0..units.len()).filter(|at| units[*at].n > 0.0).collect();
        let few = Err(Missing::Few { problems: which.len(), least: kind.least() });
        let Some(mean) = mean(units).filter(|_| which.len() >= kind.least()) else { return Err(few) };
        let off: Vec<[f64; 2]> =
            which.iter().map(|at| &units[*at]).map(|u| [u.sum - mean * u.n, u.n]).collect();
        let error =
            carried(slopes, errors).fold(standard_error(units, mean), |all, one| all.hypot(one.error));
        if error <= mean.abs() * f64::EPSILON * 8.0 {
            let at_an_end = *kind == Kind::Ratio && (mean <= 0.0 || mean >= 1.0);
            return Err(if at_an_end {
                share_interval(units, which.len() as u64)
            } else {
                Err(Missing::Alike)
            });
        }
        if draws.resamples == 0 {
            return Err(Err(Missing::NotDrawn));
        }
        let shift: f64 = carried(slopes, errors).map(|one| one.mean).sum();
        Ok(Self { kind: *kind, slopes: slopes.clone(), middle: mean - shift, error, which, off })
    }

    /// Itself, if its interval takes draws.
    fn without_draws(self) -> Result<Self, Result<Interval, Missing>> {
        let carries = self.slopes.iter().any(|slope| *slope != 0.0);
        let Some(shift) = expansion::shift(&self.off).filter(|_| !carries) else { return Ok(self) };
        let shift = if self.kind == Kind::Signed { 0.0 } else { shift };
        Err(Ok(self.around([shift - REACH, shift + REACH], Method::Expansion)))
    }

    /// By how many of its own standard errors the mean of a replicate is off; `times` says how often each problem was drawn.
    fn studentised(&self, times: &[f64], errors: &[Errors]) -> f64 {
        let mut sums = [0.0; 5];
        for (times, [off, n]) in times.iter().zip(&self.off) {
            let terms = [*off, *n, off * off, off * n, n * n];
            sums.iter_mut().zip(terms).for_each(|(sum, term)| *sum += times * term);
        }
        let [off, n, off2, off_n, n2] = sums;
        let (shift, problems) = (off / n, self.off.len() as f64);
        let squares = (off2 - 2.0 * shift * off_n + shift * shift * n2).max(0.0);
        let own = (problems / (problems - 1.0) * squares).sqrt() / n;
        let error = carried(&self.slopes, errors).fold(own, |all, one| all.hypot(one.error));
        let moved: f64 = carried(&self.slopes, errors).map(|one| one.mean).sum();
        (shift - moved) / error.max(LEAST_ERROR * self.error)
    }

    fn interval(&self, mut studentised: Vec<f64>) -> Result<Interval, Missing> {
        let signed = self.kind == Kind::Signed;
        if signed {
            studentised.iter_mut().for_each(|t| *t = t.abs());
        }
        let mut at = |q| quantile(&mut studentised, q).ok_or(Missing::NotDrawn);
        let quantiles = if signed { at(0.95).map(|both| [-both, both])? } else { [at(0.025)?, at(0.975)?] };
        Ok(self.around(quantiles, Method::BootstrapT))
    }

    /// From the quantiles at 2.5 and 97.5 %.
    fn around(&self, [low, high]: [f64; 2], method: Method) -> Interval {
        let end = |t: f64| self.kind.clamp(self.middle - t * self.error);
        Interval { low: end(high), high: end(low), method }
    }
}

/// The replicates of each sample.
fn replicates(samples: &[&Sample], draws: Draws, errors: &[Vec<f64>], known: &[Errors]) -> Vec<Vec<f64>> {
    // Figures over the same problems share the draws.
    let mut together: BTreeMap<&[usize], Vec<usize>> = BTreeMap::new();
    for (at, sample) in samples.iter().enumerate() {
        together.entry(&sample.which).or_default().push(at);
    }
    let replicate = |times: &mut Vec<f64>, r: u32| -> Vec<f64> {
        let redrawn = |(at, sample): (usize, &Vec<f64>)| {
            known
                .get(at)
                .map(|known| known.redrawn(sample, draws.seed, ERRORS * (at as u64 + 1) + u64::from(r)))
        };
        let errors: Vec<Errors> = errors.iter().enumerate().filter_map(redrawn).collect();
        let mut row = vec![0.0; samples.len()];
        for (which, members) in &together {
            redraw(times, which.len(), draws.seed, r);
            members.iter().for_each(|at| row[*at] = samples[*at].studentised(times, &errors));
        }
        row
    };
    let rows: Vec<Vec<f64>> = (0..draws.resamples).into_par_iter().map_init(Vec::new, replicate).collect();
    (0..samples.len()).map(|at| rows.iter().map(|row| row[at]).collect()).collect()
}

/// How often each of `count` problems comes up in as many draws.
fn redraw(times: &mut Vec<f64>, count: usize, seed: u64, replicate: u32) {
    let mut generator = generator(seed, u64::from(replicate));
    times.clear();
    times.resize(count, 0.0);
    for _ in 0..count {
        times[draw(&mut generator, count)] += 1.0;
    }
}

/// What each measured error makes of a figure.
fn carried<'a>(slopes: &'a [f64], errors: &'a [Errors]) -> impl Iterator<Item = Errors> + 'a {
    slopes.iter().zip(errors).map(|(slope, one)| Errors { mean: slope * one.mean, error: slope * one.error })
}

/// Mean and standard error of measured errors.
#[derive(Clone, Copy, Debug, Default)]
struct Errors {
    mean: f64,
    error: f64,
}

impl Errors {
    fn of(errors: impl ExactSizeIterator<Item = f64> + Clone) -> Self {
        let count = errors.len() as f64;
        let mean = errors.clone().sum::<f64>() / count.max(1.0);
        let squares: f64 = errors.map(|error| (error - mean).powi(2)).sum();
        Self { mean, error: if count > 1.0 { (squares / (count - 1.0) / count).sqrt() } else { 0.0 } }
    }

    /// Of as many, drawn with replacement; the mean is by how much it is off.
    fn redrawn(&self, errors: &[f64], seed: u64, stream: u64) -> Self {
        if errors.is_empty() {
            return *self;
        }
        let mut generator = generator(seed, stream);
        let drawn: Vec<f64> = errors.iter().map(|_| errors[draw(&mut generator, errors.len())]).collect();
        let drawn = Self::of(drawn.into_iter());
        Self { mean: drawn.mean - self.mean, ..drawn }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DRAWS: Draws = Draws { resamples: 500, seed: 3 };

    fn units(values: impl IntoIterator<Item = f64>) -> Vec<Unit> {
        values.into_iter().map(|sum| Unit { sum, n: 1.0 }).collect()
    }

    fn interval(kind: Kind, units: &[Unit]) -> Result<Interval, Missing> {
        mean_interval(kind, units, DRAWS)
    }

    #[test]
    fn without_a_spread_there_is_no_interval() {
        let check = |kind, values: &[f64], expect| {
            assert_eq!(interval(kind, &units(values.to_vec())), Err(expect));
        };
        check(Kind::Amount, &[], Missing::Few { problems: 0, least: 5 });
        check(Kind::Amount, &[1.0, 2.0, 3.0, 4.0], Missing::Few { problems: 4, least: 5 });
        check(Kind::Amount, &[0.1; 6], Missing::Alike);
        check(Kind::Signed, &[0.0; 6], Missing::Alike);
        check(Kind::Ratio, &[0.5; 6], Missing::Alike);
        let undrawn = Draws { resamples: 0, seed: 0 };
        assert_eq!(
            mean_interval(Kind::Amount, &units([1.0, 2.0, 3.0, 4.0, 5.0]), undrawn),
            Err(Missing::NotDrawn)
        );
    }

    #[test]
    fn a_ratio_at_its_end_is_a_share() {
        let whole = units([1.0; 8]);
        assert_eq!(interval(Kind::Ratio, &whole), share_interval(&whole, 8));
    }

    #[test]
    fn ends_stay_where_the_figure_can_be() {
        let low = interval(Kind::Amount, &units([0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 9.0])).unwrap().low;
        assert_eq!(low, 0.0);
        let found = interval(Kind::Ratio, &units([1.0, 1.0, 1.0, 1.0, 0.9, 0.2])).unwrap();
        assert!(found.high == 1.0 && found.low > 0.0, "{found:?}");
    }

    #[test]
    fn the_seed_and_nothing_else_decides() {
        let units = units((0..200).map(|at| f64::from(at % 7)));
        let within = |threads: usize, seed: u64| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| mean_interval(Kind::Amount, &units, Draws { seed, ..DRAWS }))
        };
        assert_eq!(within(1, 3), within(4, 3));
        assert_ne!(within(1, 3), within(1, 4));
    }

    #[test]
    fn samples_of_a_problem_stay_together() {
        let apart = units((0..400).map(|at| f64::from(at % 2)));
        let together: Vec<Unit> = (0..100).map(|at| Unit { sum: f64::from(at % 2) * 4.0, n: 4.0 }).collect();
        let width =
            |units: &[Unit]| interval(Kind::Amount, units).map(|found| found.high - found.low).unwrap();
        let ratio = width(&together) / width(&apart);
        assert!((1.8..2.2).contains(&ratio), "four equal samples say what one says: {ratio}");
    }

    #[test]
    fn figures_do_not_see_each_other() {
        let mut some = units((0..60).map(|at| f64::from(at % 11)));
        some.iter_mut().step_by(3).for_each(|unit| *unit = Unit::default());
        let figure = |units: &[Unit]| Figure { kind: Kind::Amount, units: units.to_vec(), slopes: vec![] };
        let all = units((0..60).map(|at| f64::from(at % 7)));
        let both = mean_intervals(&[figure(&some), figure(&all)], DRAWS, &[]);
        assert_eq!(both, [interval(Kind::Amount, &some), interval(Kind::Amount, &all)]);
        some.retain(|unit| unit.n > 0.0);
        assert_eq!(both[0], interval(Kind::Amount, &some));
    }

    #[test]
    fn a_measured_error_moves_and_widens() {
        let figure = |slopes: &[f64]| Figure {
            kind: Kind::Ratio,
            units: units((0..40).map(|at| 0.4 + f64::from(at % 3) / 10.0)),
            slopes: slopes.to_vec(),
        };
        let errors: Vec<f64> = (0..30).map(|at| 0.05 + f64::from(at % 5) / 50.0).collect();
        let both = mean_intervals(&[figure(&[0.0]), figure(&[1.0])], DRAWS, std::slice::from_ref(&errors));
        let [plain, moved] = [0, 1].map(|at: usize| both[at].unwrap());
        let middle = |found: Interval| 0.5 * (found.low + found.high);
        assert!((middle(plain) - middle(moved) - 0.09).abs() < 0.005, "{plain:?} {moved:?}");
        assert!(moved.high - moved.low > plain.high - plain.low, "{plain:?} {moved:?}");
        // Half of the weight on each of two samples: as far, and less wide, for they are drawn apart.
        let spread: Vec<f64> = (0..30).map(|at| f64::from(at % 5) / 5.0 - 0.4).collect();
        let one = mean_intervals(&[figure(&[1.0])], DRAWS, std::slice::from_ref(&spread))[0].unwrap();
        let two = mean_intervals(&[figure(&[0.5, 0.5])], DRAWS, &[spread.clone(), spread])[0].unwrap();
        assert!((middle(one) - middle(two)).abs() < 0.02, "{one:?} {two:?}");
        assert!(two.high - two.low < 0.9 * (one.high - one.low), "{one:?} {two:?}");
    }
}
