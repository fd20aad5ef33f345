//! Known problems in new clothes: what is read of them. A model that knows a problem by heart is right on the original, less so
//! on its variants, and gives the old answer to them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use answer::{Outcome, Policy, compare_any};
use stats::Unit;
use tables::{Problem, Score, TableReader};

use crate::error::ReportError;

/// What a problem is among its variants where it stands as it was.
pub(crate) const ORIGINAL: &str = "original";

/// What is compared between an original and its variants, each a mean over the samples of a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Measure {
    /// σ.
    Right,
    /// T̂ / T.
    Arrival,
    /// Tokens through the model's own final answer, over T.
    OwnArrival,
    /// T.
    Thinking,
    /// Tokens without use.
    Waste,
    /// Thought switches.
    Switches,
}

impl Measure {
    const ALL: [Self; 6] =
        [Self::Right, Self::Arrival, Self::OwnArrival, Self::Thinking, Self::Waste, Self::Switches];

    fn of(self, score: &Score) -> Option<f64> {
        let thinking = score.reasoning_tokens.filter(|tokens| *tokens > 0).map(f64::from);
        match self {
            Self::Right => score.correct.map(|right| f64::from(u8::from(right))),
            // T̂ is T where no step asserts the right answer, and no arrival.
            Self::Arrival => score.token_efficiency.filter(|_| score.located),
            Self::OwnArrival => Some(f64::from(score.own_answer_arrival?) / thinking?),
            Self::Thinking => thinking,
            Self::Waste => score.wasted_tokens.map(f64::from),
            Self::Switches => score.thought_switches.map(f64::from),
        }
    }
}

/// A problem's replies, as far as they are compared.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Asked {
    sums: [Unit; 6],
    /// Whether each reply that was decided is right.
    pub(crate) right: Vec<bool>,
    /// Of each wrong reply with an answer: it is the original's, and the share of the other variants' answers that it is; none
    /// where these are no others than its own problem's.
    pub(crate) recalled: Vec<(Option<bool>, Option<f64>)>,
    /// Mean log10 of the numbers in the text.
    pub(crate) magnitude: Option<f64>,
    /// The numbers in the text.
    pub(crate) numbers: Vec<f64>,
}

impl Asked {
    /// The mean over its samples.
    pub(crate) fn mean(&self, measure: Measure) -> Option<f64> {
        let unit = self.sums[measure as usize];
        (unit.n > 0.0).then(|| unit.sum / unit.n)
    }

    /// A reply of which nothing else is known.
    #[cfg(test)]
    pub(crate) fn answered(&mut self, right: bool) {
        self.sums[Measure::Right as usize].add(f64::from(u8::from(right)));
        self.right.push(right);
    }
}

/// A problem and its variants.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Cluster {
    pub(crate) original: Option<Asked>,
    /// By kind, in the order of their ids.
    pub(crate) variants: BTreeMap<String, Vec<Asked>>,
}

/// One model's replies to originals and variants.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Varied {
    pub(crate) model: String,
    pub(crate) clusters: BTreeMap<String, Cluster>,
}

/// What the table of problems says of one.
struct Known {
    cluster: String,
    variant: String,
    gold: Vec<String>,
    choices: Vec<String>,
    numbers: Vec<f64>,
}

/// Originals and variants of a run.
struct Index {
    problems: BTreeMap<String, Known>,
    /// By cluster: problem ids.
    clusters: BTreeMap<String, Vec<String>>,
}

/// One of these for each model, if there are variants in the run and only of these kinds (all if none is named).
///
/// # Errors
/// A table cannot be read.
pub(crate) fn read(
    problems: &Path,
    scores: &[PathBuf],
    kinds: &[String],
) -> Result<Vec<Varied>, ReportError> {
    if !has_variants(problems)? {
        return Ok(Vec::new());
    }
    let index = Index::read(problems, kinds)?;
    if index.problems.values().all(|known| known.variant == ORIGINAL) {
        return Ok(Vec::new());
    }
    let mut models: Vec<Varied> = Vec::new();
    for path in scores {
        let mut asked: BTreeMap<(String, String), Asked> = BTreeMap::new();
        for score in TableReader::<Score>::open(path)? {
            let score = score?;
            if let Some(known) = index.problems.get(&score.problem_id) {
                let entry = asked.entry((score.model.clone(), score.problem_id.clone())).or_default();
                index.add(entry, known, &score);
            }
        }
        for ((model, id), asked) in asked {
            let Some(known) = index.problems.get(&id) else { continue };
            let place = models.iter().position(|varied| varied.model == model).unwrap_or_else(|| {
                models.push(Varied { model: model.clone(), ..Varied::default() });
                models.len() - 1
            });
            models[place].take(known, asked);
        }
    }
    Ok(models)
}

