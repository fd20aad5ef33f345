//! What a model comes to over all columns.

use serde::Serialize;
use stats::{Interval, ShareOfSet, mean_of_shares};

use crate::cell::Cell;

/// The unweighted mean of all columns.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Average {
    /// Of the accuracies.
    pub accuracy: f64,
    /// Lower end of its 95 % interval.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// How the interval was made, or why there is none.
    pub interval: String,
    /// Of the mean tokens of thinking; null where a column has none.
    pub thinking_tokens: Option<f64>,
    /// Of T̂/T; null where a column has none.
    pub token_efficiency: Option<f64>,
    /// Points of accuracy for every 1,000 tokens of thinking.
    pub points_per_thousand: Option<f64>,
    /// A column's tokens are counted by another tokenizer than the model's own.
    pub approximate: bool,
}

impl Average {
    /// None while a column is missing.
    pub(crate) fn of(cells: &[Option<Cell>]) -> Option<Self> {
        let cells: Vec<&Cell> = cells.iter().map(Option::as_ref).collect::<Option<_>>()?;
        let accuracy = mean(&cells, |cell| cell.accuracy)?;
        let sets: Vec<ShareOfSet<'_>> =
            cells.iter().map(|cell| (cell.units.as_slice(), cell.replies)).collect();
        let found = mean_of_shares(&sets);
        let end = |end: fn(Interval) -> f64| found.ok().map(end);
        let thinking_tokens = mean(&cells, |cell| cell.thinking_tokens);
        let thousands = thinking_tokens.filter(|tokens| *tokens > 0.0).map(|tokens| tokens / 1000.0);
        Some(Self {
            accuracy,
            low: end(|found| found.low),
            high: end(|found| found.high),
            interval: found.map_or_else(|missing| missing.to_string(), |found| found.method.to_string()),
            thinking_tokens,
            token_efficiency: mean(&cells, |cell| cell.token_efficiency),
            points_per_thousand: thousands.map(|thousands| 100.0 * accuracy / thousands),
            approximate: cells.iter().any(|cell| cell.approximate),
        })
    }
}

/// None if one of them has none, or there is none.
fn mean(cells: &[&Cell], of: fn(&Cell) -> Option<f64>) -> Option<f64> {
    let sum = cells.iter().map(|cell| of(cell)).sum::<Option<f64>>()?;
    (!cells.is_empty()).then(|| sum / cells.len() as f64)
}

#[cfg(test)]
mod tests {
    use stats::Unit;

    use super::*;

    fn cell(right: u64, of: u64, tokens: Option<f64>) -> Option<Cell> {
        let unit = |at| Unit { sum: f64::from(u8::from(at < right)), n: 1.0 };
        Some(Cell {
            accuracy: Some(right as f64 / of as f64),
            replies: of,
            thinking_tokens: tokens,
            units: (0..of).map(unit).collect(),
            ..Cell::default()
        })
    }

    #[test]
    fn columns_count_alike_whatever_their_size() {
        let average = Average::of(&[cell(15, 30, Some(8000.0)), cell(450, 500, Some(2000.0))]).unwrap();
        assert!((average.accuracy - 0.7).abs() < 1e-12);
        assert!((average.points_per_thousand.unwrap() - 14.0).abs() < 1e-9, "70 points, 5,000 tokens");
        // √(.25/30 + .09/500) / 2 = .0461
        let (low, high) = (average.low.unwrap(), average.high.unwrap());
        assert!((high - low - 2.0 * 1.96 * 0.0461).abs() < 0.002, "{low} {high}");
        assert_eq!(average.token_efficiency, None);
    }

    #[test]
    fn a_missing_column_leaves_no_average() {
        assert_eq!(Average::of(&[cell(15, 30, None), None]), None);
        assert_eq!(Average::of(&[]), None);
        let ungraded = Cell { accuracy: None, ..cell(1, 5, None).unwrap() };
        assert_eq!(Average::of(&[cell(15, 30, None), Some(ungraded)]), None);
    }

    #[test]
    fn what_one_column_lacks_the_average_lacks() {
        let average = Average::of(&[cell(15, 30, Some(100.0)), cell(1, 2, None)]).unwrap();
        assert_eq!((average.thinking_tokens, average.points_per_thousand), (None, None));
        assert_eq!((average.low, average.interval.as_str()), (None, "none: only 2 of at least 3 problems"));
    }
}
