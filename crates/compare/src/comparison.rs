//! The comparison itself: every other model run against the baseline.

use serde::Serialize;
use stats::{Draws, Interval, Kind, Missing, Pairs, Power, holm, mean_interval, power, share_difference};
use tables::{Better, Unit};

use crate::deviation::{Aspect, Deviation};
use crate::efficiency::{Efficiency, efficiencies};
use crate::error::CompareError;
use crate::measures::{self, Measure};
use crate::model_run::ModelRun;
use crate::pairing::Pairing;
use crate::pairs::{Unpaired, Values, pairs};
use crate::setup::deviations;

/// Two differences are told apart from chance at this corrected p-value.
pub(crate) const LEVEL: f64 = 0.05;

/// What is compared, and how.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Names of measures; empty for the six usual ones, `all` for every one.
    pub measures: Vec<String>,
    /// The label of the model run that the others are compared with; the first unless named.
    pub baseline: Option<String>,
    /// Differences in these do not forbid the comparison.
    pub allowed: Vec<Aspect>,
    /// Draws of the bootstrap.
    pub resamples: u32,
    /// Seed of bootstrap and permutations.
    pub seed: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { measures: Vec::new(), baseline: None, allowed: Vec::new(), resamples: 2000, seed: 0 }
    }
}

impl Settings {
    fn draws(&self) -> Draws {
        Draws { resamples: self.resamples, seed: self.seed }
    }
}

/// Every model run against the baseline.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparisons {
    /// The baseline's label.
    pub baseline: String,
    /// One for each other model run.
    #[serde(rename = "contests")]
    pub others: Vec<Comparison>,
    /// Seed and draws, so that anybody can repeat it.
    pub seed: u64,
    /// Draws of the bootstrap.
    pub resamples: u32,
}

/// One model run against the baseline.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// The other's label.
    pub other: String,
    /// What is paired with what.
    pub pairing: Pairing,
    /// Replies of the baseline and of the other to problems that both have.
    pub replies: [u64; 2],
    /// One for each measure.
    pub rows: Vec<Row>,
    /// What the tokens of both buy, by group of problems; empty where accuracy is not compared.
    pub efficiency: Vec<Efficiency>,
    /// Replies without a counterpart.
    pub unpaired: Unpaired,
    /// What was set up differently.
    pub deviations: Vec<Deviation>,
}

/// What can be said of a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The other does better.
    Better,
    /// The other does worse.
    Worse,
    /// They differ, and neither way is the better one.
    Differs,
    /// It may be chance.
    Tied,
    /// Too few pairs to say anything.
    Unknown,
}

impl Outcome {
    /// The word for people.
    pub fn word(self) -> &'static str {
        match self {
            Self::Better => "better",
            Self::Worse => "worse",
            Self::Differs => "differs",
            Self::Tied => "tied",
            Self::Unknown => "–",
        }
    }
}

/// One measure of one comparison.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// The measure's name.
    pub measure: String,
    /// Its name for people.
    pub title: String,
    /// What it counts.
    pub unit: Unit,
    /// Which way is better.
    pub better: Better,
    /// Pairs in which both have a value: of replies, or of means over the replies to a problem.
    pub pairs: u64,
    /// Problems that they belong to.
    pub problems: u64,
    /// Pairs in which one or both have none.
    pub left_out: u64,
    /// The baseline's mean over the pairs.
    pub baseline: Option<f64>,
    /// The other's mean over the pairs.
    pub other: Option<f64>,
    /// Mean of other − baseline.
    pub difference: Option<f64>,
    /// Lower end of its 95 % interval.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// How the interval was made, or why there is none.
    pub interval: String,
    /// `mcnemar` or `permutation`.
    pub test: &'static str,
    /// The test's p-value, uncorrected.
    pub p: Option<f64>,
    /// Corrected after Holm over the measures.
    pub p_holm: Option<f64>,
    /// What can be said.
    pub outcome: Outcome,
    /// The smallest difference that as many problems would show in four of five runs.
    pub detectable: Option<f64>,
    /// How many more problems it would take to show a difference as large as the one seen, in four of five runs; 0
    /// when there are enough.
    pub more_problems: Option<u64>,
}

/// Compares every model run with the baseline.
pub fn compare(model_runs: &[ModelRun], settings: &Settings) -> Result<Comparisons, CompareError> {
    let baseline = baseline(model_runs, settings)?;
    let measures = measures::chosen(&settings.measures)?;
    let own = Values::read(&model_runs[baseline], &measures)?;
    let others = model_runs.iter().enumerate().filter(|(at, _)| *at != baseline);
    let comparison = |(_, other): (usize, &ModelRun)| {
        Comparison::between(&model_runs[baseline], &own, other, &measures, settings)
    };
    Ok(Comparisons {
        baseline: model_runs[baseline].label.clone(),
        others: others.map(comparison).collect::<Result<_, _>>()?,
        seed: settings.seed,
        resamples: settings.resamples,
    })
}

