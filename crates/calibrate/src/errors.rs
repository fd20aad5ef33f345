//! Against labels of the first wrong step, in the figures of ProcessBench (arXiv 2412.06559).

use dataset::labelled::Label;
use serde::Serialize;
use tables::Judgment;

use crate::material::Case;
use crate::step_of;
use stats::Proportion;

/// How well a judge finds the first wrong step.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Errors {
    /// The labelled step, exactly, of the solutions that hold an error. A failed verdict is a miss.
    pub erroneous: Proportion,
    /// No step, of the solutions without error.
    pub correct: Proportion,
    /// Their harmonic mean; null if one of the two kinds is missing.
    pub f1: Option<f64>,
    /// Some step, whichever, of the solutions that hold an error.
    pub noticed: Proportion,
    /// At most one step beside the labelled one.
    pub within_one: Proportion,
}

impl Errors {
    pub(crate) fn of(pairs: &[(&Case, &Judgment)]) -> Self {
        let wrong: Vec<(i64, Option<i64>)> = pairs
            .iter()
            .filter_map(|(case, judgment)| {
                Some((i64::try_from(case.first_wrong.at()?).ok()?, step_of(judgment)))
            })
            .collect();
        let share = |hit: fn(i64, i64) -> bool| {
            Proportion::count(wrong.iter().map(|(label, step)| step.is_some_and(|step| hit(*label, step))))
        };
        let right = pairs.iter().filter(|(case, _)| matches!(case.first_wrong, Label::Nowhere));
        let erroneous = share(|label, step| label == step);
        let correct = Proportion::count(right.map(|(_, judgment)| step_of(judgment) == Some(-1)));
        Self {
            f1: f1(erroneous.value, correct.value),
            noticed: share(|_, step| step >= 0),
            within_one: share(|label, step| step >= 0 && label.abs_diff(step) <= 1),
            erroneous,
            correct,
        }
    }
}

/// The harmonic mean of the two accuracies.
pub(crate) fn f1(erroneous: Option<f64>, correct: Option<f64>) -> Option<f64> {
    let (a, b) = (erroneous?, correct?);
    Some(if a + b > 0.0 { 2.0 * a * b / (a + b) } else { 0.0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows of ProcessBench's table: accuracy on erroneous and correct solutions, F1.
    #[test]
    fn f1_is_the_published_one() {
        for (erroneous, correct, expect) in
            [(70.0, 91.2, 79.2), (78.1, 79.3, 78.7), (38.7, 92.6, 54.6), (28.2, 90.5, 43.0)]
        {
            let given = f1(Some(erroneous / 100.0), Some(correct / 100.0)).unwrap() * 100.0;
            assert!((given - expect).abs() < 0.05, "{given} is not {expect}");
        }
        assert_eq!(f1(Some(0.0), Some(0.0)), Some(0.0));
        assert_eq!(f1(Some(1.0), None), None);
    }
}
