//! Two models over several sets of problems: the paired difference of accuracy on each set, and on average.

use serde::Serialize;
use stats::{Pairs, Unit, mean_of_share_differences, permutation};

use crate::comparison::{Row, Settings, correct, outcome};
use crate::deviation::{Aspect, Deviation};
use crate::error::CompareError;
use crate::measures::{Measure, named};
use crate::model_run::ModelRun;
use crate::pairing::Pairing;
use crate::pairs::{Values, pairs};
use crate::setup::deviations;

const MEASURE: &str = "accuracy";

/// A set of problems that both models did.
#[derive(Clone, Copy, Debug)]
pub struct OnSet<'a> {
    /// What it is called.
    pub set: &'a str,
    /// The baseline's run.
    pub baseline: &'a ModelRun,
    /// The other's.
    pub other: &'a ModelRun,
}

/// One model against another, set by set.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BySet {
    /// The baseline's model.
    pub baseline: String,
    /// The other model.
    pub other: String,
    /// A row a set, whose name is its title; corrected after Holm over the sets.
    pub rows: Vec<Row>,
    /// The unweighted mean of the differences; none unless it was asked for and every set has pairs. One test, not corrected.
    pub average: Option<Row>,
    /// What was set up differently, by set.
    pub deviations: Vec<(String, Deviation)>,
}

