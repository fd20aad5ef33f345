//! What a run would ask, and what that would cost: the stages are really run, with somebody in the server's
//! place who only counts. So what the reply cache holds is known to the request.

mod estimate;
mod tally;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chat::{Endpoint, Price};
use llm::Execution;
use stage::{FileError, Run, Silent, StageError, table};
use tables::{Generation, Problem, Provenance, TableReader};
use tempfile::TempDir;
use tokens::Tokenizer;

pub use estimate::{Basis, Estimate, ModelCalls};
use tally::{Asked, Known, Tally, Whom};

use crate::error::PipelineError;
use crate::graph::{Graph, Node};
use crate::pipeline::Pipeline;
use crate::plan::{Plan, Verdict};
use crate::prepared::Prepared;
use crate::run::Settings;
use crate::stages::StageId;

/// Rows of an earlier run that are looked at to learn how long replies are.
const MOST_LOOKED_AT: usize = 500;

/// What a stage would ask.
#[derive(Clone, Debug, PartialEq)]
pub enum Forecast {
    /// These calls, a model each.
    Calls {
        /// Rows that the stage would write, the least and the most.
        rows: RangeInclusive<u64>,
        /// What would be asked of each model.
        calls: Vec<ModelCalls>,
    },
    /// It depends on what other stages come to.
    Later {
        /// Rows that it would write, the least and the most, if that is known.
        rows: Option<RangeInclusive<u64>>,
        /// The models that it may ask.
        models: Vec<String>,
    },
    /// It cannot be told.
    Unknown {
        /// Why.
        reason: String,
    },
}

/// What every stage would ask that a plan wants to run and that asks models at all.
///
/// # Errors
/// What a stage reads from the user's files cannot be had.
pub fn forecast(
    pipeline: &Pipeline,
    folder: &Path,
    plan: &Plan,
    settings: &Settings,
) -> Result<BTreeMap<StageId, Forecast>, PipelineError> {
    let prepared = Prepared::new(pipeline, &settings.tokenizers)?;
    let included = vec![true; prepared.models.len()];
    let (runs, rewritten) = to_run(&prepared.graph, plan);
    let made = BTreeSet::new();
    let mut look =
        Look { prepared: &prepared, included, folder, runs, rewritten, settings, scratch: scratch()?, made };
    let mut forecasts = BTreeMap::new();
    for node in &prepared.graph.nodes {
        if let Some(forecast) = look.at(node)? {
            forecasts.insert(node.id.clone(), forecast);
        }
    }
    Ok(forecasts)
}

/// The stages that a plan wants to run, and the files that they write.
fn to_run<'a>(graph: &'a Graph, plan: &'a Plan) -> (BTreeSet<&'a StageId>, BTreeSet<PathBuf>) {
    let runs = plan.stages.iter().filter(|(_, verdict)| matches!(verdict, Verdict::Run(_)));
    let runs: BTreeSet<&StageId> = runs.map(|(id, _)| id).collect();
    let written = graph.nodes.iter().filter(|node| runs.contains(&node.id)).flat_map(Node::outputs);
    let written = written.collect();
    (runs, written)
}

/// What one stage would ask that runs alone, over files that somebody named.
///
/// # Errors
/// There is no room for a table that nobody keeps.
pub fn forecast_stage(
    stage: &dyn stage::ConfiguredStage,
    run: Run<'_>,
    settings: &Execution,
    runtime: &tokio::runtime::Handle,
) -> Result<Forecast, PipelineError> {
    let scratch = scratch()?;
    let writes = stage.writes().into_iter();
    let files =
        writes.fold(run.files.clone(), |files, table| files.writing(table, scratch.path().join(table.file)));
    let problems = problem_count(run.files.input(table::PROBLEMS)?)?;
    let rows = stage.rows(run.target, problems).unwrap_or(problems..=problems);
    counted(stage, Run { files: &files, ..run }, rows, settings, runtime)
}

fn scratch() -> Result<TempDir, PipelineError> {
    Ok(tempfile::tempdir().map_err(FileError::disk("make", &std::env::temp_dir()))?)
}