fn baseline(model_runs: &[ModelRun], settings: &Settings) -> Result<usize, CompareError> {
    if let [only] = model_runs {
        return Err(CompareError::Alone { only: only.label.clone() });
    }
    let Some(name) = &settings.baseline else { return Ok(0) };
    let named =
        model_runs.iter().position(|one| one.label == *name || one.model == *name || one.run == *name);
    named.ok_or_else(|| CompareError::NoBaseline {
        name: name.clone(),
        known: model_runs.iter().map(|one| one.label.as_str()).collect::<Vec<_>>().join(", "),
    })
}

impl Comparison {
    fn between(
        baseline: &ModelRun,
        own: &Values,
        other: &ModelRun,
        measures: &[Measure],
        settings: &Settings,
    ) -> Result<Self, CompareError> {
        let (first, second) = (baseline.label.clone(), other.label.clone());
        let (forbidding, said) = deviations(baseline, other, &settings.allowed)?;
        if !forbidding.is_empty() {
            return Err(CompareError::Deviates { first, second, deviations: forbidding });
        }
        let values = Values::read(other, measures)?;
        let pairing = Pairing::of(baseline, other);
        let unpaired = Unpaired::between(own, &values, pairing);
        let replies =
            [own.replies.len() - unpaired.baseline.len(), values.replies.len() - unpaired.other.len()];
        if replies.contains(&0) {
            return Err(CompareError::NoPairs { first, second });
        }
        let row =
            |(at, measure): (usize, &Measure)| Row::of(*measure, &pairs(own, &values, at, pairing), settings);
        let mut rows: Vec<Row> = measures.iter().enumerate().map(row).collect();
        if settings.measures.iter().any(|name| name == measures::ALL) {
            // Figures over whole problems, and what nobody looked for, have no pairs to tell anything by.
            rows.retain(|row| row.pairs > 0);
        }
        correct(&mut rows);
        let replies = replies.map(|count| count as u64);
        let efficiency = match rows.iter().any(|row| row.measure == "accuracy") {
            true => efficiencies(&own.means, &values.means, settings.draws()),
            false => Vec::new(),
        };
        Ok(Self { other: second, pairing, replies, rows, efficiency, unpaired, deviations: said })
    }
}

/// Several measures are several chances to be lucky.
pub(crate) fn correct(rows: &mut [Row]) {
    let p: Vec<Option<f64>> = rows.iter().map(|row| row.p).collect();
    for (row, corrected) in rows.iter_mut().zip(holm(&p)) {
        row.p_holm = corrected;
        row.outcome = outcome(row);
    }
}

pub(crate) fn outcome(row: &Row) -> Outcome {
    let (Some(p), Some(difference)) = (row.p_holm, row.difference) else { return Outcome::Unknown };
    if p > LEVEL || difference == 0.0 {
        Outcome::Tied
    } else {
        match (row.better, difference > 0.0) {
            (Better::Neither, _) => Outcome::Differs,
            (Better::More, true) | (Better::Less, false) => Outcome::Better,
            (Better::More, false) | (Better::Less, true) => Outcome::Worse,
        }
    }
}

/// A difference of shares is one of bounded values; other differences lie anywhere.
fn interval(measure: Measure, units: &[stats::Unit], settings: &Settings) -> Result<Interval, Missing> {
    match score::kind_of(measure.term().unit) {
        Kind::Share => share_difference(units),
        _ => mean_interval(Kind::Signed, units, settings.draws()),
    }
}

impl Row {
    pub(crate) fn of(measure: Measure, pairs: &Pairs, settings: &Settings) -> Self {
        let term = measure.term();
        let means = pairs.means();
        let found = interval(measure, &pairs.units, settings);
        let power = power(&pairs.units);
        let problems = pairs.units.len() as u64;
        let more = |power: Power| power.needed.map(|needed| needed.saturating_sub(problems));
        let test = pairs.test(term.name == "accuracy", settings.seed);
        Self {
            measure: term.name.to_owned(),
            title: term.title.to_owned(),
            unit: term.unit,
            better: term.better,
            pairs: pairs.n,
            problems,
            left_out: pairs.left_out,
            baseline: means.map(|means| means[0]),
            other: means.map(|means| means[1]),
            difference: means.map(|means| means[1] - means[0]),
            low: found.ok().map(|found| found.low),
            high: found.ok().map(|found| found.high),
            interval: found.map_or_else(|missing| missing.to_string(), |found| found.method.to_string()),
            test: test.name,
            p: test.p,
            p_holm: None,
            outcome: Outcome::Unknown,
            detectable: power.map(|power| power.detectable),
            more_problems: power.and_then(more),
        }
    }
}
