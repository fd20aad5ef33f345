//! The folder of a run and the tables of its models.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use arrow::datatypes::{DataType, Field};
use serde::{Deserialize, Serialize};
use tables::{Generation, Judgment, Keyed, Lookup, Metric, Problem, Row, Score, Split, TableReader};

use crate::error::ReadingError;
use crate::trace::Trace;

const PROBLEMS: &str = "problems.parquet";
const SCORES: &str = "scores.parquet";
const METRICS: &str = "metrics.parquet";

/// A finished run.
pub struct Run {
    folder: PathBuf,
    problems: Lookup<Problem>,
    places: HashMap<String, u64>,
    models: Vec<Model>,
}

/// One model of a run.
pub struct Model {
    /// Its name in the pipeline.
    pub name: String,
    folder: PathBuf,
    generations: Lookup<Generation>,
    splits: Lookup<Split>,
    judgments: Lookup<Judgment>,
    scores: Lookup<Score>,
}

/// Of a problem, its name alone.
#[derive(Default, Serialize, Deserialize)]
struct Named {
    id: String,
}

impl Row for Named {
    const NAME: &'static str = Problem::NAME;
    const VERSION: u32 = Problem::VERSION;

    fn fields() -> Vec<Field> {
        vec![Field::new("id", DataType::Utf8, false)]
    }
}

impl Run {
    /// Opens a run's tables; reads no trace yet.
    pub fn open(folder: &Path) -> Result<Self, ReadingError> {
        // A folder that is no run has nothing to list.
        let models = if folder.join(PROBLEMS).is_file() { model_folders(folder)? } else { Vec::new() };
        Self::of_models(folder, &models)
    }

    /// Opens the tables of some models of a run; what else lies in its folder does not matter.
    pub fn of_models(folder: &Path, models: &[PathBuf]) -> Result<Self, ReadingError> {
        let path = folder.join(PROBLEMS);
        let no_run = |missing| ReadingError::NoRun { folder: folder.to_owned(), missing };
        if !path.is_file() {
            return Err(no_run(PROBLEMS));
        }
        let mut places = HashMap::new();
        for (place, problem) in TableReader::<Named>::open(&path)?.enumerate() {
            places.insert(problem?.id, place as u64);
        }
        let mut models = models.iter().map(|path| Model::open(path)).collect::<Result<Vec<_>, _>>()?;
        if models.is_empty() {
            return Err(no_run(SCORES));
        }
        let order = measured_order(&folder.join(METRICS));
        models.sort_by_key(|model| order.iter().position(|name| *name == model.name).unwrap_or(order.len()));
        Ok(Self { folder: folder.to_owned(), problems: Lookup::open(&path)?, places, models })
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The models, in the order in which the report shows them.
    pub fn models(&self) -> &[Model] {
        &self.models
    }

    /// A problem by its id.
    pub fn problem(&self, id: &str) -> Result<Option<Problem>, ReadingError> {
        match self.places.get(id) {
            Some(place) => Ok(self.problems.row(*place)?),
            None => Ok(None),
        }
    }

    /// The trace at a place of a model's tables.
    pub fn trace(&self, model: usize, place: u64) -> Result<Option<Trace>, ReadingError> {
        let Some(model) = self.models.get(model) else { return Ok(None) };
        let Some(score) = model.scores.row(place)? else { return Ok(None) };
        let key = score.key();
        let torn = |name: &str| ReadingError::Torn { path: model.folder.join(name), place };
        let fits = |found: Option<tables::Key>, name: &str| {
            if found.as_ref() == Some(&key) { Ok(()) } else { Err(torn(name)) }
        };
        let generation = model.generations.row(place)?;
        fits(generation.as_ref().map(Keyed::key), "generations.parquet")?;
        let split = model.splits.row(place)?;
        fits(split.as_ref().map(Keyed::key), "splits.parquet")?;
        let judgment = model.judgments.row(place)?;
        fits(judgment.as_ref().map(Keyed::key), "judgments.parquet")?;
        let problem = self.problem(&key.problem_id)?.ok_or_else(|| torn(PROBLEMS))?;
        let (Some(generation), Some(split), Some(judgment)) = (generation, split, judgment) else {
            return Ok(None);
        };
        Ok(Some(Trace::of(problem, generation, &split, judgment, score)))
    }
}

impl Run {
    /// The traces at rising places of a model's tables, in one pass over each.
    pub fn traces(&self, model: usize, places: &[u64]) -> Result<Vec<Trace>, ReadingError> {
        let Some(model) = self.models.get(model) else { return Ok(Vec::new()) };
        let scores = model.scores.rows(places)?;
        let problems = self.problems_of(&scores)?;
        let own = |name: &str| model.folder.join(name);
        let torn = |name: &str, at: usize| ReadingError::Torn {
            path: own(name),
            place: places.get(at).copied().unwrap_or_default(),
        };
        let mut generations = model.generations.rows(places)?.into_iter();
        let mut splits = model.splits.rows(places)?.into_iter();
        let mut judgments = model.judgments.rows(places)?.into_iter();
        let mut traces = Vec::with_capacity(scores.len());
        for (at, score) in scores.into_iter().enumerate() {
            let key = score.key();
            let generation = generations.next().filter(|row| row.key() == key);
            let generation = generation.ok_or_else(|| torn("generations.parquet", at))?;
            let split = splits.next().filter(|row| row.key() == key);
            let split = split.ok_or_else(|| torn("splits.parquet", at))?;
            let judgment = judgments.next().filter(|row| row.key() == key);
            let judgment = judgment.ok_or_else(|| torn("judgments.parquet", at))?;
            let problem = problems.get(&key.problem_id).cloned().ok_or_else(|| torn(PROBLEMS, at))?;
            traces.push(Trace::of(problem, generation, &split, judgment, score));
        }
        Ok(traces)
    }

    fn problems_of(&self, scores: &[Score]) -> Result<HashMap<String, Problem>, ReadingError> {
        let mut places: Vec<u64> =
            scores.iter().filter_map(|score| self.places.get(&score.problem_id)).copied().collect();
        places.sort_unstable();
        places.dedup();
        let problems = self.problems.rows(&places)?;
        Ok(problems.into_iter().map(|problem| (problem.id.clone(), problem)).collect())
    }
}

impl Model {
    fn open(folder: &Path) -> Result<Self, ReadingError> {
        let scores = folder.join(SCORES);
        let first = TableReader::<Score>::open(&scores)?.next().transpose()?;
        let stem = || folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(Self {
            name: first.map_or_else(stem, |score| score.model),
            generations: Lookup::open(&folder.join("generations.parquet"))?,
            splits: Lookup::open(&folder.join("splits.parquet"))?,
            judgments: Lookup::open(&folder.join("judgments.parquet"))?,
            scores: Lookup::open(&scores)?,
            folder: folder.to_owned(),
        })
    }

    /// Its table of scores.
    pub(crate) fn scores(&self) -> PathBuf {
        self.folder.join(SCORES)
    }
}

fn model_folders(folder: &Path) -> Result<Vec<PathBuf>, ReadingError> {
    let unreadable = |source| ReadingError::Unreadable { folder: folder.to_owned(), source };
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.join(SCORES).is_file() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// The models in the order in which they were measured; without figures, any order will do.
fn measured_order(metrics: &Path) -> Vec<String> {
    let mut order: Vec<String> = Vec::new();
    for metric in TableReader::<Metric>::open(metrics).into_iter().flatten().map_while(Result::ok) {
        if order.last() != Some(&metric.model) && !order.contains(&metric.model) {
            order.push(metric.model);
        }
    }
    order
}
