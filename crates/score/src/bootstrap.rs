//! 95 % intervals by the percentile bootstrap over problems.
//!
//! A replicate draws as many units (problems with all their samples) as there are, with replacement, once for
//! all figures; each figure's mean (or sum) over the drawn units is its replicate, less what is known of the judge's
//! error. The interval runs from the 2.5th to
//! the 97.5th percentile. Replicate r of a seed always uses the same stream, so the result does not depend on
//! threads, and two models over the same problems are compared on the same draws.
//!
//! One problem says nothing about the spread between problems: a figure with fewer than two has no interval.
//! A figure that is the same on every problem gets an interval without width; that is a limit of the method,
//! not certainty.

use rayon::prelude::*;
use stats::{draw, generator, quantile};

use crate::Bootstrap;
use crate::judge_error::JudgeErrors;
use crate::metrics::Aggregate;
use crate::tally::{Cell, Figure};

/// The interval of every figure; `units` holds one cell per figure for each unit.
pub(crate) fn intervals(
    config: &Bootstrap,
    errors: &JudgeErrors,
    figures: &[Figure],
    units: &[Cell],
) -> Vec<Option<(f64, f64)>> {
    let mut intervals = vec![None; figures.len()];
    if config.resamples == 0 {
        return intervals;
    }
    // Many figures have nothing behind them in most groups, or the same everywhere; the others alone are worth drawing
    // for.
    let mut told: Vec<usize> = (0..figures.len()).filter(|at| figures[*at].problems >= 2).collect();
    told.retain(|at| {
        let cells = units.chunks_exact(figures.len()).map(|unit| unit[*at]);
        let still = everywhere(&figures[*at], cells);
        intervals[*at] = still.map(|value| (value, value));
        still.is_none()
    });
    if told.is_empty() {
        return intervals;
    }
    let columns = Columns {
        figures: told.iter().map(|at| &figures[*at]).collect(),
        units: units.chunks_exact(figures.len()).flat_map(|unit| told.iter().map(|at| unit[*at])).collect(),
    };
    let replicate = |weights: &mut Vec<u32>, r: u32| columns.replicate(config.seed, r, weights, errors);
    let replicates: Vec<Vec<f64>> =
        (0..config.resamples).into_par_iter().map_init(Vec::new, replicate).collect();
    for (column, at) in told.iter().enumerate() {
        let values = replicates.iter().map(|values| values[column]).filter(|value| !value.is_nan()).collect();
        intervals[*at] = percentiles(values);
    }
    intervals
}

/// The value of a figure that is nothing, or all there can be, on every problem: what any draw of them gives, to the
/// last bit.
fn everywhere(figure: &Figure, mut cells: impl Iterator<Item = Cell> + Clone) -> Option<f64> {
    if figure.slope() != 0.0 {
        return None;
    }
    let mean = figure.aggregate == Aggregate::Mean;
    if cells.clone().all(|[sum, _]| sum == 0.0) {
        Some(0.0)
    } else {
        (mean && cells.all(|[sum, weight]| sum == weight)).then_some(1.0)
    }
}

/// The figures that have a spread, and their cells, unit after unit.
struct Columns<'a> {
    figures: Vec<&'a Figure>,
    units: Vec<Cell>,
}

impl Columns<'_> {
    /// One replicate of every figure; NaN where nothing that was drawn has a value.
    fn replicate(&self, seed: u64, replicate: u32, weights: &mut Vec<u32>, errors: &JudgeErrors) -> Vec<f64> {
        let width = self.figures.len();
        let count = self.units.len() / width;
        let mut generator = generator(seed, u64::from(replicate));
        weights.clear();
        weights.resize(count, 0);
        for _ in 0..count {
            weights[draw(&mut generator, count)] += 1;
        }
        let mut sums = vec![Cell::default(); width];
        for (unit, weight) in self.units.chunks_exact(width).zip(weights.iter()).filter(|(_, w)| **w > 0) {
            let weight = f64::from(*weight);
            for (sum, cell) in sums.iter_mut().zip(unit) {
                *sum = [sum[0] + weight * cell[0], sum[1] + weight * cell[1]];
            }
        }
        let error = errors.resampled_mean(seed, replicate);
        let value =
            |([sum, weight], figure): (&Cell, &&Figure)| figure.of(*sum, *weight) - error * figure.slope();
        sums.iter().zip(&self.figures).map(value).collect()
    }
}

fn percentiles(mut means: Vec<f64>) -> Option<(f64, f64)> {
    Some((quantile(&mut means, 0.025)?, quantile(&mut means, 0.975)?))
}

#[cfg(test)]
mod tests {
    use rand::Rng;

    use super::*;

    fn figure(units: &[Cell]) -> Figure {
        let sum = |at: usize| units.iter().map(|unit| unit[at]).sum::<f64>();
        let problems = units.iter().filter(|unit| unit[1] > 0.0).count() as u64;
        Figure { sum: sum(0), weight: sum(1), n: sum(1) as u64, problems, ..Figure::default() }
    }

    fn interval(units: &[Cell], resamples: u32, seed: u64) -> Option<(f64, f64)> {
        intervals(&Bootstrap { resamples, seed }, &JudgeErrors::default(), &[figure(units)], units)[0]
    }