tables::part! {
    /// Whether a problem is a variant, and no texts.
    struct VariantColumn of Problem {
        variant: Option<String>,
    }
}

fn has_variants(problems: &Path) -> Result<bool, ReportError> {
    for column in TableReader::<VariantColumn>::open(problems)? {
        if column?.variant.is_some_and(|variant| variant != ORIGINAL) {
            return Ok(true);
        }
    }
    Ok(false)
}

impl Varied {
    fn take(&mut self, known: &Known, asked: Asked) {
        let cluster = self.clusters.entry(known.cluster.clone()).or_default();
        if known.variant == ORIGINAL {
            cluster.original = Some(asked);
        } else {
            cluster.variants.entry(known.variant.clone()).or_default().push(asked);
        }
    }

    /// The kinds of variants, sorted.
    pub(crate) fn kinds(&self) -> Vec<&str> {
        let mut kinds: Vec<&str> =
            self.clusters.values().flat_map(|cluster| cluster.variants.keys()).map(String::as_str).collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    }
}

impl Index {
    fn read(problems: &Path, kinds: &[String]) -> Result<Self, ReportError> {
        let mut index = Self { problems: BTreeMap::new(), clusters: BTreeMap::new() };
        for problem in TableReader::<Problem>::open(problems)? {
            let Problem { id, cluster, variant, gold, choices, problem, .. } = problem?;
            let (Some(cluster), Some(variant)) = (cluster, variant) else { continue };
            if variant != ORIGINAL && !kinds.is_empty() && !kinds.contains(&variant) {
                continue;
            }
            index.clusters.entry(cluster.clone()).or_default().push(id.clone());
            let numbers = vary::numbers_in(&problem);
            index.problems.insert(id, Known { cluster, variant, gold, choices, numbers });
        }
        Ok(index)
    }

    fn add(&self, asked: &mut Asked, known: &Known, score: &Score) {
        for measure in Measure::ALL {
            if let Some(value) = measure.of(score) {
                asked.sums[measure as usize].add(value);
            }
        }
        asked.right.extend(score.correct);
        if asked.numbers.is_empty() {
            asked.numbers.clone_from(&known.numbers);
            asked.magnitude = mean_log(&known.numbers);
        }
        if let (Some(false), Some(given)) = (score.correct, &score.extracted)
            && known.variant != ORIGINAL
        {
            asked.recalled.push(self.recalled(known, given));
        }
    }

    /// Whether a wrong answer is the original's, and how often it is that of another variant.
    fn recalled(&self, known: &Known, given: &str) -> (Option<bool>, Option<f64>) {
        let ids = self.clusters.get(&known.cluster).into_iter().flatten();
        let siblings: Vec<&Known> = ids.filter_map(|id| self.problems.get(id)).collect();
        let is_same = |one: &Known, other: &Known| same(&one.gold, &other.gold, &known.choices);
        let hit = |sibling: &Known| is_answer(&sibling.gold, given, &known.choices);
        let original = siblings.iter().find(|sibling| sibling.variant == ORIGINAL);
        let original = original.filter(|original| !is_same(original, known));
        let mut others = Unit::default();
        for sibling in
            siblings.iter().filter(|sibling| sibling.variant != ORIGINAL && !is_same(sibling, known))
        {
            // An answer that is the original's too says nothing of chance.
            if original.is_none_or(|original| !is_same(original, sibling)) {
                others.add(f64::from(u8::from(hit(sibling))));
            }
        }
        let old = original.map(|original| hit(original));
        (old, (others.n > 0.0).then(|| others.sum / others.n))
    }
}

fn is_answer(gold: &[String], given: &str, choices: &[String]) -> bool {
    compare_any(gold, given, choices, &Policy::default()).outcome == Outcome::Equal
}

fn same(one: &[String], other: &[String], choices: &[String]) -> bool {
    other.iter().any(|answer| is_answer(one, answer, choices))
}

fn mean_log(numbers: &[f64]) -> Option<f64> {
    let logs: Vec<f64> =
        numbers.iter().filter(|number| **number > 0.0).map(|number| number.log10()).collect();
    (!logs.is_empty()).then(|| logs.iter().sum::<f64>() / logs.len() as f64)
}
