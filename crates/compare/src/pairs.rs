//! Which replies are compared with which.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use stats::{Pairs, Unit};
use tables::{Score, TableReader};

use crate::efficiency::{Means, measured};
use crate::error::CompareError;
use crate::measures::{Measure, value};
use crate::model_run::ModelRun;
use crate::pairing::Pairing;

/// A reply: problem (its id is its own in every table) and sample.
pub(crate) type Key = (String, u32);

/// What is needed of one model run.
pub(crate) struct Values {
    /// Every reply's value of each measure, where it has one.
    pub(crate) replies: BTreeMap<Key, Vec<Option<f64>>>,
    /// How right and how long the replies to each problem are.
    pub(crate) means: Means,
}

impl Values {
    pub(crate) fn read(model_run: &ModelRun, measures: &[Measure]) -> Result<Self, CompareError> {
        let (mut replies, mut means, measured) = (BTreeMap::new(), Means::default(), measured()?);
        for score in TableReader::<Score>::open(&model_run.scores)? {
            let score = score?;
            // Where a rule stopped early, later samples are of hard problems most.
            if score.drawn_later() {
                continue;
            }
            means.add(&score, measured);
            let of = measures.iter().map(|measure| value(*measure, &score)).collect();
            let (problem, sample) = (score.problem_id.clone(), score.sample);
            if replies.insert((score.problem_id, sample), of).is_some() {
                return Err(CompareError::Twice { path: model_run.scores.clone(), problem, sample });
            }
        }
        Ok(Self { replies, means })
    }
}

impl Values {
    /// The replies to each problem, with what they have of measure `at`.
    fn by_problem(&self, at: usize) -> BTreeMap<&str, Replies> {
        let mut problems: BTreeMap<&str, Replies> = BTreeMap::new();
        for ((problem, _), values) in &self.replies {
            let replies = problems.entry(problem).or_default();
            replies.replies += 1;
            values[at].into_iter().for_each(|value| replies.values.add(value));
        }
        problems
    }

    fn problems(&self) -> BTreeSet<&str> {
        self.replies.keys().map(|(problem, _)| problem.as_str()).collect()
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
    pub(crate) fn between(baseline: &Values, other: &Values, pairing: Pairing) -> Self {
        let alone = |these: &Values, those: &Values| {
            let problems = those.problems();
            let has = |key: &Key| match pairing.is_by_sample() {
                true => those.replies.contains_key(key),
                false => problems.contains(key.0.as_str()),
            };
            these.replies.keys().filter(|key| !has(key)).map(render).collect()
        };
        Self { baseline: alone(baseline, other), other: alone(other, baseline) }
    }
}

fn render((problem, sample): &Key) -> String {
    if *sample == 0 { problem.clone() } else { format!("{problem}#{sample}") }
}

/// The pairs of measure `at`: of replies, or of the means over a problem's replies.
pub(crate) fn pairs(baseline: &Values, other: &Values, at: usize, pairing: Pairing) -> Pairs {
    if pairing.is_by_sample() { of_samples(baseline, other, at) } else { of_problems(baseline, other, at) }
}

fn of_samples(baseline: &Values, other: &Values, at: usize) -> Pairs {
    let mut pairs = Pairs::default();
    let mut current: Option<&str> = None;
    for (key, values) in &baseline.replies {
        let Some(others) = other.replies.get(key) else { continue };
        let (Some(a), Some(b)) = (values[at], others[at]) else {
            pairs.left_out += 1;
            continue;
        };
        let problem = Some(key.0.as_str());
        if current == problem {
            pairs.single = false;
            pairs.add(a, b);
        } else {
            current = problem;
            pairs.begin(a, b);
        }
    }
    pairs
}

fn of_problems(baseline: &Values, other: &Values, at: usize) -> Pairs {
    let (own, others) = (baseline.by_problem(at), other.by_problem(at));
    let mut pairs = Pairs::default();
    for (problem, a) in &own {
        let Some(b) = others.get(problem) else { continue };
        let (Some(mean), Some(other)) = (a.mean(), b.mean()) else {
            pairs.left_out += 1;
            continue;
        };
        pairs.single &= a.replies == 1 && b.replies == 1;
        pairs.begin(mean, other);
    }
    pairs
}

/// The replies to one problem.
#[derive(Clone, Copy, Debug, Default)]
struct Replies {
    replies: u64,
    values: Unit,
}

impl Replies {
    /// Over those that have a value.
    fn mean(&self) -> Option<f64> {
        (self.values.n > 0.0).then(|| self.values.sum / self.values.n)
    }
}

#[cfg(test)]
mod tests {
    use stats::Draws;
    use tables::{Provenance, TableWriter, Verdict};