    #[test]
    fn degenerate_groups_have_no_interval() {
        let check = |units: &[Cell], resamples| assert_eq!(interval(units, resamples, 0), None);
        check(&[], 1000);
        check(&[[1.0, 1.0]], 1000);
        check(&[[3.0, 5.0]], 1000);
        check(&[[1.0, 1.0], [0.0, 0.0]], 1000);
        check(&[[0.0, 0.0], [0.0, 0.0]], 1000);
        check(&[[1.0, 1.0], [0.0, 1.0]], 0);
        assert_eq!(interval(&[[1.0, 1.0], [1.0, 1.0]], 100, 0), Some((1.0, 1.0)));
    }

    #[test]
    fn what_is_the_same_everywhere_needs_no_draws() {
        let check = |units: &[Cell], expect| {
            let figures = [figure(units)];
            assert_eq!(everywhere(&figures[0], units.iter().copied()), expect);
            let columns = Columns { figures: figures.iter().collect(), units: units.to_vec() };
            let drawn = columns.replicate(7, 0, &mut Vec::new(), &JudgeErrors::default())[0];
            assert!(drawn.is_nan() || expect.is_none_or(|expect| drawn == expect), "{drawn}");
        };
        check(&[[0.0, 1.0], [0.0, 3.0], [0.0, 0.0]], Some(0.0));
        check(&[[3.0, 3.0], [1.0, 1.0], [0.0, 0.0]], Some(1.0));
        check(&[[0.5, 1.0], [0.5, 1.0]], None);
        check(&[[1.0, 1.0], [0.0, 1.0]], None);
    }

    #[test]
    fn the_seed_and_nothing_else_decides() {
        let units: Vec<Cell> = (0..200).map(|at| [f64::from(at % 7), 1.0]).collect();
        let within = |threads: usize, seed: u64| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| interval(&units, 500, seed))
        };
        assert_eq!(within(1, 3), within(4, 3));
        assert_ne!(within(1, 3), within(1, 4));
    }

    #[test]
    fn samples_of_a_problem_stay_together() {
        let apart: Vec<Cell> = (0..400).map(|at| [f64::from(at % 2), 1.0]).collect();
        let together: Vec<Cell> = (0..100).map(|at| [f64::from(at % 2) * 4.0, 4.0]).collect();
        let width = |units: &[Cell]| interval(units, 1000, 1).map(|(low, high)| high - low).unwrap();
        let ratio = width(&together) / width(&apart);
        assert!((1.8..2.2).contains(&ratio), "four equal samples say what one says: {ratio}");
    }

    /// The interval holds the truth in 93 to 97 of 100 worlds. Each world is a figure of its own, so that one set of draws
    /// does for all of them.
    #[test]
    fn intervals_cover() {
        const WORLDS: usize = 1000;
        const PROBLEMS: usize = 120;
        let mut random = generator(11, 0);
        let mut uniform = || random.next_u64() as f64 / u64::MAX as f64;
        // Skill differs between problems, two samples each: the mean of x² over x uniform is 1/3.
        let mut problem = || {
            let skill = uniform().powi(2);
            [f64::from(u8::from(uniform() < skill) + u8::from(uniform() < skill)), 2.0]
        };
        let units: Vec<Cell> = (0..WORLDS * PROBLEMS).map(|_| problem()).collect();
        let world = |at: usize| units.chunks_exact(WORLDS).map(|unit| unit[at]).collect::<Vec<Cell>>();
        let figures: Vec<Figure> = (0..WORLDS).map(|at| figure(&world(at))).collect();
        let config = Bootstrap { resamples: 250, seed: 0 };
        let found = intervals(&config, &JudgeErrors::default(), &figures, &units);
        let covers = |interval: &&Option<(f64, f64)>| {
            interval.is_some_and(|(low, high)| low <= 1.0 / 3.0 && 1.0 / 3.0 <= high)
        };
        let share = found.iter().filter(covers).count() as f64 / WORLDS as f64;
        assert!((0.93..=0.97).contains(&share), "covered {share}");
    }

    #[test]
    fn pools_of_problems_give_the_width_of_problems() {
        use crate::metrics::{Aggregate, Share};
        use crate::tally::{POOL, Tally};

        let problems = 3 * POOL;
        let mut tally = Tally::new(std::iter::once(Aggregate::Mean), 5);
        // Values drift along the order of the problems: pooling in order would hide that spread.
        for at in 0..problems {
            let value = at as f64 / problems as f64;
            let mut share = Share::default();
            share.together(value, 1);
            tally.add(&[share]);
        }
        let (figures, units) = tally.finish();
        let (low, high) =
            intervals(&Bootstrap { resamples: 200, seed: 2 }, &JudgeErrors::default(), &figures, &units)[0]
                .unwrap();
        // Standard deviation of the uniform distribution, over √problems, 2 × 1.96 of them.
        let expected = 2.0 * 1.96 * (1.0 / 12.0_f64).sqrt() / (problems as f64).sqrt();
        let ratio = (high - low) / expected;
        assert!((0.85..1.15).contains(&ratio), "{ratio}");
    }
}