/// The paired differences of two models on the sets that both did, `average` if these are all sets that there are; none of no
/// set.
///
/// # Errors
/// Scores cannot be read.
pub fn by_set(sets: &[OnSet<'_>], average: bool, settings: &Settings) -> Result<Option<BySet>, CompareError> {
    let Some(first) = sets.first() else { return Ok(None) };
    let measure = named(MEASURE)?;
    let (mut all, mut rows, mut told) = (Vec::new(), Vec::new(), Vec::new());
    for one in sets {
        let (_, said) = deviations(one.baseline, one.other, &Aspect::ALL)?;
        told.extend(said.into_iter().map(|deviation| (one.set.to_owned(), deviation)));
        let pairs = paired(one, measure)?;
        rows.push(Row { title: one.set.to_owned(), ..Row::of(measure, &pairs, settings) });
        all.push(pairs);
    }
    correct(&mut rows);
    Ok(Some(BySet {
        baseline: first.baseline.model.clone(),
        other: first.other.model.clone(),
        average: if average { mean(&rows, &all, settings) } else { None },
        rows,
        deviations: told,
    }))
}

/// What two model runs were set up differently in: whether they are about the same problems first of all.
///
/// # Errors
/// Their problems cannot be read.
pub fn differences(first: &ModelRun, second: &ModelRun) -> Result<Vec<Deviation>, CompareError> {
    Ok(deviations(first, second, &Aspect::ALL)?.1)
}

fn paired(one: &OnSet<'_>, measure: Measure) -> Result<Pairs, CompareError> {
    let [own, other] = [one.baseline, one.other].map(|run| Values::read(run, &[measure]));
    Ok(pairs(&own?, &other?, 0, Pairing::of(one.baseline, one.other)))
}

/// The mean over sets, each of the same weight.
fn mean(rows: &[Row], sets: &[Pairs], settings: &Settings) -> Option<Row> {
    let count = rows.len() as f64;
    let of = |value: fn(&Row) -> Option<f64>| -> Option<f64> {
        Some(rows.iter().map(value).sum::<Option<f64>>()? / count)
    };
    let difference = of(|row| row.difference)?;
    let units: Vec<&[Unit]> = sets.iter().map(|pairs| pairs.units.as_slice()).collect();
    let found = mean_of_share_differences(&units);
    let p = permutation(&sets.iter().flat_map(of_one_weight).collect::<Vec<_>>(), settings.seed);
    let sum = |value: fn(&Row) -> u64| rows.iter().map(value).sum();
    let row = Row {
        title: "average".to_owned(),
        pairs: sum(|row| row.pairs),
        problems: sum(|row| row.problems),
        left_out: sum(|row| row.left_out),
        baseline: of(|row| row.baseline),
        other: of(|row| row.other),
        difference: Some(difference),
        low: found.ok().map(|found| found.low),
        high: found.ok().map(|found| found.high),
        interval: found.map_or_else(|missing| missing.to_string(), |found| found.method.to_string()),
        test: "permutation",
        p: Some(p),
        p_holm: Some(p),
        detectable: None,
        more_problems: None,
        ..rows.first()?.clone()
    };
    Some(Row { outcome: outcome(&row), ..row })
}

/// The differences of a set as parts of its mean, so that sets of any size count alike when problems are flipped.
fn of_one_weight(pairs: &Pairs) -> impl Iterator<Item = Unit> + '_ {
    pairs.units.iter().map(|unit| Unit { sum: unit.sum / pairs.n as f64, n: 1.0 })
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use tables::{Provenance, Score, TableWriter, Verdict};

    use super::*;
    use crate::comparison::Outcome;

    /// A model's scores: so many problems, of which every `every`th is right.
    fn run(
        folder: &Path,
        model: &str,
        set: &str,
        problems: usize,
        right: impl Fn(usize) -> bool,
    ) -> ModelRun {
        let scores: PathBuf = folder.join(format!("{model}-{set}.parquet"));
        let mut writer = TableWriter::<Score>::create(&scores, &Provenance::default()).unwrap();
        for at in 0..problems {
            let correct = right(at);
            let grade = if correct { Verdict::Right } else { Verdict::Wrong };
            let key = Score { problem_id: format!("{set}-{at:04}"), model: model.into(), ..Score::default() };
            writer.push(Score { correct: Some(correct), grade, ..key }).unwrap();
        }
        writer.finish().unwrap();
        let (label, run) = (model.to_owned(), set.to_owned());
        ModelRun { label, run, model: model.into(), scores, problems: None, manifest: None }
    }

    fn compared(average: bool) -> BySet {
        let folder = tempfile::tempdir().unwrap();
        let runs = |set: &str, of: usize, every: usize| {
            [
                run(folder.path(), "a", set, of, |_| true),
                run(folder.path(), "b", set, of, |at| at % every > 0),
            ]
        };
        let sets = [("small", runs("small", 20, 2)), ("large", runs("large", 200, 10))];
        let on = |(set, [baseline, other]): &'_ (&'static str, [ModelRun; 2])| {
            (*set, baseline.clone(), other.clone())
        };
        let owned: Vec<_> = sets.iter().map(on).collect();
        let sets: Vec<OnSet<'_>> =
            owned.iter().map(|(set, baseline, other)| OnSet { set, baseline, other }).collect();
        by_set(&sets, average, &Settings::default()).unwrap().unwrap()
    }

    #[test]
    fn every_set_has_a_difference_and_counts_the_same_in_the_average() {
        let found = compared(true);
        let differences: Vec<String> =
            found.rows.iter().map(|row| format!("{} {:.3}", row.title, row.difference.unwrap())).collect();
        assert_eq!(differences, ["small -0.500", "large -0.100"]);
        let average = found.average.unwrap();
        assert!((average.difference.unwrap() + 0.3).abs() < 1e-12, "not weighted by size");
        assert!((average.baseline.unwrap() - average.other.unwrap() - 0.3).abs() < 1e-12);
        let (low, high) = (average.low.unwrap(), average.high.unwrap());
        assert!(low < -0.3 && -0.3 < high && high < 0.0, "{low} {high}");
        assert_eq!((average.problems, average.outcome), (220, Outcome::Worse));
        // Ten of ten and twenty of twenty one way: 2/2¹⁰ and 2/2²⁰, the smaller one doubled.
        let p: Vec<f64> = found.rows.iter().map(|row| row.p_holm.unwrap()).collect();
        assert!((p[0] - 2.0 / 1024.0).abs() < 1e-12 && (p[1] - 4.0 / 1_048_576.0).abs() < 1e-12, "{p:?}");
    }

    #[test]
    fn there_is_no_average_of_some_sets() {
        assert_eq!(compared(false).average, None);
        assert_eq!(by_set(&[], true, &Settings::default()).unwrap(), None);
    }
}
