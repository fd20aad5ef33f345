//! The stage `measure`: the scores of all models to one row per figure, group and model.
//!
//! Rows are ordered by dataset, by model in the order of the tables, by subset in natural order with the
//! figures over all of them last, by figure, and `all` before `completed`. The scope `completed` is given
//! where a group holds a truncated or unclosed reply; these then stand among the left out.
//!
//! Each table is read twice: first to see how many samples there are and how long they are, then a problem at a time. The
//! sums of a model become rows when its table ends, and there are no more tables under way than cores, so that memory depends
//! neither on generations nor on models.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;
use stage::{Interrupted, Observer, Summary, Tick};
use tables::{MetricValue as Row, Provenance, Score, TableWriter};

use crate::group::{Figures, Group};
use crate::natural_sort::Natural;
use crate::scores::Scores;
use crate::survey::Survey;
use crate::{Plan, ScoreConfig, ScoreError};

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
    let rows = figures(config, scores, observer)?;
    rows.iter().filter_map(coin).for_each(|words| observer.note(&words));
    let mut writer = TableWriter::create(out, &provenance)?;
    rows.into_iter().try_for_each(|row| writer.push(row))?;
    Ok(Summary { rows: writer.finish()?, ..Summary::default() })
}

/// What is to be said of a verifier that tells right from wrong no better than a coin.
fn coin(row: &Row) -> Option<String> {
    let is_verifier = row.metric == "discrimination:verifier" && row.subset == Row::OVERALL;
    let (value, low) = (row.value?, row.low?);
    (is_verifier && row.scope == Row::ALL && low <= 0.5).then(|| {
        format!(
            "the verifier tells right replies of {} from wrong ones no better than a coin ({value:.2}, 95 % from {low:.2}), so the best \
             of several by it is worth no more than one of them",
            row.model
        )
    })
}

/// The figures over the scores of all models.
///
/// # Errors
/// See [`ScoreError`].
pub fn figures(
    config: &ScoreConfig,
    scores: &[impl Scores],
    observer: &dyn Observer,
) -> Result<Vec<Row>, ScoreError> {
    let survey = Survey::of(scores, observer)?;
    observer.total(survey.rows());
    let plan = Plan::new(config, &survey).map_err(ScoreError::Config)?;
    let figures = Figures::new(config, &plan);
    let measuring = Measuring { figures: &figures, survey: &survey, observer, rows: AtomicU64::new(0) };
    let mut places = Places::default();
    for tables in scores.chunks(rayon::current_num_threads()) {
        let read: Vec<_> = tables.par_iter().map(|table| measuring.read(table)).collect();
        for (table, measured) in tables.iter().zip(read) {
            places.add(measured?, table.name())?;
        }
    }
    Ok(places.done.into_values().flatten().collect())
}

/// What a table has of a dataset and a model.
struct Measured {
    dataset: Natural,
    model: String,
    rows: Vec<Row>,
}

struct Measuring<'a> {
    figures: &'a Figures<'a>,
    survey: &'a Survey,
    observer: &'a dyn Observer,
    /// Read so far, of all tables.
    rows: AtomicU64,
}

