//! Running what a plan says, stage by stage.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use plugin::Value;
use report::StageFingerprint;
use serde_json::json;
use stage::{Interrupted, Observer, Summary};
use tables::Provenance;
use tokens::Tokenizer;
use tokio::runtime::Handle;

use crate::about;
use crate::error::PipelineError;
use crate::fingerprint::of_stage;
use crate::folder::{RunFolder, write_atomically, write_soon};
use crate::graph::{Graph, Node, Stage, StageId, files};
use crate::manifest::{Entry, Manifest};
use crate::pipeline::Pipeline;
use crate::plan::{Place, Plan, Selection, State, Verdict, Why};
use crate::splitting::{self, SplitCalls};
use crate::tokenizer::{Counter, TokenizerSource};

/// Raised when the report's files come out differently.
const REPORT_VERSION: u32 = 5;

/// How a run is executed; nothing here changes a result.
pub struct Settings {
    /// How models are called.
    pub execution: llm::Execution,
    /// The runtime on which models are called.
    pub runtime: Handle,
    /// Where tokenizers come from.
    pub tokenizers: TokenizerSource,
    /// Which stages were asked for.
    pub selection: Selection,
}

/// What happens to a stage.
#[derive(Debug)]
pub enum StageEvent<'a> {
    /// Same fingerprint and intact output: nothing to do.
    UpToDate,
    /// It starts now.
    Starting(&'a Why),
    /// It is done.
    Finished {
        /// What it reports.
        summary: &'a Summary,
        /// Wall time in seconds.
        seconds: f64,
        /// What its replies cost when they were made.
        cost: Option<generate::Cost>,
    },
    /// Its questions were written down to be asked later; it published nothing.
    Aside {
        /// How many.
        questions: u64,
    },
    /// It follows from a stage whose questions are still to be asked.
    Behind,
    /// It was not asked for.
    Left,
}

/// Whoever watches a run.
pub trait Monitor: Send + Sync {
    /// A stage changed its state.
    fn event(&self, id: &StageId, event: StageEvent<'_>);
    /// Who listens to a stage while it runs.
    fn observer(&self, id: &StageId) -> Box<dyn Observer>;
    /// A line about the run as a whole.
    fn note(&self, message: &str);
}

/// A pipeline with everything that its fingerprints need.
pub(crate) struct Prepared<'a> {
    pub(crate) pipeline: &'a Pipeline,
    pub(crate) graph: Graph,
    pub(crate) tokenizers: Vec<Arc<Counter>>,
}

impl<'a> Prepared<'a> {
    /// For a plan or a run: the selection makes sense, and what the hub has to give is here, so that
    /// identities name it.
    fn selected(
        pipeline: &'a Pipeline,
        selection: &Selection,
        source: &TokenizerSource,
    ) -> Result<Self, PipelineError> {
        let names: Vec<&str> = pipeline.models.iter().map(generate::Model::name).collect();
        selection.check(&names)?;
        pipeline.load.prepare()?;
        Self::new(pipeline, source)
    }

    pub(crate) fn new(pipeline: &'a Pipeline, source: &TokenizerSource) -> Result<Self, PipelineError> {
        let mut tokenizers = Vec::new();
        for model in &pipeline.models {
            let counter = source.counter(model.tokenizer());
            tokenizers.push(counter.map_err(|reason| unusable(model, reason))?);
        }
        Ok(Self { pipeline, graph: Graph::of(pipeline), tokenizers })
    }

