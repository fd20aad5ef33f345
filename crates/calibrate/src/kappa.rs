//! Agreement between two judges on the same traces.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::share::Share;
use crate::{Report, Verdict};

/// How far two judges agree, over the traces on which both gave a verdict.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Agreement {
    /// One judge.
    pub first: String,
    /// The other.
    pub second: String,
    /// The same step, or both none.
    pub same: Share,
    /// At most one step apart, or both none.
    pub within_one: Share,
    /// Cohen's κ (1960) of the verdicts as categories: step numbers, and none.
    pub kappa: Option<f64>,
    /// Cohen's κ of whether there is a step at all.
    pub kappa_found: Option<f64>,
}

/// The agreement of each pair of judges.
pub fn agreement(reports: &[Report]) -> Vec<Agreement> {
    let pairs = (0..reports.len()).flat_map(|a| (a + 1..reports.len()).map(move |b| (a, b)));
    pairs.map(|(a, b)| Agreement::between(&reports[a], &reports[b])).collect()
}

impl Agreement {
    fn between(first: &Report, second: &Report) -> Self {
        let step = |verdict: &Verdict| verdict.step;
        let both: Vec<(i64, i64)> = first
            .verdicts
            .iter()
            .zip(&second.verdicts)
            .filter_map(|(a, b)| Some((step(a)?, step(b)?)))
            .collect();
        let found: Vec<(i64, i64)> =
            both.iter().map(|(a, b)| (i64::from(*a >= 0), i64::from(*b >= 0))).collect();
        let near = |(a, b): &(i64, i64)| a == b || (*a >= 0 && *b >= 0 && a.abs_diff(*b) <= 1);
        Self {
            first: first.judge.clone(),
            second: second.judge.clone(),
            same: Share::count(both.iter().map(|(a, b)| a == b)),
            within_one: Share::count(both.iter().map(near)),
            kappa: kappa(&both),
            kappa_found: kappa(&found),
        }
    }
}

/// (observed − expected) / (1 − expected) agreement; none without a pair, or where the expected one is already whole.
pub(crate) fn kappa(pairs: &[(i64, i64)]) -> Option<f64> {
    let n = pairs.len() as f64;
    let observed = pairs.iter().filter(|(a, b)| a == b).count() as f64 / n;
    let mut counts: BTreeMap<i64, [f64; 2]> = BTreeMap::new();
    for (a, b) in pairs {
        counts.entry(*a).or_default()[0] += 1.0;
        counts.entry(*b).or_default()[1] += 1.0;
    }
    let expected: f64 = counts.values().map(|[a, b]| a * b / (n * n)).sum();
    (n > 0.0 && expected < 1.0).then(|| (observed - expected) / (1.0 - expected))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn kappa_is_cohens() {
        // 20 yes/yes, 5 yes/no, 10 no/yes, 15 no/no: observed 0.7, expected 0.5.
        let times = |count: usize, pair: (i64, i64)| std::iter::repeat_n(pair, count);
        let pairs: Vec<(i64, i64)> = times(20, (1, 1))
            .chain(times(5, (1, 0)))
            .chain(times(10, (0, 1)))
            .chain(times(15, (0, 0)))
            .collect();
        assert!((kappa(&pairs).unwrap() - 0.4).abs() < 1e-12);
        assert_eq!(kappa(&[(3, 3), (5, 5)]), Some(1.0));
        assert_eq!(kappa(&[(3, 3), (3, 3)]), None);
        assert_eq!(kappa(&[]), None);
    }

    proptest! {
        #[test]
        fn kappa_never_exceeds_one_and_knows_no_order(pairs in proptest::collection::vec((-1_i64..5, -1_i64..5), 1..60)) {
            let turned: Vec<(i64, i64)> = pairs.iter().map(|(a, b)| (*b, *a)).collect();
            match (kappa(&pairs), kappa(&turned)) {
                (Some(a), Some(b)) => prop_assert!(a <= 1.0 && (a - b).abs() < 1e-9),
                (a, b) => prop_assert_eq!(a, b),
            }
        }
    }
}