/// Runs a stage against somebody who only counts.
fn counted(
    stage: &dyn stage::ConfiguredStage,
    run: Run<'_>,
    rows: RangeInclusive<u64>,
    settings: &Execution,
    runtime: &tokio::runtime::Handle,
) -> Result<Forecast, PipelineError> {
    let tokenizer = match run.target.model().filter(|_| stage.asks_once_a_row(run.target)) {
        Some(_) => run.target.tokenizer()?.clone(),
        None => Tokenizer::approximate(),
    };
    let tally = Arc::new(Tally::new(tokenizer));
    let execution = counting(settings, &tally);
    let endpoints: Vec<Endpoint> = stage.endpoints(run.target).into_iter().cloned().collect();
    Ok(match llm::perform(stage, run, &execution, runtime) {
        Err(error) if error.deferred().is_none() => Forecast::Unknown { reason: error.to_string() },
        _ => {
            let a_row_each = stage.asks_once_a_row(run.target).then_some(&rows);
            let calls = calls(&tally, &endpoints, &execution, a_row_each)?;
            Forecast::Calls { rows, calls }
        }
    })
}

struct Look<'a> {
    prepared: &'a Prepared<'a>,
    included: Vec<bool>,
    folder: &'a Path,
    /// The stages that the plan wants to run.
    runs: BTreeSet<&'a StageId>,
    /// The files that they write.
    rewritten: BTreeSet<PathBuf>,
    settings: &'a Settings,
    scratch: TempDir,
    /// Tables that were made here because the run would make them anew.
    made: BTreeSet<PathBuf>,
}

impl Look<'_> {
    fn at(&mut self, node: &Node) -> Result<Option<Forecast>, PipelineError> {
        if !self.runs.contains(&node.id) {
            return Ok(None);
        }
        let about = self.prepared.about(node, &self.included);
        let stage = &*self.prepared.stage(node).configured;
        let endpoints: Vec<Endpoint> = stage
            .endpoints(self.prepared.target(node, &self.included, &about))
            .into_iter()
            .cloned()
            .collect();
        if endpoints.is_empty() {
            return Ok(None);
        }
        self.sourced()?;
        if !node.inputs().iter().all(|input| self.is_current(input)) {
            return Ok(Some(Forecast::Later { rows: self.rows(node)?, models: names(&endpoints) }));
        }
        let target = self.prepared.target(node, &self.included, &about);
        let files = node.files(&self.included, |path| self.place(path), self.scratch.path());
        let rows = match files.optional(table::GENERATIONS) {
            Some(generations) => {
                let rows = TableReader::<Generation>::open(generations).map_err(StageError::from)?.len();
                rows..=rows
            }
            None => self.rows(node)?.unwrap_or(0..=0),
        };
        let provenance = Provenance::default();
        let run = Run { target, files: &files, ask: None, provenance: &provenance, observer: &Silent };
        let Settings { runtime, execution, .. } = self.settings;
        let mut forecast = counted(stage, run, rows, execution, runtime)?;
        if let (Forecast::Calls { calls, .. }, true) = (&mut forecast, stage.asks_once_a_row(target)) {
            let earlier = self.earlier(node);
            calls.iter_mut().for_each(|calls| calls.learn(&earlier, Basis::EarlierRun));
        }
        Ok(Some(forecast))
    }

    /// Tables that follow from the user's files alone are made here where the run would make them anew.
    fn sourced(&mut self) -> Result<(), PipelineError> {
        if !self.made.is_empty() {
            return Ok(());
        }
        let prepared = self.prepared;
        let from_sources = |node: &&Node| node.model.is_none() && node.inputs().is_empty();
        for node in prepared.graph.nodes.iter().filter(from_sources) {
            if !self.runs.contains(&node.id) {
                continue;
            }
            let about = prepared.about(node, &self.included);
            let files = node.files(&self.included, |path| self.place(path), self.scratch.path());
            let run = Run {
                target: prepared.target(node, &self.included, &about),
                files: &files,
                ask: None,
                provenance: &Provenance::default(),
                observer: &Silent,
            };
            prepared.stage(node).configured.run(&run)?;
            self.made.extend(node.outputs());
        }
        Ok(())
    }

    /// It is there as the run would find it.
    fn is_current(&self, input: &PathBuf) -> bool {
        self.made.contains(input) || !self.rewritten.contains(input) && self.folder.join(input).exists()
    }

    /// Where a table lies.
    fn place(&self, path: &Path) -> PathBuf {
        if self.made.contains(path) { self.scratch.path().join(path) } else { self.folder.join(path) }
    }

    /// Rows that the stages of this model will have.
    fn rows(&self, node: &Node) -> Result<Option<RangeInclusive<u64>>, PipelineError> {
        let problems = self.place(Path::new(table::PROBLEMS.file));
        if !problems.exists() {
            return Ok(None);
        }
        let count = problem_count(&problems)?;
        let about = self.prepared.about(node, &self.included);
        let target = self.prepared.target(node, &self.included, &about);
        Ok(self.prepared.pipeline.stages.iter().find_map(|stage| stage.configured.rows(target, count)))
    }

    /// What replies of the model were like in an earlier run in this folder, whatever it was configured to be.
    fn earlier(&self, node: &Node) -> Known {
        let mut known = Known::default();
        for path in node.outputs() {
            let rows = TableReader::<Generation>::open(&self.folder.join(path)).into_iter().flatten();
            for row in rows.take(MOST_LOOKED_AT).flatten() {
                known.add(row.completion_tokens, row.seconds);
            }
        }
        known
    }
}