    /// What a stage's result depends on beside its inputs.
    fn identity(&self, node: &Node, included: &[bool]) -> Value {
        let pipeline = self.pipeline;
        let tokenizer =
            |index: Option<usize>| index.map_or(Value::Null, |index| json!(self.tokenizers[index].identity));
        match node.id.stage {
            Stage::Load => pipeline.load.identity(),
            Stage::Generate => node.model.map_or(Value::Null, |index| pipeline.models[index].identity()),
            Stage::Split => {
                json!({"splitter": pipeline.splitter.identity, "tokenizer": tokenizer(node.model)})
            }
            Stage::Judge => pipeline.judge.identity.clone(),
            Stage::Score => {
                let price = node.model.and_then(|index| pipeline.models[index].price());
                let score = pipeline.score.score_identity();
                json!({"score": score, "tokenizer": tokenizer(node.model), "price": price})
            }
            Stage::Measure => {
                json!({"score": pipeline.score.measure_identity(), "models": self.names(included)})
            }
            Stage::Report => {
                json!({"about": about::of(self, included, Vec::new()), "version": REPORT_VERSION})
            }
        }
    }

    pub(crate) fn tokenizer(&self, index: usize) -> Result<&Tokenizer, PipelineError> {
        let model = &self.pipeline.models[index];
        self.tokenizers[index].tokenizer().map_err(|reason| unusable(model, reason))
    }

    fn names(&self, included: &[bool]) -> Vec<&str> {
        let models = self.pipeline.models.iter().zip(included).filter(|(_, included)| **included);
        models.map(|(model, _)| model.name()).collect()
    }

    pub(crate) fn scores(&self, folder: &Path, included: &[bool]) -> Vec<PathBuf> {
        let models = self.graph.folders.iter().zip(included).filter(|(_, included)| **included);
        models.map(|(model, _)| folder.join(model).join(files::SCORES)).collect()
    }
}

fn unusable(model: &generate::Model, reason: String) -> PipelineError {
    PipelineError::Tokenizer { model: model.name().to_owned(), reason }
}

/// What would be done in a run folder, changing nothing.
pub fn plan(
    pipeline: &Pipeline,
    folder: &Path,
    selection: &Selection,
    tokenizers: &TokenizerSource,
) -> Result<Plan, PipelineError> {
    let prepared = Prepared::selected(pipeline, selection, tokenizers)?;
    let included = vec![true; pipeline.models.len()];
    let identities: Vec<Value> =
        prepared.graph.nodes.iter().map(|node| prepared.identity(node, &included)).collect();
    Plan::of(&prepared.graph, &identities, &Manifest::read(folder)?, folder, selection)
}

/// What a run came to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// Rows that model calls were made for.
    pub rows: u64,
    /// Rows among them that failed.
    pub failed: u64,
    /// Stages that ran.
    pub stages: usize,
    /// Questions that were written down to be asked later.
    pub aside: u64,
    /// What the replies of each priced model cost when they were made, and how many they are.
    pub costs: Vec<(StageId, generate::Cost, u64)>,
}

/// Runs a pipeline in a run folder: stages that are up to date are left alone, the others run in order.
/// What a finished stage wrote stays, whatever happens to a later one.
pub fn run(
    pipeline: &Pipeline,
    folder: &RunFolder,
    settings: &Settings,
    monitor: &dyn Monitor,
) -> Result<Outcome, PipelineError> {
    let prepared = Prepared::selected(pipeline, &settings.selection, &settings.tokenizers)?;
    write_atomically(&folder.path().join("pipeline.toml"), pipeline.text.as_bytes())?;
    let mut run = Run {
        state: State::new(folder.path()),
        manifest: Manifest::read(folder.path())?,
        included: vec![true; pipeline.models.len()],
        prepared,
        folder: folder.path(),
        settings,
        monitor,
        outcome: Outcome::default(),
        aside: Vec::new(),
    };
    for node in run.prepared.graph.nodes.clone() {
        run.visit(&node)?;
    }
    Ok(run.outcome)
}

struct Run<'a> {
    prepared: Prepared<'a>,
    folder: &'a Path,
    settings: &'a Settings,
    monitor: &'a dyn Monitor,
    state: State,
    manifest: Manifest,
    /// Which models' scores are current and go into the figures.
    included: Vec<bool>,
    outcome: Outcome,
    /// Stages whose questions were put aside.
    aside: Vec<StageId>,
}

