//! Agreement between two judges on the same traces.

use serde::Serialize;
use stats::{Proportion, kappa};

use crate::{JudgedStep, Report};

/// How far two judges agree, over the traces on which both gave a verdict.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Agreement {
    /// One judge.
    pub first: String,
    /// The other.
    pub second: String,
    /// The same step, or both none.
    pub same: Proportion,
    /// At most one step apart, or both none.
    pub within_one: Proportion,
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
        let step = |verdict: &JudgedStep| verdict.step;
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
            same: Proportion::count(both.iter().map(|(a, b)| a == b)),
            within_one: Proportion::count(both.iter().map(near)),
            kappa: kappa(&both),
            kappa_found: kappa(&found),
        }
    }
}