fn problem_count(path: &Path) -> Result<u64, PipelineError> {
    Ok(TableReader::<Problem>::open(path).map_err(StageError::from)?.len())
}

fn names(endpoints: &[Endpoint]) -> Vec<String> {
    let mut names: Vec<String> = endpoints.iter().map(|endpoint| endpoint.model.clone()).collect();
    names.sort();
    names.dedup();
    names
}

/// Calls in flight at once; `auto` is taken for where it starts.
fn at_once(execution: &Execution) -> usize {
    const START_OF_AUTO: usize = 20;
    if execution.adaptive { execution.concurrency.min(START_OF_AUTO) } else { execution.concurrency }
}

/// The same execution with `tally` in the server's place.
fn counting(execution: &Execution, tally: &Arc<Tally>) -> Execution {
    Execution { offline: true, budget: None, backend: Some(tally.clone()), ..execution.clone() }
}

/// What was counted, with what is known of each model; `rows` where each of them is one question to the model itself.
fn calls(
    tally: &Tally,
    endpoints: &[Endpoint],
    execution: &Execution,
    rows: Option<&RangeInclusive<u64>>,
) -> Result<Vec<ModelCalls>, StageError> {
    let of = |whom: &Whom, asked: &Asked| {
        let model = &whom.1;
        let endpoint = endpoints.iter().find(|endpoint| who(endpoint).as_ref() == Some(whom));
        let price: Option<Price> = endpoint.and_then(|endpoint| endpoint.price).or(execution.price);
        let most_rows = rows.filter(|rows| rows.start() < rows.end()).map(|rows| *rows.end());
        let mut calls = ModelCalls::new(model, asked, price, at_once(execution), most_rows);
        let open = asked.calls > 0 && asked.more.is_none() || asked.led_to.is_none();
        calls.more_rounds = rows.is_none() && open;
        if let Some(cache) = &execution.cache {
            let mut known = Known::default();
            for reply in cache.some_of(model, MOST_LOOKED_AT).map_err(StageError::own)? {
                known.add(reply.completion_tokens, Some(reply.seconds));
            }
            calls.learn(&known, Basis::SameModel);
        }
        Ok(calls)
    };
    with_led_to(tally.asked(), endpoints).iter().map(|(whom, asked)| of(whom, asked)).collect()
}

/// An endpoint as calls name it.
fn who(endpoint: &Endpoint) -> Option<Whom> {
    Some((llm::address(endpoint)?, endpoint.model.clone()))
}

/// The calls with those that they may lead to at the other endpoints of the stage, who may not be asked yet.
fn with_led_to(asked: BTreeMap<Whom, Asked>, endpoints: &[Endpoint]) -> BTreeMap<Whom, Asked> {
    let mut all = asked.clone();
    for (whom, asked) in asked.iter().filter(|(_, asked)| asked.to_others != Some(0)) {
        for other in endpoints.iter().filter_map(who).filter(|other| other != whom) {
            let other = all.entry(other).or_insert_with(Asked::nothing);
            other.led_to = other.led_to.zip(asked.to_others).map(|(sum, more)| sum + more);
        }
    }
    all
}