impl Run<'_> {
    fn visit(&mut self, node: &Node) -> Result<(), PipelineError> {
        if self.aside.iter().any(|stage| node.model.is_none() || stage.model == node.id.model) {
            self.monitor.event(&node.id, StageEvent::Behind);
            return Ok(());
        }
        let identity = self.prepared.identity(node, &self.included);
        match self.settings.selection.place(node) {
            Place::After => self.monitor.event(&node.id, StageEvent::Left),
            Place::OtherModel => self.leave_out(node, &identity)?,
            Place::Before => self.require(node, &identity)?,
            Place::Forced => self.run(node, identity, &Why::Asked)?,
            Place::Inside => match self.state.verdict(node, &identity, &self.manifest)? {
                Verdict::Run(why) => self.run(node, identity, &why)?,
                Verdict::UpToDate | Verdict::Left => {
                    self.count(node);
                    self.monitor.event(&node.id, StageEvent::UpToDate);
                }
            },
        }
        Ok(())
    }

    /// A model that was not asked for goes into the figures only if its scores are still valid.
    fn leave_out(&mut self, node: &Node, identity: &Value) -> Result<(), PipelineError> {
        let current = self.state.verdict(node, identity, &self.manifest)? == Verdict::UpToDate;
        if let Some(index) = node.model
            && self.included[index]
            && !current
        {
            self.included[index] = false;
            let name = self.prepared.pipeline.models[index].name();
            self.monitor.note(&format!("{name} is not up to date and stays out of the figures"));
        }
        self.monitor.event(&node.id, StageEvent::Left);
        Ok(())
    }

    /// A stage before the first one that was asked for must not be stale.
    fn require(&mut self, node: &Node, identity: &Value) -> Result<(), PipelineError> {
        match self.state.verdict(node, identity, &self.manifest)? {
            // Rows that failed stay failed until somebody runs that stage again; they are no reason to refuse.
            Verdict::UpToDate | Verdict::Left | Verdict::Run(Why::Failures(_)) => {
                self.monitor.event(&node.id, StageEvent::UpToDate);
                Ok(())
            }
            Verdict::Run(why) => Err(PipelineError::StaleInput {
                stage: node.id.clone(),
                why: why.to_string(),
                asked: self.settings.selection.asked(),
            }),
        }
    }

    fn run(&mut self, node: &Node, identity: Value, why: &Why) -> Result<(), PipelineError> {
        let observer = self.monitor.observer(&node.id);
        if observer.interrupted() {
            return Err(PipelineError::Interrupted(Interrupted { done: 0 }).at(&node.id));
        }
        self.monitor.event(&node.id, StageEvent::Starting(why));
        let inputs = self.state.inputs(node)?;
        let fingerprint = of_stage(node.id.stage.name(), &identity, &inputs);
        let started = Instant::now();
        let performed = self.perform(node, &fingerprint, observer.as_ref());
        drop(observer);
        let summary = match performed {
            Err(error) => return self.put_aside(node, error),
            Ok(summary) => summary,
        };
        self.state.forget(&node.outputs);
        let outputs = self.state.hash_all(&node.outputs)?;
        let entry = Entry { fingerprint, identity, inputs, outputs, summary };
        self.manifest.stages.insert(node.id.to_string(), entry);
        self.manifest.write(self.folder)?;
        let seconds = started.elapsed().as_secs_f64();
        self.record_time(&node.id, seconds)?;
        self.outcome.stages += 1;
        self.count(node);
        let summary = &self.manifest.stages[&node.id.to_string()].summary;
        let cost = self.cost(node, summary);
        self.monitor.event(&node.id, StageEvent::Finished { summary, seconds, cost });
        Ok(())
    }

    /// Questions that were written down are no error: other models go on.
    fn put_aside(&mut self, node: &Node, error: PipelineError) -> Result<(), PipelineError> {
        let Some(questions) = error.aside() else { return Err(error.at(&node.id)) };
        self.outcome.aside += questions;
        self.aside.push(node.id.clone());
        self.monitor.event(&node.id, StageEvent::Aside { questions });
        Ok(())
    }

    /// What a stage's replies cost, if it has a price and asked.
    fn cost(&self, node: &Node, summary: &Summary) -> Option<generate::Cost> {
        let model = node.model.filter(|_| node.id.stage == Stage::Generate)?;
        generate::Cost::of(summary, &self.prepared.pipeline.models[model].price()?)
    }

    /// Rows of the stages that call models count towards `--fail-on-error`, and replies that have a price cost it.
    fn count(&mut self, node: &Node) {
        let Some(entry) = self.manifest.stages.get(&node.id.to_string()) else { return };
        let rows = entry.summary.rows - entry.summary.failed;
        self.outcome.costs.extend(self.cost(node, &entry.summary).map(|cost| (node.id.clone(), cost, rows)));
        let splits = || !self.prepared.pipeline.splitter.built.endpoints().is_empty();
        if matches!(node.id.stage, Stage::Generate | Stage::Judge)
            || node.id.stage == Stage::Split && splits()
        {
            self.outcome.rows += entry.summary.rows;
            self.outcome.failed += entry.summary.failed;
        }
    }

    /// Times stand apart from the manifest, which is the same for the same work.
    fn record_time(&self, id: &StageId, seconds: f64) -> Result<(), PipelineError> {
        let path = self.folder.join("timing.json");
        let known = std::fs::read_to_string(&path).ok();
        let mut times: BTreeMap<String, f64> =
            known.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        times.insert(id.to_string(), (seconds * 1000.0).round() / 1000.0);
        let text = serde_json::to_string_pretty(&times).unwrap_or_default();
        write_soon(&path, format!("{text}\n").as_bytes())
    }

    fn perform(
        &self,
        node: &Node,
        fingerprint: &str,
        observer: &dyn Observer,
    ) -> Result<Summary, PipelineError> {
        let provenance = Provenance { fingerprint: fingerprint.to_owned(), notes: BTreeMap::new() };
        match (node.id.stage, node.model) {
            (Stage::Load, _) => self.load(provenance, observer),
            (Stage::Measure, _) => self.measure(provenance, observer),
            (Stage::Report, _) => self.write_report(),
            (stage, Some(index)) => self.perform_for_model(stage, index, provenance, observer),
            (_, None) => Ok(Summary::default()),
        }
    }

    fn load(&self, provenance: Provenance, observer: &dyn Observer) -> Result<Summary, PipelineError> {
        let load = &self.prepared.pipeline.load;
        let out = dataset::LoadOutputs {
            problems: self.folder.join(files::PROBLEMS),
            replies: load.has_replies().then(|| self.folder.join(files::REPLIES)),
        };
        Ok(load.run(&out, provenance, observer)?)
    }

    fn perform_for_model(
        &self,
        stage: Stage,
        index: usize,
        provenance: Provenance,
        observer: &dyn Observer,
    ) -> Result<Summary, PipelineError> {
        let pipeline = self.prepared.pipeline;
        let own = |name: &str| self.folder.join(&self.prepared.graph.folders[index]).join(name);
        let tokenizer = || self.prepared.tokenizer(index);
        let problems = self.folder.join(files::PROBLEMS);
        let (generations, splits) = (own(files::GENERATIONS), own(files::SPLITS));
        let (judgments, scores) = (own(files::JUDGMENTS), own(files::SCORES));
        let Settings { runtime, execution, .. } = self.settings;
        match stage {
            Stage::Generate => {
                let replies = pipeline.load.has_replies().then(|| self.folder.join(files::REPLIES));
                let io = generate::GenerateIo { problems, replies, out: generations };
                // A tokenizer that turns out to be broken should not be found out after hours of replies.
                tokenizer()?;
                Ok(runtime.block_on(pipeline.models[index].run(&io, execution, provenance, observer))?)
            }
            Stage::Split => {
                let splitter = pipeline.splitter.built.as_ref();
                let calls = SplitCalls { execution, runtime };
                let paths = (generations.as_path(), splits.as_path());
                Ok(splitting::split(splitter, tokenizer()?, paths, provenance, calls, observer)?)
            }
            Stage::Judge => {
                let io = judge::JudgeIo { problems, generations, splits, out: judgments };
                let judge = pipeline.judge.built.as_ref();
                Ok(runtime.block_on(judge::run(judge, &io, execution, provenance, observer))?)
            }
            _ => {
                let io = score::ScoreIo { problems, generations, splits, judgments, out: scores };
                let price = pipeline.models[index].price();
                let model = score::ScoredModel { tokenizer: tokenizer()?, price };
                Ok(score::score(&pipeline.score, model, &io, provenance, observer)?)
            }
        }
    }

    fn measure(&self, provenance: Provenance, observer: &dyn Observer) -> Result<Summary, PipelineError> {
        let scores = self.prepared.scores(self.folder, &self.included);
        let out = self.folder.join(files::METRICS);
        Ok(score::measure(&self.prepared.pipeline.score, &scores, &out, provenance, observer)?)
    }

    fn write_report(&self) -> Result<Summary, PipelineError> {
        let report = read_report(&self.prepared, self.folder, &self.included, &self.manifest)?;
        let written = report::write_files(&report, self.folder)?;
        Ok(Summary { rows: written.len() as u64, ..Summary::default() })
    }
}

