//! What a run would ask, and what that would cost: the stages are really run, with somebody in the server's
//! place who only counts. So what the reply cache holds is known to the request.

mod estimate;
mod tally;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use llm::{Endpoint, Execution, Price};
use stage::Silent;
use tables::{Generation, Problem, Provenance, TableReader};
use tempfile::TempDir;
use tokens::Tokenizer;

pub use estimate::{Basis, Estimate, ModelCalls};
use tally::{Asked, Known, Tally};

use crate::error::PipelineError;
use crate::graph::{Node, Stage, StageId, files};
use crate::pipeline::Pipeline;
use crate::plan::{Plan, Verdict, Why};
use crate::run::{Prepared, Settings};
use crate::splitting;

/// Rows of an earlier run that are looked at to learn how long replies are.
const MOST_LOOKED_AT: usize = 500;

/// What a stage would ask.
#[derive(Clone, Debug, PartialEq)]
pub enum Forecast {
    /// These calls, a model each.
    Calls {
        /// Rows that the stage would write.
        rows: u64,
        /// What would be asked of each model.
        calls: Vec<ModelCalls>,
    },
    /// It depends on what other stages come to.
    Later {
        /// Rows that it would write, if that is known.
        rows: Option<u64>,
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
pub fn forecast(
    pipeline: &Pipeline,
    folder: &Path,
    plan: &Plan,
    settings: &Settings,
) -> Result<BTreeMap<StageId, Forecast>, PipelineError> {
    let prepared = Prepared::new(pipeline, &settings.tokenizers)?;
    let failed = |source| PipelineError::Folder { action: "make", path: std::env::temp_dir(), source };
    let scratch = tempfile::tempdir().map_err(failed)?;
    let mut look = Look { prepared, folder, plan, settings, scratch, problems: None };
    let mut forecasts = BTreeMap::new();
    for node in look.prepared.graph.nodes.clone() {
        if let Some(forecast) = look.at(&node)? {
            forecasts.insert(node.id, forecast);
        }
    }
    Ok(forecasts)
}

/// What one generation stage would ask, with tables of its own.
pub fn forecast_generate(
    model: &generate::Model,
    problems: &Path,
    tokenizer: Tokenizer,
    settings: &Execution,
    runtime: &tokio::runtime::Handle,
) -> Result<Forecast, PipelineError> {
    let failed = |source| PipelineError::Folder { action: "make", path: std::env::temp_dir(), source };
    let scratch = tempfile::tempdir().map_err(failed)?;
    let rows = problem_count(problems)? * u64::from(model.samples().unwrap_or(1));
    let tally = Arc::new(Tally::new(tokenizer));
    let execution = counting(settings, &tally);
    let io = generate::GenerateIo {
        problems: problems.to_owned(),
        replies: None,
        out: scratch.path().join(files::GENERATIONS),
    };
    let result = runtime.block_on(model.run(&io, &execution, Provenance::default(), &Silent));
    Ok(match result {
        Ok(_) | Err(generate::GenerateError::Aside(_)) => {
            Forecast::Calls { rows, calls: calls(&tally, &[], model.endpoint(), &execution, false) }
        }
        Err(error) => Forecast::Unknown { reason: error.to_string() },
    })
}

struct Look<'a> {
    prepared: Prepared<'a>,
    folder: &'a Path,
    plan: &'a Plan,
    settings: &'a Settings,
    scratch: TempDir,
    /// The problems, once somebody asked for them.
    problems: Option<PathBuf>,
}

impl Look<'_> {
    fn at(&mut self, node: &Node) -> Result<Option<Forecast>, PipelineError> {
        let planned = self.plan.stages.iter().find(|(id, _)| *id == node.id);
        let (Some((_, Verdict::Run(why))), Some(index)) = (planned, node.model) else { return Ok(None) };
        match node.id.stage {
            Stage::Generate => self.generate(index),
            Stage::Split | Stage::Judge => self.asker(node.id.stage, index, why),
            _ => Ok(None),
        }
    }

    fn generate(&mut self, index: usize) -> Result<Option<Forecast>, PipelineError> {
        let model = &self.prepared.pipeline.models[index];
        if !model.calls_models() {
            return Ok(None);
        }
        let problems = self.problems()?;
        let model = &self.prepared.pipeline.models[index];
        let tokenizer = self.prepared.tokenizer(index)?.clone();
        let Settings { runtime, execution, .. } = self.settings;
        let mut forecast = forecast_generate(model, &problems, tokenizer, execution, runtime)?;
        if let Forecast::Calls { calls, .. } = &mut forecast {
            let earlier = self.earlier(index);
            calls.iter_mut().for_each(|calls| calls.learn(&earlier, Basis::EarlierRun));
        }
        Ok(Some(forecast))
    }

