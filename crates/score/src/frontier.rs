//! What accuracy costs: the ways to answer of all models beside each other, and which of them are worth their cost.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use stage::Observer;
use stats::{
    Draws, Kind, OperatingPoint as Place, Unit, frontier_shares, holm, mean_interval, permutation,
    share_interval,
};
use tables::{MetricValue, OperatingPoint, Provenance, TableWriter};

use crate::natural_sort::Natural;
use crate::points::{Asked, Point, Points, Spent, is_single, points};
use crate::scores::Scores;
use crate::{Bootstrap, ScoreConfig, ScoreError};

/// What a point is held against.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cost {
    /// Tokens that are generated, and those that a verifier reads and writes; where none is asked, these are the generated ones.
    #[default]
    Spent,
    /// Tokens that are generated.
    Generated,
    /// Tokens that one waits for.
    Waiting,
    /// Money.
    Money,
}

impl Cost {
    /// Every cost.
    pub const ALL: [Self; 4] = [Self::Spent, Self::Generated, Self::Waiting, Self::Money];

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Spent => "spent",
            Self::Generated => "generated",
            Self::Waiting => "waiting",
            Self::Money => "money",
        }
    }

    fn of(self, spent: &Spent) -> Option<f64> {
        match self {
            Self::Spent => spent.tokens.zip(spent.verifier).map(|(own, verifier)| own + verifier),
            Self::Generated => spent.tokens,
            Self::Waiting => spent.waiting,
            Self::Money => spent.money,
        }
    }
}

/// A model whose ways to answer are held against each other and against those of others.
#[derive(Clone, Debug)]
pub struct Contender<S> {
    /// What it is called; what its scores say where nothing is given.
    pub called: Option<String>,
    /// How it was scored: which ways there are.
    pub config: ScoreConfig,
    /// Its scores.
    pub scores: S,
}

/// The operating points of all models: of each dataset, over all problems and of each group. Each model has the ways of its own
/// configuration; what is drawn at random is drawn as the first one's says.
///
/// All points of a dataset are taken over the same problems, those that every model has a graded reply to.
///
/// # Errors
/// See [`ScoreError`].
pub fn frontier(
    models: &[Contender<impl Scores>],
    cost: Cost,
    observer: &dyn Observer,
) -> Result<Vec<OperatingPoint>, ScoreError> {
    let mut collections: BTreeMap<Natural, Collection> = BTreeMap::new();
    for Contender { called, config, scores } in models {
        let Points { problems, points } = points(config, scores, observer)?;
        for (at, asked) in problems.iter().enumerate() {
            let collection = collections.entry(Natural(asked.dataset.clone())).or_default();
            collection.add(called.as_deref().unwrap_or(&asked.model), asked, &points, at);
        }
    }
    let asked = collections.values().any(Collection::asks_verifiers);
    let cost = if cost == Cost::Spent && !asked { Cost::Generated } else { cost };
    let Bootstrap { resamples, seed } =
        models.first().map(|model| model.config.bootstrap).unwrap_or_default();
    let draws = Draws { resamples, seed };
    let rows = |(dataset, collection): (Natural, Collection)| collection.rows(&dataset.0, cost, draws);
    Ok(collections.into_iter().flat_map(rows).collect())
}

/// Writes the points of the scores of all models into one table, held against the tokens that they take.
pub(crate) fn write(
    config: &ScoreConfig,
    scores: &[PathBuf],
    out: &Path,
    provenance: Provenance,
    observer: &dyn Observer,
) -> Result<(), ScoreError> {
    let model = |path: &PathBuf| Contender { called: None, config: config.clone(), scores: path.clone() };
    let models: Vec<_> = scores.iter().map(model).collect();
    let rows = frontier(&models, Cost::default(), observer)?;
    let mut writer = TableWriter::create(out, &provenance)?;
    rows.into_iter().try_for_each(|row| writer.push(row))?;
    writer.finish()?;
    Ok(())
}

/// One problem and what each way of each model spends on it.
#[derive(Default)]
struct Problem {
    subset: String,
    /// It is drawn together with all others of this name.
    unit: String,
    spent: BTreeMap<usize, Spent>,
}

/// The problems of one dataset.
#[derive(Default)]
struct Collection {
    /// Model and rule of each way, in the order of the models and of the figures.
    ways: Vec<(String, String)>,
    problems: BTreeMap<String, Problem>,
}

