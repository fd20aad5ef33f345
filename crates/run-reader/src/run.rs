//! The folder of a run and the tables of its models.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use stage::{RunLayout, Table, table};
use tables::{
    Generation, Judgment, Key, Keyed, Lookup, MetricValue, Problem, Score, Split, TableReader, Tree, part,
};

use crate::error::RunReaderError;
use crate::trace::Trace;

/// A finished run.
pub struct Run {
    folder: PathBuf,
    problems: Lookup<Problem>,
    places: HashMap<String, u64>,
    models: Vec<RunModel>,
}

/// One model of a run.
pub struct RunModel {
    /// Its name in the pipeline.
    pub name: String,
    folder: PathBuf,
    generations: Lookup<Generation>,
    splits: Lookup<Split>,
    judgments: Lookup<Judgment>,
    scores: Lookup<Score>,
    /// Where a search grew them: a row a problem, in their order.
    trees: Option<Lookup<Tree>>,
}

part! {
    /// Of a problem, its name alone.
    struct ProblemId of Problem { id: String }
}
part! {
    /// Of a figure, its model alone.
    struct MetricModel of MetricValue { model: String }
}
part! {
    /// Of a score, its model alone.
    struct ScoreModel of Score { model: String }
}

impl Run {
    /// Opens a run's tables; reads no trace yet.
    pub fn open(folder: &Path) -> Result<Self, RunReaderError> {
        // A folder that is no run has nothing to list.
        let is_run = RunLayout::new(folder).of_run(table::PROBLEMS).is_file();
        let models = if is_run { model_folders(folder)? } else { Vec::new() };
        Self::of_models(folder, &models)
    }