    /// A stage that may ask models about generations.
    fn asker(&mut self, stage: Stage, index: usize, why: &Why) -> Result<Option<Forecast>, PipelineError> {
        let pipeline = self.prepared.pipeline;
        let asked = match stage {
            Stage::Split => pipeline.splitter.built.endpoints(),
            _ => pipeline.judge.built.endpoints(),
        };
        let endpoints: Vec<Endpoint> = asked.into_iter().cloned().collect();
        if endpoints.is_empty() {
            return Ok(None);
        }
        let own = |name: &str| self.folder.join(&self.prepared.graph.folders[index]).join(name);
        let (generations, splits) = (own(files::GENERATIONS), own(files::SPLITS));
        let needed: &[&PathBuf] =
            if stage == Stage::Split { &[&generations] } else { &[&generations, &splits] };
        if matches!(why, Why::Follows(_)) || !needed.iter().all(|path| path.exists()) {
            let rows = self.rows(index)?;
            return Ok(Some(Forecast::Later { rows, models: names(&endpoints) }));
        }
        let rows =
            TableReader::<Generation>::open(&generations).map_err(generate::GenerateError::from)?.len();
        let tally = Arc::new(Tally::new(Tokenizer::approximate()));
        let execution = counting(&self.settings.execution, &tally);
        let result = match stage {
            Stage::Split => self.split(index, &generations, &execution),
            _ => self.judge(generations, splits, &execution),
        };
        Ok(Some(match result {
            Err(error) if error.aside().is_none() => Forecast::Unknown { reason: error.to_string() },
            _ => Forecast::Calls { rows, calls: calls(&tally, &endpoints, None, &execution, true) },
        }))
    }

    fn split(&self, index: usize, generations: &Path, execution: &Execution) -> Result<(), PipelineError> {
        let splitter = self.prepared.pipeline.splitter.built.as_ref();
        let out = self.scratch.path().join(files::SPLITS);
        let calls = splitting::SplitCalls { execution, runtime: &self.settings.runtime };
        let tokenizer = self.prepared.tokenizer(index)?;
        let paths = (generations, out.as_path());
        splitting::split(splitter, tokenizer, paths, Provenance::default(), calls, &Silent)?;
        Ok(())
    }

    fn judge(
        &self,
        generations: PathBuf,
        splits: PathBuf,
        execution: &Execution,
    ) -> Result<(), PipelineError> {
        let judge = self.prepared.pipeline.judge.built.as_ref();
        let out = self.scratch.path().join(files::JUDGMENTS);
        let io = judge::JudgeIo { problems: self.folder.join(files::PROBLEMS), generations, splits, out };
        let work = judge::run(judge, &io, execution, Provenance::default(), &Silent);
        self.settings.runtime.block_on(work)?;
        Ok(())
    }

    /// Rows that the model's stages will have.
    fn rows(&mut self, index: usize) -> Result<Option<u64>, PipelineError> {
        let Some(samples) = self.prepared.pipeline.models[index].samples() else { return Ok(None) };
        let problems = self.problems()?;
        Ok(Some(problem_count(&problems)? * u64::from(samples)))
    }

    /// The problems as the run would have them.
    fn problems(&mut self) -> Result<PathBuf, PipelineError> {
        if let Some(known) = &self.problems {
            return Ok(known.clone());
        }
        let made = self.folder.join(files::PROBLEMS);
        let load = self.plan.stages.iter().find(|(id, _)| id.stage == Stage::Load);
        let current = !matches!(load, Some((_, Verdict::Run(_)))) && made.exists();
        let path = if current { made } else { self.scratch.path().join(files::PROBLEMS) };
        if !current {
            let load = &self.prepared.pipeline.load;
            let replies = load.has_replies().then(|| self.scratch.path().join(files::REPLIES));
            let out = dataset::LoadOutputs { problems: path.clone(), replies };
            load.run(&out, Provenance::default(), &Silent)?;
        }
        self.problems = Some(path.clone());
        Ok(path)
    }

    /// What replies of the model were like in an earlier run in this folder, whatever it was configured to be.
    fn earlier(&self, index: usize) -> Known {
        let path = self.folder.join(&self.prepared.graph.folders[index]).join(files::GENERATIONS);
        let mut known = Known::default();
        let rows = TableReader::<Generation>::open(&path).into_iter().flatten();
        for row in rows.take(MOST_LOOKED_AT).flatten() {
            known.add(row.completion_tokens, row.seconds);
        }
        known
    }
}

fn problem_count(path: &Path) -> Result<u64, PipelineError> {
    Ok(TableReader::<Problem>::open(path).map_err(generate::GenerateError::from)?.len())
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
    Execution { offline: true, budget: None, stand_in: Some(tally.clone()), ..execution.clone() }
}

/// What was counted, with what is known of each model.
fn calls(
    tally: &Tally,
    endpoints: &[Endpoint],
    own: Option<&Endpoint>,
    execution: &Execution,
    rounds: bool,
) -> Vec<ModelCalls> {
    let all = || endpoints.iter().chain(own);
    let of = |(address, model): &(String, String), asked: &Asked| {
        let fits = |endpoint: &&Endpoint| {
            endpoint.model == *model && llm::address(endpoint).as_deref() == Some(address.as_str())
        };
        let price: Option<Price> = all().find(fits).and_then(|endpoint| endpoint.price).or(execution.price);
        let mut calls = ModelCalls::new(model, asked, price, at_once(execution));
        calls.more_rounds = rounds && asked.calls > 0;
        if let Some(cache) = &execution.cache {
            let mut known = Known::default();
            for reply in cache.some_of(model, MOST_LOOKED_AT).unwrap_or_default() {
                known.add(reply.completion_tokens, Some(reply.seconds));
            }
            calls.learn(&known, Basis::SameModel);
        }
        calls
    };
    tally.asked().iter().map(|(whom, asked)| of(whom, asked)).collect()
}