impl Collection {
    /// Adds a problem of a model, the `at`th of its points. The ways of a model stand together.
    fn add(&mut self, model: &str, asked: &Asked, points: &[Point], at: usize) {
        let last = self.ways.iter().rposition(|(known, _)| known == model);
        let first = last.map_or(self.ways.len(), |last| last + 1 - points.len());
        if last.is_none() {
            self.ways.extend(points.iter().map(|point| (model.to_owned(), point.rule.clone())));
        }
        let problem = self.problems.entry(asked.problem_id.clone()).or_default();
        problem.subset.clone_from(&asked.subset);
        problem.unit.clone_from(asked.cluster.as_ref().unwrap_or(&asked.problem_id));
        let spent = points.iter().enumerate();
        problem.spent.extend(spent.filter_map(|(way, point)| Some((first + way, point.problems[at]?))));
    }

    /// Some way takes a verifier's tokens, as far as anybody knows.
    fn asks_verifiers(&self) -> bool {
        let mut spent = self.problems.values().flat_map(|problem| problem.spent.values());
        spent.any(|spent| spent.verifier.is_some_and(|tokens| tokens > 0.0))
    }

    fn rows(self, dataset: &str, cost: Cost, draws: Draws) -> Vec<OperatingPoint> {
        let single: Vec<usize> = (0..self.ways.len()).filter(|way| is_single(&self.ways[*way].1)).collect();
        let shared = |problem: &&Problem| single.iter().all(|way| problem.spent.contains_key(way));
        let all: Vec<&Problem> = self.problems.values().collect();
        let mut groups: BTreeMap<Natural, Vec<&Problem>> = BTreeMap::new();
        for problem in all.iter().filter(|problem| !problem.subset.is_empty()) {
            groups.entry(Natural(problem.subset.clone())).or_default().push(problem);
        }
        let several = groups.len() > 1;
        let groups = groups.into_iter().filter(|_| several).map(|(name, problems)| (name.0, problems));
        let groups = groups.chain([(MetricValue::OVERALL.to_owned(), all)]);
        let rows = |(subset, asked): (String, Vec<&Problem>)| {
            let problems: Vec<&Problem> = asked.iter().copied().filter(shared).collect();
            let label = OperatingPoint {
                dataset: dataset.to_owned(),
                subset,
                asked: asked.len() as u64,
                problems: problems.len() as u64,
                cost: cost.word().to_owned(),
                ..OperatingPoint::default()
            };
            Group { ways: &self.ways, units: units(&problems), problems, cost, draws }.rows(&label)
        };
        groups.flat_map(rows).collect()
    }
}

/// Problems over which the points are compared.
struct Group<'a> {
    ways: &'a [(String, String)],
    problems: Vec<&'a Problem>,
    /// The places of problems that are drawn together.
    units: Vec<Vec<usize>>,
    cost: Cost,
    draws: Draws,
}

/// The places of the problems of each cluster, in the order in which these first come; a problem of none is one by itself.
fn units(problems: &[&Problem]) -> Vec<Vec<usize>> {
    let mut known: BTreeMap<&str, usize> = BTreeMap::new();
    let mut units: Vec<Vec<usize>> = Vec::new();
    for (at, problem) in problems.iter().enumerate() {
        let unit = *known.entry(&problem.unit).or_insert(units.len());
        match units.get_mut(unit) {
            Some(unit) => unit.push(at),
            None => units.push(vec![at]),
        }
    }
    units
}