/// The report over what a run folder holds.
pub fn report(
    pipeline: &Pipeline,
    folder: &Path,
    tokenizers: &TokenizerSource,
) -> Result<report::Report, PipelineError> {
    let prepared = Prepared::new(pipeline, tokenizers)?;
    let manifest = Manifest::read(folder)?;
    read_report(&prepared, folder, &measured(pipeline, &manifest), &manifest)
}

/// What every model spent on each question of a run folder.
pub fn questions(
    pipeline: &Pipeline,
    folder: &Path,
    tokenizers: &TokenizerSource,
) -> Result<report::Questions, PipelineError> {
    let prepared = Prepared::new(pipeline, tokenizers)?;
    let scores = prepared.scores(folder, &measured(pipeline, &Manifest::read(folder)?));
    Ok(report::Questions::read(Some(&folder.join(files::PROBLEMS)), &scores)?)
}

/// Which models went into the figures.
fn measured(pipeline: &Pipeline, manifest: &Manifest) -> Vec<bool> {
    let measured = manifest.stages.get(Stage::Measure.name());
    let names =
        measured.and_then(|entry| entry.identity.get("models")?.as_array().cloned()).unwrap_or_default();
    pipeline.models.iter().map(|model| names.contains(&Value::from(model.name()))).collect()
}

fn read_report(
    prepared: &Prepared<'_>,
    folder: &Path,
    included: &[bool],
    manifest: &Manifest,
) -> Result<report::Report, PipelineError> {
    let before_report = |node: &&Node| node.id.stage != Stage::Report;
    let ids = prepared.graph.nodes.iter().filter(before_report).map(|node| node.id.to_string());
    let fingerprint = |id: String| {
        let fingerprint = manifest.stages.get(&id)?.fingerprint.clone();
        Some(StageFingerprint { stage: id, fingerprint })
    };
    let fingerprints: Vec<StageFingerprint> = ids.filter_map(fingerprint).collect();
    let configuration = about::configuration(manifest, &fingerprints);
    let about = report::About { configuration, ..about::of(prepared, included, fingerprints) };
    let scores = prepared.scores(folder, included);
    Ok(report::Report::read_run(folder, &folder.join(files::METRICS), &scores, about)?)
}
