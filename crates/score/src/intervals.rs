//! The 95 % interval of every figure of a group: what its values are decides how it is made, see [`stats::Kind`].

use stats::{Draws, Interval, Kind, Missing, Unit};

use crate::Bootstrap;
use crate::judge_error::JudgeErrors;
use crate::metric::Aggregate;
use crate::tally::{Cell, Figure};

/// An interval, or why there is none.
pub(crate) type Found = Result<Interval, Missing>;

/// What the values of a figure in this unit are.
pub fn kind_of(unit: tables::Unit) -> Kind {
    use tables::Unit::{Correlation, Count, Money, Ratio, Reward, Seconds, Share, Tokens};
    match unit {
        Share => Kind::Share,
        Ratio => Kind::Ratio,
        Tokens | Count | Money | Seconds => Kind::Amount,
        Reward | Correlation => Kind::Signed,
    }
}

/// The interval of each figure, or why there is none; `units` holds one cell per figure for each unit.
pub(crate) fn intervals(
    config: &Bootstrap,
    errors: &JudgeErrors,
    figures: &[(Kind, Figure)],
    units: &[Cell],
) -> Vec<Found> {
    let draws = Draws { resamples: config.resamples, seed: config.seed };
    let column = |at: usize| Column::of(&figures[at], errors, units.iter().skip(at).step_by(figures.len()));
    let columns: Vec<Column> = (0..figures.len()).map(column).collect();
    let means = columns.iter().filter(|column| column.share.is_none()).map(|column| column.figure.clone());
    let mut means = stats::mean_intervals(&means.collect::<Vec<_>>(), draws, errors.samples()).into_iter();
    let found = |column: &Column| match column.share {
        Some(found) => found,
        None => means.next().unwrap_or(Err(Missing::NotDrawn)).map(|found| column.scaled(found)),
    };
    columns.iter().map(found).collect()
}

/// A figure as the statistics see it.
struct Column {
    figure: stats::Figure,
    /// A sum is so many times the mean over units.
    scale: f64,
    /// The interval of a share, which needs no draws.
    share: Option<Found>,
}

impl Column {
    fn of<'a>(
        (kind, figure): &(Kind, Figure),
        errors: &JudgeErrors,
        cells: impl Iterator<Item = &'a Cell>,
    ) -> Self {
        let sum = figure.aggregate == Aggregate::Sum;
        let unit = |[value, weight]: &Cell| Unit { sum: *value, n: if sum { 1.0 } else { *weight } };
        let units: Vec<Unit> = cells.map(unit).collect();
        let scale = if sum { units.len() as f64 } else { 1.0 };
        let share = (*kind == Kind::Share).then(|| stats::share_interval(&units, figure.n));
        let slopes = errors.slopes(figure.slopes().map(|slope| slope / scale));
        Self { figure: stats::Figure { kind: *kind, units, slopes }, scale, share }
    }

    fn scaled(&self, found: Interval) -> Interval {
        Interval { low: self.scale * found.low, high: self.scale * found.high, ..found }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::Contribution;
    use crate::tally::{POOL, Tally};

    fn interval(kind: Kind, aggregate: Aggregate, problems: &[(f64, usize)]) -> Found {
        let mut tally = Tally::new(std::iter::once(aggregate), 5);
        for (value, samples) in problems {
            let mut contribution = Contribution::default();
            contribution.together(*value, *samples);
            tally.add(&[contribution], None);
        }
        let (figures, units) = tally.finish();
        let figures: Vec<(Kind, Figure)> = figures.into_iter().map(|figure| (kind, figure)).collect();
        intervals(&Bootstrap { resamples: 400, seed: 2 }, &JudgeErrors::default(), &figures, &units)[0]
    }

    #[test]
    fn what_the_values_are_decides() {
        let right = [(1.0, 1); 6];
        let share = interval(Kind::Share, Aggregate::Mean, &right).unwrap();
        assert!(share.low < 0.65 && share.high == 1.0, "{share:?}");
        assert_eq!(interval(Kind::Amount, Aggregate::Mean, &right), Err(Missing::Alike));
        assert_eq!(
            interval(Kind::Share, Aggregate::Mean, &right[..2]),
            Err(Missing::Few { problems: 2, least: 3 })
        );
    }

    #[test]
    fn a_sum_is_as_sure_as_its_mean() {
        let problems: Vec<(f64, usize)> = (0..50).map(|at| (f64::from(at % 9), 1)).collect();
        let [mean, sum] =
            [Aggregate::Mean, Aggregate::Sum].map(|how| interval(Kind::Amount, how, &problems).unwrap());
        assert!((sum.low - 50.0 * mean.low).abs() < 1e-9 && (sum.high - 50.0 * mean.high).abs() < 1e-9);
    }

    #[test]
    fn pools_of_problems_give_the_width_of_problems() {
        let count = 3 * POOL;
        // Values drift along the order of the problems: pooling in order would hide that spread.
        let problems: Vec<(f64, usize)> = (0..count).map(|at| (at as f64 / count as f64, 1)).collect();
        let right: Vec<(f64, usize)> =
            (0..count).map(|at| (f64::from(u8::from(at > count / 2)), 1)).collect();
        let check = |kind, problems: &[(f64, usize)], variance: f64| {
            let found = interval(kind, Aggregate::Mean, problems).unwrap();
            let ratio = (found.high - found.low) / (2.0 * 1.96 * (variance / count as f64).sqrt());
            assert!((0.85..1.15).contains(&ratio), "{kind:?}: {ratio}");
        };
        check(Kind::Ratio, &problems, 1.0 / 12.0);
        check(Kind::Share, &right, 0.25);
    }
}