    use super::*;
    use crate::efficiency::efficiencies;

    fn values(rows: &[(&str, u32, Option<f64>)]) -> Values {
        let row = |(problem, sample, value): &(&str, u32, Option<f64>)| {
            (((*problem).to_owned(), *sample), vec![*value])
        };
        Values { replies: rows.iter().map(row).collect(), means: Means::default() }
    }

    #[test]
    fn a_sample_that_was_drawn_later_is_in_no_mean() {
        let folder = tempfile::tempdir().unwrap();
        let scores = folder.path().join("scores.parquet");
        let mut writer = TableWriter::<Score>::create(&scores, &Provenance::default()).unwrap();
        for (sample, tokens) in [(0, 10), (1, 990)] {
            let (drawn_first, drawn) = (Some(1), Some(2));
            let score = Score { problem_id: "p".into(), sample, drawn_first, drawn, ..Score::default() };
            let told = Score { correct: Some(true), grade: Verdict::Right, ..score };
            writer.push(Score { reply_tokens: Some(tokens), ..told }).unwrap();
        }
        writer.finish().unwrap();
        let (run, model) = (String::new(), "m".to_owned());
        let model_run = ModelRun { label: String::new(), run, model, scores, problems: None, manifest: None };
        let read = || Values::read(&model_run, &[]).unwrap();
        let all = efficiencies(&read().means, &read().means, Draws { resamples: 0, seed: 0 }).pop().unwrap();
        assert_eq!((read().replies.len(), all.problems), (1, 1));
        assert_eq!(all.tokens_per_right[0].value, Some(10.0));
    }

    #[test]
    fn replies_are_paired_by_problem_and_sample_where_samples_are_one_draw() {
        let baseline =
            values(&[("p", 0, Some(1.0)), ("p", 1, Some(0.0)), ("q", 0, Some(1.0)), ("r", 0, None)]);
        let other = values(&[
            ("q", 0, Some(0.0)),
            ("p", 1, Some(1.0)),
            ("p", 0, Some(1.0)),
            ("r", 0, Some(1.0)),
            ("s", 2, None),
        ]);
        for pairing in [Pairing::SameReplies, Pairing::SharedSeed(7)] {
            let pairs = super::pairs(&baseline, &other, 0, pairing);
            assert_eq!(pairs.units, [Unit { sum: 1.0, n: 2.0 }, Unit { sum: -1.0, n: 1.0 }]);
            assert_eq!((pairs.n, pairs.left_out, pairs.discordant, pairs.single), (3, 1, [1, 1], false));
            assert_eq!(pairs.means(), Some([2.0 / 3.0, 2.0 / 3.0]));
            let unpaired = Unpaired::between(&baseline, &other, pairing);
            assert_eq!((unpaired.baseline, unpaired.other), (vec![], vec!["s#2".to_owned()]));
        }
    }

    #[test]
    fn means_of_problems_are_paired_where_samples_are_not() {
        let one = values(&[("p", 0, Some(1.0)), ("q", 0, Some(1.0)), ("r", 0, None), ("t", 0, Some(1.0))]);
        let three = values(&[
            ("p", 0, Some(1.0)),
            ("p", 1, Some(0.0)),
            ("p", 2, Some(0.0)),
            ("q", 0, None),
            ("q", 1, Some(1.0)),
            ("r", 5, Some(1.0)),
            ("s", 0, None),
        ]);
        let pairs = super::pairs(&one, &three, 0, Pairing::Problems);
        assert_eq!(pairs.units, [Unit { sum: 1.0 / 3.0 - 1.0, n: 1.0 }, Unit { sum: 0.0, n: 1.0 }]);
        assert_eq!((pairs.n, pairs.left_out, pairs.single), (2, 1, false));
        let unpaired = Unpaired::between(&one, &three, Pairing::Problems);
        assert_eq!((unpaired.baseline, unpaired.other), (vec!["t".to_owned()], vec!["s".to_owned()]));
        // One reply each: which number it has is of no consequence, and McNemar's test applies.
        let (a, b) = (values(&[("p", 0, Some(1.0))]), values(&[("p", 3, Some(0.0))]));
        let pairs = super::pairs(&a, &b, 0, Pairing::Problems);
        assert_eq!((pairs.n, pairs.single, pairs.discordant), (1, true, [1, 0]));
    }
}