    /// Opens the tables of some models of a run; what else lies in its folder does not matter.
    pub fn of_models(folder: &Path, models: &[PathBuf]) -> Result<Self, RunReaderError> {
        let layout = RunLayout::new(folder);
        let path = layout.of_run(table::PROBLEMS);
        let no_run =
            |missing: Table| RunReaderError::NoRun { folder: folder.to_owned(), missing: missing.file };
        if !path.is_file() {
            return Err(no_run(table::PROBLEMS));
        }
        let mut places = HashMap::new();
        for (place, problem) in TableReader::<ProblemId>::open(&path)?.enumerate() {
            places.insert(problem?.id, place as u64);
        }
        let mut models = models.iter().map(|path| RunModel::open(path)).collect::<Result<Vec<_>, _>>()?;
        if models.is_empty() {
            return Err(no_run(table::SCORES));
        }
        let order = measured_order(&layout.of_run(table::METRICS))?;
        models.sort_by_key(|model| order.get(&model.name).copied().unwrap_or(order.len()));
        Ok(Self { folder: folder.to_owned(), problems: Lookup::open(&path)?, places, models })
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The models, in the order in which the report shows them.
    pub fn models(&self) -> &[RunModel] {
        &self.models
    }

    /// The trace at a place of a model's tables.
    pub fn trace(&self, model: usize, place: u64) -> Result<Option<Trace>, RunReaderError> {
        Ok(self.traces(model, &[place])?.pop())
    }

    /// The traces at rising places of a model's tables, in one pass over each; places behind the end give nothing.
    pub fn traces(&self, model: usize, places: &[u64]) -> Result<Vec<Trace>, RunReaderError> {
        let Some(model) = self.models.get(model) else { return Ok(Vec::new()) };
        let scores = model.scores.rows(places)?;
        let problems = self.problems_of(&scores)?;
        let mut generations = model.generations.rows(places)?.into_iter();
        let mut splits = model.splits.rows(places)?.into_iter();
        let mut judgments = model.judgments.rows(places)?.into_iter();
        let mut traces: Vec<Trace> = Vec::with_capacity(scores.len());
        for (row, score) in places.iter().zip(scores) {
            let torn = |path: PathBuf| RunReaderError::Torn { path, row: *row };
            let own = |table: Table| torn(model.folder.join(table.file));
            let key = score.key();
            let generation = of(&key, generations.next()).ok_or_else(|| own(table::GENERATIONS))?;
            let split = of(&key, splits.next()).ok_or_else(|| own(table::SPLITS))?;
            let judgment = of(&key, judgments.next()).ok_or_else(|| own(table::JUDGMENTS))?;
            let problem = problems.get(&key.problem_id);
            let problem = problem.ok_or_else(|| torn(self.folder.join(table::PROBLEMS.file)))?;
            let problem = problem.asked(generation.permutation.as_deref()).into_owned();
            let trace = Trace::of(problem, generation, &split, judgment, score);
            let trace = trace.ok_or_else(|| own(table::SPLITS))?;
            let before = traces.last().filter(|before| before.problem.id == key.problem_id);
            let tree = match before {
                Some(before) => before.tree.clone(),
                None => self.tree(model, &key.problem_id)?.map(Arc::new),
            };
            traces.push(Trace { tree, ..trace });
        }
        Ok(traces)
    }

    /// The tree of a problem; none where there is none of just this one.
    fn tree(&self, model: &RunModel, problem_id: &str) -> Result<Option<Tree>, RunReaderError> {
        let (Some(trees), Some(place)) = (&model.trees, self.places.get(problem_id)) else { return Ok(None) };
        let tree = trees.row(*place)?;
        Ok(tree.filter(|tree| tree.problem_id == problem_id))
    }

    fn problems_of(&self, scores: &[Score]) -> Result<HashMap<String, Problem>, RunReaderError> {
        let mut places: Vec<u64> =
            scores.iter().filter_map(|score| self.places.get(&score.problem_id)).copied().collect();
        places.sort_unstable();
        places.dedup();
        let problems = self.problems.rows(&places)?;
        Ok(problems.into_iter().map(|problem| (problem.id.clone(), problem)).collect())
    }
}

impl RunModel {
    fn open(folder: &Path) -> Result<Self, RunReaderError> {
        let scores = folder.join(table::SCORES.file);
        let first = TableReader::<ScoreModel>::open(&scores)?.next().transpose()?;
        let stem = || folder.file_name().unwrap_or(folder.as_os_str()).to_string_lossy().into_owned();
        Ok(Self {
            name: first.map_or_else(stem, |score| score.model),
            generations: Lookup::open(&folder.join(table::GENERATIONS.file))?,
            splits: Lookup::open(&folder.join(table::SPLITS.file))?,
            judgments: Lookup::open(&folder.join(table::JUDGMENTS.file))?,
            scores: Lookup::open(&scores)?,
            trees: Some(folder.join(table::TREES.file))
                .filter(|path| path.is_file())
                .map(|path| Lookup::open(&path))
                .transpose()?,
            folder: folder.to_owned(),
        })
    }

    /// Its table of scores.
    pub(crate) fn scores(&self) -> PathBuf {
        self.folder.join(table::SCORES.file)
    }
}

/// The folders of a run's models: those that hold scores.
///
/// # Errors
/// A folder that cannot be listed.
pub fn model_folders(folder: &Path) -> Result<Vec<PathBuf>, RunReaderError> {
    let unreadable = |source| RunReaderError::Unreadable { folder: folder.to_owned(), source };
    RunLayout::new(folder).models_with(table::SCORES).map_err(unreadable)
}

/// A row that belongs to this reply.
fn of<R: Keyed>(key: &Key, row: Option<R>) -> Option<R> {
    row.filter(|row| row.key() == *key)
}

/// The place of each model in the order in which they were measured; while there are no figures, any order will do.
fn measured_order(metrics: &Path) -> Result<HashMap<String, usize>, RunReaderError> {
    let mut order = HashMap::new();
    if metrics.is_file() {
        for metric in TableReader::<MetricModel>::open(metrics)? {
            let next = order.len();
            order.entry(metric?.model).or_insert(next);
        }
    }
    Ok(order)
}