impl Group<'_> {
    fn rows(&self, label: &OperatingPoint) -> Vec<OperatingPoint> {
        let mut rows: Vec<OperatingPoint> = (0..self.ways.len()).map(|way| self.row(way, label)).collect();
        // What misses a problem is no part of the frontier: its mean is over other problems.
        let known = (0..rows.len()).filter_map(|way| Some((way, self.places(way)?)));
        let (whole, places): (Vec<usize>, Vec<Vec<Place>>) = known.unzip();
        let means: Vec<Place> = places.iter().map(|places| mean(places)).collect();
        let shares = frontier_shares(&places, &self.units, self.draws);
        for (at, on) in stats::frontier(&means).into_iter().enumerate() {
            let row = &mut rows[whole[at]];
            row.undominated = Some(on);
            row.on_frontier = shares.as_ref().map(|shares| shares[at]);
        }
        if label.subset == MetricValue::OVERALL {
            self.behind_best(&mut rows, &whole, &places, &means);
        }
        rows
    }

    /// How far each is behind the most accurate one, of equals the cheapest.
    fn behind_best(
        &self,
        rows: &mut [OperatingPoint],
        whole: &[usize],
        places: &[Vec<Place>],
        means: &[Place],
    ) {
        let order = |a: &&Place, b: &&Place| a.right.total_cmp(&b.right).then(b.cost.total_cmp(&a.cost));
        let Some((best, _)) = means.iter().enumerate().max_by(|a, b| order(&a.1, &b.1)) else { return };
        let behind = |other: &Vec<Place>| -> Vec<Unit> {
            self.together(|at| Some(of_one(places[best][at].right - other[at].right)))
        };
        let test = |at: usize| (at != best).then(|| permutation(&behind(&places[at]), self.draws.seed));
        let chances = holm(&(0..places.len()).map(test).collect::<Vec<_>>());
        for ((way, mean), chance) in whole.iter().zip(means).zip(chances) {
            rows[*way].behind = Some(means[best].right - mean.right);
            rows[*way].behind_p = chance;
        }
    }

    /// Where each problem lies; none where a cost or a value is unknown.
    fn places(&self, way: usize) -> Option<Vec<Place>> {
        let place = |problem: &&Problem| {
            let spent = problem.spent.get(&way)?;
            Some(Place { cost: self.cost.of(spent)?, right: spent.credit })
        };
        self.problems.iter().map(place).collect::<Option<Vec<_>>>().filter(|places| !places.is_empty())
    }

    fn row(&self, way: usize, label: &OperatingPoint) -> OperatingPoint {
        let spent: Vec<&Spent> = self.problems.iter().filter_map(|problem| problem.spent.get(&way)).collect();
        let (model, rule) = self.ways[way].clone();
        let of_problem = |at: usize| self.problems[at].spent.get(&way);
        let units = self.together(|at| of_problem(at).map(unit));
        let replies = spent.iter().map(|spent| spent.replies).sum();
        let accuracy = share_interval(&units, replies).ok();
        let tokens = self.together(|at| of_problem(at)?.tokens.map(of_one));
        let generated = known(&spent, |spent| spent.tokens)
            .and_then(|_| mean_interval(Kind::Amount, &tokens, self.draws).ok());
        let of = |of: fn(&Spent) -> Option<f64>| known(&spent, of).and_then(|values| average(&values));
        OperatingPoint {
            model,
            rule,
            samples: of(|spent| Some(spent.samples)),
            missing: (self.problems.len() - spent.len()) as u64,
            accuracy: ratio(&units),
            low: accuracy.map(|interval| interval.low),
            high: accuracy.map(|interval| interval.high),
            generated_tokens: of(|spent| spent.tokens),
            generated_low: generated.map(|interval| interval.low),
            generated_high: generated.map(|interval| interval.high),
            prompt_tokens: of(|spent| spent.prompt),
            verifier_tokens: of(|spent| spent.verifier),
            waiting_tokens: of(|spent| spent.waiting),
            money: of(|spent| spent.money),
            drawn: spent.iter().any(|spent| spent.drawn),
            ..label.clone()
        }
    }

    /// What the problems that are drawn together come to, of those that have a value.
    fn together(&self, of_problem: impl Fn(usize) -> Option<Unit>) -> Vec<Unit> {
        let add = |sum: Option<Unit>, one: Unit| {
            Some(sum.map_or(one, |sum| Unit { sum: sum.sum + one.sum, n: sum.n + one.n }))
        };
        let one = |places: &Vec<usize>| places.iter().filter_map(|at| of_problem(*at)).fold(None, add);
        self.units.iter().filter_map(one).collect()
    }
}

fn of_one(value: f64) -> Unit {
    Unit { sum: value, n: 1.0 }
}

/// A problem with all replies behind its chance, as the figure of the same name counts them.
fn unit(spent: &Spent) -> Unit {
    Unit { sum: spent.credit * spent.weight, n: spent.weight }
}

fn ratio(units: &[Unit]) -> Option<f64> {
    let (sum, n) = units.iter().fold((0.0, 0.0), |(sum, n), unit| (sum + unit.sum, n + unit.n));
    (n > 0.0).then(|| sum / n)
}

/// A value of every one; none where it is unknown of one.
fn known(spent: &[&Spent], of: impl Fn(&Spent) -> Option<f64>) -> Option<Vec<f64>> {
    spent.iter().map(|spent| of(spent)).collect()
}

fn average(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

fn mean(places: &[Place]) -> Place {
    let n = places.len() as f64;
    let (cost, right) =
        places.iter().fold((0.0, 0.0), |(cost, right), place| (cost + place.cost, right + place.right));
    Place { cost: cost / n, right: right / n }
}

#[cfg(test)]
#[path = "frontier_tests.rs"]
mod tests;
