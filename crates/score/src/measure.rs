//! The stage `measure`: the scores of all models to one row per figure, group and model.
//!
//! Rows are ordered by dataset, by model in the order of the tables, by subset in natural order with the
//! figures over all of them last, by figure, and `all` before `completed`. The scope `completed` is given
//! where a group holds a truncated or unclosed reply; these then stand among the left out.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use tables::stage::{Interrupted, Observer, Summary, Tick};
use tables::{Metric as Row, Provenance, Score, TableReader, TableWriter};

use crate::metrics::{self, Metric, Observation};
use crate::natural::Natural;
use crate::tally::{Figure, Tally};
use crate::{Bootstrap, ScoreConfig, ScoreError, bootstrap};

/// The observer hears of every this many rows.
const TICK_ROWS: u64 = 4096;

/// Measures the scores of all models, one table each, into one metrics table.
pub fn measure(
    config: &ScoreConfig,
    scores: &[PathBuf],
    out: &Path,
    provenance: Provenance,
    observer: &dyn Observer,
) -> Result<Summary, ScoreError> {
    let tables = scores.iter().map(|path| TableReader::open(path)).collect::<Result<Vec<_>, _>>()?;
    observer.total(tables.iter().map(TableReader::len).sum());
    let mut measuring = Measuring::new(config, observer);
    for table in tables {
        measuring.read(table)?;
    }
    let mut writer = TableWriter::create(out, &provenance)?;
    for row in measuring.rows() {
        writer.push(row)?;
    }
    Ok(Summary { rows: writer.finish()?, ..Summary::default() })
}

/// Dataset, then the place of the model: the order of the output.
type ModelKey = (Natural, usize);

struct Measuring<'a> {
    bootstrap: &'a Bootstrap,
    metrics: Vec<&'static dyn Metric>,
    observer: &'a dyn Observer,
    models: Vec<(String, PathBuf)>,
    groups: BTreeMap<ModelKey, Groups>,
    rows: u64,
}

impl<'a> Measuring<'a> {
    fn new(config: &'a ScoreConfig, observer: &'a dyn Observer) -> Self {
        Self {
            bootstrap: &config.bootstrap,
            metrics: metrics::selected(config.compat),
            observer,
            models: Vec::new(),
            groups: BTreeMap::new(),
            rows: 0,
        }
    }

    fn read(&mut self, table: TableReader<Score>) -> Result<(), ScoreError> {
        let path = table.path().to_owned();
        for score in table {
            let score = score?;
            if score.subset == Row::OVERALL {
                let (dataset, subset) = (score.dataset, score.subset);
                return Err(ScoreError::ReservedSubset { scores: path, dataset, subset });
            }
            self.add(&score, &path)?;
            self.tick()?;
        }
        self.observer.advance(Tick { rows: self.rows % TICK_ROWS, ..Tick::default() });
        self.rows -= self.rows % TICK_ROWS;
        Ok(())
    }

    fn tick(&mut self) -> Result<(), ScoreError> {
        self.rows += 1;
        if self.rows.is_multiple_of(TICK_ROWS) {
            self.observer.advance(Tick { rows: TICK_ROWS, ..Tick::default() });
            if self.observer.interrupted() {
                return Err(Interrupted { done: self.rows }.into());
            }
        }
        Ok(())
    }

    fn add(&mut self, score: &Score, path: &Path) -> Result<(), ScoreError> {
        let model = self.place_of(&score.model, path)?;
        let key = (Natural(score.dataset.clone()), model);
        let (metrics, seed) = (&self.metrics, self.bootstrap.seed);
        let group = || Group::new(metrics.len(), seed);
        let groups =
            self.groups.entry(key).or_insert_with(|| Groups { subsets: BTreeMap::new(), overall: group() });
        groups.overall.add(score, metrics);
        groups.subsets.entry(Natural(score.subset.clone())).or_insert_with(group).add(score, metrics);
        Ok(())
    }

