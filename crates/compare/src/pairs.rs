//! Which replies are compared with which.

use std::collections::BTreeMap;

use score::Observation;
use serde::Serialize;
use stats::Unit;
use tables::{Score, TableReader};

use crate::error::CompareError;
use crate::measures::Measure;
use crate::model_run::ModelRun;

/// A reply: problem (its id is its own in every table) and sample.
pub(crate) type Key = (String, u32);

/// What is needed of every reply of one model run: its value of each measure, where it has one.
pub(crate) struct Values(pub(crate) BTreeMap<Key, Vec<Option<f64>>>);

impl Values {
    pub(crate) fn read(model_run: &ModelRun, measures: &[Measure]) -> Result<Self, CompareError> {
        let mut values = BTreeMap::new();
        for score in TableReader::<Score>::open(&model_run.scores)? {
            let score = score?;
            let of = measures.iter().map(|measure| value(*measure, &score)).collect();
            let (problem, sample) = (score.problem_id.clone(), score.sample);
            if values.insert((score.problem_id, sample), of).is_some() {
                return Err(CompareError::Twice { path: model_run.scores.clone(), problem, sample });
            }
        }
        Ok(Self(values))
    }
}

fn value(measure: Measure, score: &Score) -> Option<f64> {
    match measure.observe(score) {
        Observation::Value(value) => Some(value),
        Observation::LeftOut(_) => None,
    }
}

/// Replies that have no counterpart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Unpaired {
    /// Replies of the baseline alone, as `problem` or `problem#sample`.
    pub baseline: Vec<String>,
    /// Replies of the other alone.
    pub other: Vec<String>,
}

impl Unpaired {
    pub(crate) fn between(baseline: &Values, other: &Values) -> Self {
        let alone = |these: &Values, those: &Values| {
            these.0.keys().filter(|key| !those.0.contains_key(*key)).map(told).collect()
        };
        Self { baseline: alone(baseline, other), other: alone(other, baseline) }
    }
}

fn told((problem, sample): &Key) -> String {
    if *sample == 0 { problem.clone() } else { format!("{problem}#{sample}") }
}

/// The pairs of one measure.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pairs {
    /// Differences, other − baseline, by problem.
    pub(crate) units: Vec<Unit>,
    /// Number of pairs in which both have a value.
    pub(crate) n: u64,
    /// Pairs in which one or both have none.
    pub(crate) left_out: u64,
    /// Sums of the values.
    pub(crate) sums: [f64; 2],
    /// Pairs in which the baseline's value alone is 1, and in which the other's is: what McNemar's test needs.
    pub(crate) discordant: [u64; 2],
    /// No problem has two pairs.
    pub(crate) single: bool,
}

impl Pairs {
    /// The pairs of measure `at`.
    pub(crate) fn of(baseline: &Values, other: &Values, at: usize) -> Self {
        let mut pairs = Self { single: true, ..Self::default() };
        let mut current: Option<&str> = None;
        for (key, values) in &baseline.0 {
            let Some(others) = other.0.get(key) else { continue };
            let (Some(a), Some(b)) = (values[at], others[at]) else {
                pairs.left_out += 1;
                continue;
            };
            let problem = Some(key.0.as_str());
            if current != problem {
                pairs.units.push(Unit::default());
                current = problem;
            } else {
                pairs.single = false;
            }
            pairs.add(a, b);
        }
        pairs
    }

    fn add(&mut self, a: f64, b: f64) {
        if let Some(unit) = self.units.last_mut() {
            unit.add(b - a);
        }
        self.n += 1;
        self.sums = [self.sums[0] + a, self.sums[1] + b];
        self.discordant[0] += u64::from(a > b);
        self.discordant[1] += u64::from(b > a);
    }

    /// The means of both over the pairs.
    pub(crate) fn means(&self) -> Option<[f64; 2]> {
        (self.n > 0).then(|| self.sums.map(|sum| sum / self.n as f64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(rows: &[(&str, u32, Option<f64>)]) -> Values {
        let row = |(problem, sample, value): &(&str, u32, Option<f64>)| {
            (((*problem).to_owned(), *sample), vec![*value])
        };
        Values(rows.iter().map(row).collect())
    }

    #[test]
    fn replies_are_paired_by_problem_and_sample() {
        let baseline =
            values(&[("p", 0, Some(1.0)), ("p", 1, Some(0.0)), ("q", 0, Some(1.0)), ("r", 0, None)]);
        let other = values(&[
            ("q", 0, Some(0.0)),
            ("p", 1, Some(1.0)),
            ("p", 0, Some(1.0)),
            ("r", 0, Some(1.0)),
            ("s", 2, None),
        ]);
        let pairs = Pairs::of(&baseline, &other, 0);
        assert_eq!(pairs.units, [Unit { sum: 1.0, n: 2.0 }, Unit { sum: -1.0, n: 1.0 }]);
        assert_eq!((pairs.n, pairs.left_out, pairs.discordant, pairs.single), (3, 1, [1, 1], false));
        assert_eq!(pairs.means(), Some([2.0 / 3.0, 2.0 / 3.0]));
        let unpaired = Unpaired::between(&baseline, &other);
        assert_eq!((unpaired.baseline, unpaired.other), (vec![], vec!["s#2".to_owned()]));
    }
}
