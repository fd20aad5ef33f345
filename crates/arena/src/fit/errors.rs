//! How far off ratings may be: the sandwich over clusters.

use std::collections::BTreeMap;

use stats::{REACH, Square};

use super::newton::{Endless, inverse_information, logistic, odds};
use super::sample::Sample;
use super::scale::{Gauge, POINTS};

/// Errors of ratings.
#[derive(Clone, Debug, Default)]
pub(crate) struct Errors {
    /// Standard errors, in points.
    pub(crate) se: Vec<f64>,
    /// Ends of the 95 % intervals, in points.
    pub(crate) ends: Vec<[f64; 2]>,
    /// For each model those that are better: the interval of the difference is above 0.
    pub(crate) better: Vec<Vec<usize>>,
}

/// H⁻¹ S H⁻¹ (Huber 1967; Liang & Zeger 1986), of all models and then the controls: S sums up the products of what the votes of
/// one cluster say together, so votes that lean alike count as what they are. Without a factor for few clusters, as in the
/// golden figures of others. The first model's row and column are 0.
pub(crate) fn covariance(sample: &Sample, parameters: &[f64]) -> Result<Square, Endless> {
    let bread = inverse_information(sample, parameters)?;
    let found = bread.times(&meat(sample, parameters)).times(&bread);
    let mut all = Square::zero(found.size() + 1);
    for row in 0..found.size() {
        (0..found.size()).for_each(|column| all.add(row + 1, column + 1, found.at(row, column)));
    }
    Ok(all)
}

fn meat(sample: &Sample, parameters: &[f64]) -> Square {
    let mut by_cluster: Vec<(usize, usize)> =
        sample.rows.iter().enumerate().filter_map(|(at, row)| Some((row.cluster?, at))).collect();
    by_cluster.sort_unstable();
    let mut sum = Square::zero(sample.parameters());
    let (mut cells, mut said) = (Vec::new(), BTreeMap::new());
    for votes in by_cluster.chunk_by(|one, next| one.0 == next.0) {
        said.clear();
        for (_, at) in votes {
            sample.cells(*at, &mut cells);
            let row = &sample.rows[*at];
            let off = row.weight * (row.share - logistic(odds(&cells, parameters)));
            cells.iter().for_each(|(at, factor)| *said.entry(*at).or_insert(0.0) += off * factor);
        }
        let together: Vec<(usize, f64)> = said.iter().map(|(at, value)| (*at, *value)).collect();
        sum.add_outer(&together, 1.0);
    }
    sum
}

impl Errors {
    /// From a covariance of the strengths, as if these were normal.
    pub(crate) fn normal(strengths: &[f64], covariance: &Square, gauge: Gauge) -> Self {
        let se = gauge.errors(covariance, strengths.len());
        let end = |(score, se): (f64, &f64)| [score - REACH * se, score + REACH * se];
        let ends = gauge.scores(strengths).into_iter().zip(&se).map(end).collect();
        let is_better = |one: usize, than: usize| {
            let variance =
                covariance.at(one, one) + covariance.at(than, than) - 2.0 * covariance.at(one, than);
            strengths[one] - strengths[than] > REACH * variance.max(0.0).sqrt()
        };
        Self { se, ends, better: better(strengths.len(), is_better) }
    }

    /// 1 + the number of models that are better.
    pub(crate) fn rank(&self, model: usize) -> usize {
        1 + self.better[model].len()
    }

    /// All but the models that are worse.
    pub(crate) fn rank_high(&self, model: usize) -> usize {
        self.better.len() - self.better.iter().filter(|better| better.contains(&model)).count()
    }

    /// 1 + the number of models whose interval lies above this one's.
    pub(crate) fn rank_overlap(&self, model: usize) -> usize {
        1 + self.ends.iter().filter(|ends| ends[0] > self.ends[model][1]).count()
    }
}

/// For each of so many models those that are better than it.
pub(crate) fn better(models: usize, is_better: impl Fn(usize, usize) -> bool) -> Vec<Vec<usize>> {
    let than =
        |model: usize| (0..models).filter(|other| *other != model && is_better(*other, model)).collect();
    (0..models).map(than).collect()
}

/// The standard error of a difference between two models, in points.
pub(crate) fn difference_se(covariance: &Square, one: usize, other: usize) -> f64 {
    let variance = covariance.at(one, one) + covariance.at(other, other) - 2.0 * covariance.at(one, other);
    POINTS * variance.max(0.0).sqrt()
}