    /// The model's place in the output; a second table of one model would count its problems twice.
    fn place_of(&mut self, model: &str, path: &Path) -> Result<usize, ScoreError> {
        let Some(at) = self.models.iter().position(|(name, _)| name == model) else {
            self.models.push((model.to_owned(), path.to_owned()));
            return Ok(self.models.len() - 1);
        };
        let (model, first) = &self.models[at];
        if first == path {
            return Ok(at);
        }
        Err(ScoreError::ModelTwice { model: model.clone(), first: first.clone(), second: path.to_owned() })
    }

    fn rows(self) -> Vec<Row> {
        let Self { bootstrap, metrics, models, groups, .. } = self;
        let mut rows = Vec::new();
        for ((dataset, at), groups) in groups {
            let model = models.get(at).map(|(name, _)| name.clone()).unwrap_or_default();
            let label = Row { dataset: dataset.0, model, ..Row::default() };
            rows.extend(groups.rows(&label, &metrics, bootstrap));
        }
        rows
    }
}

/// The groups of one dataset and model.
struct Groups {
    subsets: BTreeMap<Natural, Group>,
    overall: Group,
}

impl Groups {
    /// Data without groups has the figures over all of it alone.
    fn rows(self, label: &Row, metrics: &[&'static dyn Metric], bootstrap: &Bootstrap) -> Vec<Row> {
        let ungrouped = self.subsets.keys().all(|subset| subset.0.is_empty());
        let subsets = self.subsets.into_iter().filter(|_| !ungrouped).map(|(name, group)| (name.0, group));
        let groups = subsets.chain([(Row::OVERALL.to_owned(), self.overall)]);
        groups
            .flat_map(|(subset, group)| group.rows(&Row { subset, ..label.clone() }, metrics, bootstrap))
            .collect()
    }
}

/// One group of generations in both scopes.
struct Group {
    all: Tally,
    completed: Tally,
    incomplete: bool,
}

impl Group {
    fn new(figures: usize, seed: u64) -> Self {
        Self { all: Tally::new(figures, seed), completed: Tally::new(figures, seed), incomplete: false }
    }

    fn add(&mut self, score: &Score, metrics: &[&'static dyn Metric]) {
        let incomplete = metrics::incomplete(score);
        self.incomplete |= incomplete.is_some();
        self.all.add(&score.problem_id, metrics.iter().map(|metric| metric.observe(score)));
        let observe = |metric: &&dyn Metric| match incomplete {
            Some(why) => Observation::LeftOut(why),
            None => metric.observe(score),
        };
        self.completed.add(&score.problem_id, metrics.iter().map(observe));
    }

    fn rows(self, label: &Row, metrics: &[&'static dyn Metric], bootstrap: &Bootstrap) -> Vec<Row> {
        let all =
            scope_rows(self.all, &Row { scope: Row::ALL.to_owned(), ..label.clone() }, metrics, bootstrap);
        let completed = if self.incomplete {
            let label = Row { scope: Row::COMPLETED.to_owned(), ..label.clone() };
            scope_rows(self.completed, &label, metrics, bootstrap).into_iter().map(Some).collect()
        } else {
            vec![None; metrics.len()]
        };
        let kept =
            metrics.iter().zip(completed).map(|(metric, row)| row.filter(|_| metric.has_completed_scope()));
        all.into_iter().zip(kept).flat_map(|(all, completed)| std::iter::once(all).chain(completed)).collect()
    }
}

fn scope_rows(tally: Tally, label: &Row, metrics: &[&'static dyn Metric], bootstrap: &Bootstrap) -> Vec<Row> {
    let (figures, units) = tally.finish();
    let intervals = bootstrap::intervals(bootstrap, &figures, &units);
    let rows = metrics.iter().zip(&figures).zip(intervals);
    rows.map(|((metric, figure), interval)| figure_row(label, metric.name(), figure, interval)).collect()
}

fn figure_row(label: &Row, metric: &str, figure: &Figure, interval: Option<(f64, f64)>) -> Row {
    Row {
        metric: metric.to_owned(),
        value: figure.value(),
        low: interval.map(|(low, _)| low),
        high: interval.map(|(_, high)| high),
        n: figure.n,
        problems: figure.problems,
        left_out: figure.left_out(),
        left_out_why: figure.why(),
        ..label.clone()
    }
}