impl Measuring<'_> {
    /// Reads one table; its models stand in the order of their first scores.
    fn read(&self, table: &impl Scores) -> Result<Vec<Measured>, ScoreError> {
        let path = table.name();
        let mut models: HashMap<String, usize> = HashMap::new();
        let mut groups: BTreeMap<(usize, Natural), (String, Groups<'_>)> = BTreeMap::new();
        let mut rows = 0;
        for score in table.read()? {
            let score = score?;
            if score.subset == Row::OVERALL {
                let (dataset, subset) = (score.dataset, score.subset);
                return Err(ScoreError::ReservedSubset { scores: path.to_owned(), dataset, subset });
            }
            let next = models.len();
            let model = models.get(&score.model).copied().unwrap_or_else(|| {
                models.insert(score.model.clone(), next);
                next
            });
            let group = groups.entry((model, Natural(score.dataset.clone())));
            let new = || (score.model.clone(), Groups::new(self.figures, self.survey, &score));
            group.or_insert_with(new).1.add(score);
            rows += 1;
            self.tick(rows)?;
        }
        self.advance(rows % TICK_ROWS);
        let measured = |((_, dataset), (model, groups)): ((usize, Natural), (String, Groups<'_>))| {
            let label = Row { dataset: dataset.0.clone(), model: model.clone(), ..Row::default() };
            Measured { dataset, model, rows: groups.rows(&label) }
        };
        Ok(groups.into_iter().map(measured).collect())
    }

    fn tick(&self, rows: u64) -> Result<(), ScoreError> {
        if rows.is_multiple_of(TICK_ROWS) {
            self.advance(TICK_ROWS);
            if self.observer.interrupted() {
                return Err(Interrupted { done: self.rows.load(Ordering::Relaxed) }.into());
            }
        }
        Ok(())
    }

    fn advance(&self, rows: u64) {
        self.rows.fetch_add(rows, Ordering::Relaxed);
        self.observer.advance(Tick { rows, ..Tick::default() });
    }
}

/// The models in the order of the tables, and what was measured of them.
#[derive(Default)]
struct Places {
    models: HashMap<String, (usize, PathBuf)>,
    /// By dataset, then by the place of the model: the order of the output.
    done: BTreeMap<(Natural, usize), Vec<Row>>,
}

impl Places {
    fn add(&mut self, measured: Vec<Measured>, path: &Path) -> Result<(), ScoreError> {
        for Measured { dataset, model, rows } in measured {
            let place = self.place_of(model, path)?;
            self.done.insert((dataset, place), rows);
        }
        Ok(())
    }

    /// The model's place in the output; a second table of one model would count its problems twice.
    fn place_of(&mut self, model: String, path: &Path) -> Result<usize, ScoreError> {
        let next = self.models.len();
        let (place, first) = self.models.entry(model.clone()).or_insert_with(|| (next, path.to_owned()));
        if first == path {
            return Ok(*place);
        }
        Err(ScoreError::ModelTwice { model, first: first.clone(), second: path.to_owned() })
    }
}

/// The groups of one dataset and model.
struct Groups<'a> {
    figures: &'a Figures<'a>,
    survey: &'a Survey,
    subsets: BTreeMap<Natural, Group<'a>>,
    overall: Group<'a>,
    /// The samples so far of the problem that is being read.
    problem: Vec<Score>,
    /// The problems before it that belong to its task.
    task: Vec<Vec<Score>>,
}

impl<'a> Groups<'a> {
    /// For the dataset and model of a score.
    fn new(figures: &'a Figures<'a>, survey: &'a Survey, score: &Score) -> Self {
        let overall = Group::new(figures, survey.fifths(&score.dataset, &score.model, Row::OVERALL));
        Self { figures, survey, subsets: BTreeMap::new(), overall, problem: Vec::new(), task: Vec::new() }
    }

    fn add(&mut self, score: Score) {
        if self.problem.last().is_some_and(|last| last.problem_id != score.problem_id) {
            self.close();
        }
        self.problem.push(score);
    }

    /// All samples of a problem are there.
    fn close(&mut self) {
        let problem = std::mem::take(&mut self.problem);
        let samples: Vec<&Score> = problem.iter().collect();
        let cluster = |scores: &[Score]| scores.first().and_then(|score| score.cluster.clone());
        if self.task.last().is_some_and(|last| cluster(last) != cluster(&problem)) {
            self.task.clear();
        }
        let contributions = self.overall.add(&samples, &self.task, None);
        let mut by_subset: BTreeMap<&str, Vec<&Score>> = BTreeMap::new();
        samples.iter().for_each(|score| by_subset.entry(&score.subset).or_default().push(score));
        let whole = by_subset.len() == 1;
        for (name, samples) in by_subset {
            let (figures, survey) = (self.figures, self.survey);
            let group = self.subsets.entry(Natural(name.to_owned())).or_insert_with(|| {
                let (dataset, model) = (&samples[0].dataset, &samples[0].model);
                Group::new(figures, survey.fifths(dataset, model, name))
            });
            group.add(&samples, &self.task, Some(&contributions).filter(|_| whole));
        }
        let is_grid = |score: &Score| score.grid.is_some() && score.cluster.is_some();
        if problem.iter().any(is_grid) {
            self.task.push(problem);
        }
    }

    /// Data without groups has the figures over all of it alone.
    fn rows(mut self, label: &Row) -> Vec<Row> {
        self.close();
        let ungrouped = self.subsets.keys().all(|subset| subset.0.is_empty());
        let alone = self.subsets.len() == 1;
        let mut rows = Vec::new();
        for (name, group) in self.subsets.into_iter().filter(|_| !ungrouped) {
            rows.extend(group.rows(&Row { subset: name.0, ..label.clone() }));
        }
        let whole = Row { subset: Row::OVERALL.to_owned(), ..label.clone() };
        if alone && !ungrouped {
            // The one group is all there is: its intervals need not be drawn a second time.
            let same: Vec<Row> =
                rows.iter().map(|row| Row { subset: whole.subset.clone(), ..row.clone() }).collect();
            rows.extend(same);
        } else {
            rows.extend(self.overall.rows(&whole));
        }
        rows
    }
}
