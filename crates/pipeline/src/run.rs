//! Running what a plan says, stage by stage.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use plugin::Value;
use stage::{
    Cost, Entry, Interrupted, Manifest, Observer, RunLayout, StageError, Summary, guarded, write_atomically,
    write_soon,
};
use tables::{Blamed, Provenance};
use tokio::runtime::Handle;

use crate::error::PipelineError;
use crate::fingerprint::of_stage;
use crate::folder::RunFolder;
use crate::graph::Node;
use crate::known::KnownSources;
use crate::pipeline::Pipeline;
use crate::plan::{Place, Plan, Selection, State, Verdict, Why, hashes};
use crate::prepared::Prepared;
use crate::record::Record;
use crate::stages::StageId;
use crate::tokenizer::TokenizerSource;

/// Stages that read no more bytes than this are performed several at once.
const SMALL: u64 = 4 << 20;

/// So many for each core, for they wait for the disk.
const JOBS_A_CORE: usize = 2;

/// So many are begun for each core before all of them are waited for: the slowest holds up the others.
const BEGUN_A_CORE: usize = 8;

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
    /// The share of a stage's rows that may fail, from 0 to 1; beyond it, it replaces no better table.
    pub tolerated: f64,
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
        cost: Option<Cost>,
    },
    /// Its questions were written down to be asked later; it published nothing.
    Deferred {
        /// How many.
        questions: u64,
    },
    /// More rows failed than may: the table from before stays.
    Refused {
        /// What failed, what stays and where the rest is.
        why: String,
    },
    /// It follows from a stage that gave no result.
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

/// What would be done in a run folder, changing nothing.
pub fn plan(
    pipeline: &Pipeline,
    folder: &Path,
    selection: &Selection,
    tokenizers: &TokenizerSource,
) -> Result<Plan, PipelineError> {
    let prepared = Prepared::selected(pipeline, selection, tokenizers)?;
    let included = vec![true; pipeline.models.len()];
    let fingerprint_inputs: Vec<Value> =
        prepared.graph.nodes.iter().map(|node| prepared.fingerprint_input(node, &included)).collect();
    let known = KnownSources::of(tokenizers.cache());
    Plan::of(&prepared.graph, &fingerprint_inputs, &Manifest::read(folder)?, folder, selection, known)
}

/// What a run came to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// The stages with rows that failed, whether they ran now or before.
    pub failures: Vec<Failures>,
    /// Stages whose result was not let in the place of a better one.
    pub refused: usize,
    /// Stages that ran.
    pub stages: usize,
    /// Questions that were written down to be asked later.
    pub deferred: u64,
    /// What the replies of each priced model cost when they were made, and how many they are.
    pub costs: Vec<(StageId, Cost, u64)>,
}

/// Rows of a stage that failed.
#[derive(Clone, Debug, PartialEq)]
pub struct Failures {
    /// The stage.
    pub id: StageId,
    /// Rows that failed.
    pub failed: u64,
    /// Rows that were its own to do.
    pub rows: u64,
    /// The share that failed, from 0 to 1.
    pub share: f64,
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
    let mut asked_for = pipeline.stages.iter().filter(|stage| settings.selection.comes_to(stage.kind));
    asked_for.try_for_each(|stage| stage.configured.ready())?;
    write_if_new(&RunLayout::new(folder.path()).pipeline(), pipeline.text.as_bytes())?;
    let nodes = prepared.graph.nodes.clone();
    let mut run = Run {
        state: State::new(folder.path(), KnownSources::of(settings.tokenizers.cache())),
        manifest: Manifest::read(folder.path())?,
        included: vec![true; pipeline.models.len()],
        prepared,
        folder: folder.path(),
        settings,
        monitor,
        outcome: Outcome::default(),
        without_result: HashSet::new(),
        times: known_times(folder.path()),
        record: Record::default(),
    };
    let visited = run.visit_all(&nodes);
    // What finished before an error is finished all the same.
    run.record.end(|| write_record(run.folder, &run.manifest, &run.times))?;
    visited.map(|()| run.outcome)
}

/// What stands there already is not written again: a run that is complete needs no right to write.
fn write_if_new(path: &Path, content: &[u8]) -> Result<(), PipelineError> {
    if std::fs::read(path).is_ok_and(|known| known == content) {
        return Ok(());
    }
    Ok(write_atomically(path, content)?)
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
    /// The models whose stages gave no result: their questions were deferred, or too many of them failed. `None` is the run.
    without_result: HashSet<Option<String>>,
    /// Seconds that each stage took.
    times: BTreeMap<String, f64>,
    record: Record,
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Writes down what is finished. Times stand apart from the manifest, which is the same for the same work.
fn write_record(
    folder: &Path,
    manifest: &Manifest,
    times: &BTreeMap<String, f64>,
) -> Result<(), PipelineError> {
    manifest.write(folder)?;
    let text = format!("{:#}\n", serde_json::json!(times));
    Ok(write_soon(&folder.join("timing.json"), text.as_bytes())?)
}

/// A file of times that cannot be read is begun anew: nobody's result depends on it.
fn known_times(folder: &Path) -> BTreeMap<String, f64> {
    let known = std::fs::read_to_string(folder.join("timing.json")).ok();
    known.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
}

/// A stage that has to run.
struct Job<'n> {
    node: &'n Node,
    fingerprint_input: Value,
    fingerprint: String,
    inputs: BTreeMap<String, String>,
    observer: Box<dyn Observer>,
}

/// What became of it.
struct Done {
    summary: Summary,
    outputs: BTreeMap<String, String>,
    seconds: f64,
}

impl Run<'_> {
    fn visit_all(&mut self, nodes: &[Node]) -> Result<(), PipelineError> {
        let mut rest = nodes;
        while !rest.is_empty() {
            let (together, behind) = rest.split_at(self.together(rest));
            self.visit(together)?;
            rest = behind;
        }
        Ok(())
    }

    /// How many of the next stages are performed at once: the same stage of several models, if it asks nobody and reads
    /// little. Such a stage mostly waits for the disk and for one core.
    fn together(&self, nodes: &[Node]) -> usize {
        let first = nodes.first().map(|node| node.id.stage);
        let alike =
            |node: &&Node| Some(node.id.stage) == first && node.model.is_some() && self.is_small(node);
        nodes.iter().take(BEGUN_A_CORE * cores()).take_while(alike).count().max(1)
    }

    fn is_small(&self, node: &Node) -> bool {
        let about = self.prepared.about(node, &self.included);
        let target = self.prepared.target(node, &self.included, &about);
        let inputs = node.inputs().into_iter().map(|path| self.folder.join(path));
        let size = |path: PathBuf| std::fs::metadata(path).map_or(0, |file| file.len());
        let bytes: u64 = inputs.chain(node.sources.iter().cloned()).map(size).sum();
        bytes <= SMALL && self.prepared.stage(node).configured.endpoints(target).is_empty()
    }

    /// Stages that do not depend on each other. Those that can be performed are, whatever happens to the others.
    fn visit(&mut self, nodes: &[Node]) -> Result<(), PipelineError> {
        let mut jobs = Vec::new();
        let mut outcome = nodes.iter().try_for_each(|node| {
            jobs.extend(self.decide(node)?);
            Ok(())
        });
        let done = self.perform_all(&jobs);
        for (job, done) in jobs.into_iter().zip(done) {
            outcome = outcome.and(self.finish(job, done));
        }
        outcome
    }

    /// What has to be done for a stage, if anything.
    fn decide<'n>(&mut self, node: &'n Node) -> Result<Option<Job<'n>>, PipelineError> {
        let behind = if node.model.is_none() {
            !self.without_result.is_empty()
        } else {
            self.without_result.contains(&node.id.model)
        };
        if behind {
            self.monitor.event(&node.id, StageEvent::Behind);
            return Ok(None);
        }
        let fingerprint_input = self.prepared.fingerprint_input(node, &self.included);
        match self.settings.selection.place(node) {
            Place::After => self.monitor.event(&node.id, StageEvent::Left),
            Place::OtherModel => self.leave_out(node, &fingerprint_input)?,
            Place::Before => self.require(node, &fingerprint_input)?,
            Place::Forced => return self.begin(node, fingerprint_input, &Why::Asked).map(Some),
            Place::Inside => match self.state.verdict(node, &fingerprint_input, &self.manifest)? {
                Verdict::Run(why) => return self.begin(node, fingerprint_input, &why).map(Some),
                Verdict::UpToDate | Verdict::Left => {
                    self.count(node);
                    self.monitor.event(&node.id, StageEvent::UpToDate);
                }
            },
        }
        Ok(None)
    }

    /// A model that was not asked for goes into the figures only if its scores are still valid.
    fn leave_out(&mut self, node: &Node, fingerprint_input: &Value) -> Result<(), PipelineError> {
        let current = self.state.verdict(node, fingerprint_input, &self.manifest)? == Verdict::UpToDate;
        if let Some(index) = node.model
            && self.included[index]
            && !current
        {
            self.included[index] = false;
            let name = &self.prepared.models[index].name;
            self.monitor.note(&format!("{name} is not up to date and stays out of the figures"));
        }
        self.monitor.event(&node.id, StageEvent::Left);
        Ok(())
    }

    /// A stage before the first one that was asked for must not be stale.
    fn require(&mut self, node: &Node, fingerprint_input: &Value) -> Result<(), PipelineError> {
        match self.state.verdict(node, fingerprint_input, &self.manifest)? {
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

    fn begin<'n>(
        &mut self,
        node: &'n Node,
        fingerprint_input: Value,
        why: &Why,
    ) -> Result<Job<'n>, PipelineError> {
        let observer = self.monitor.observer(&node.id);
        if observer.interrupted() {
            return Err(PipelineError::Interrupted(Interrupted { done: 0 }).at(&node.id));
        }
        self.monitor.event(&node.id, StageEvent::Starting(why));
        let inputs = self.state.inputs(node)?;
        let fingerprint = of_stage(node.id.stage.name, &fingerprint_input, &inputs);
        Ok(Job { node, fingerprint_input, fingerprint, inputs, observer })
    }

    fn perform_all(&self, jobs: &[Job<'_>]) -> Vec<Result<Done, PipelineError>> {
        if let [job] = jobs {
            return vec![self.perform(job)];
        }
        let next = AtomicUsize::new(0);
        let take = || Some(next.fetch_add(1, Ordering::Relaxed)).filter(|at| *at < jobs.len());
        let work = || -> Vec<(usize, _)> {
            std::iter::from_fn(take).map(|at| (at, self.perform(&jobs[at]))).collect()
        };
        let mut done = std::thread::scope(|scope| {
            let workers = 0..jobs.len().min(JOBS_A_CORE * cores());
            let running: Vec<_> = workers.map(|_| scope.spawn(work)).collect();
            let join = |worker: std::thread::ScopedJoinHandle<'_, _>| {
                worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            };
            running.into_iter().flat_map(join).collect::<Vec<_>>()
        });
        done.sort_by_key(|(at, _)| *at);
        done.into_iter().map(|(_, done)| done).collect()
    }

    fn finish(&mut self, job: Job<'_>, done: Result<Done, PipelineError>) -> Result<(), PipelineError> {
        let Job { node, fingerprint_input, fingerprint, inputs, observer } = job;
        drop(observer);
        let Done { summary, outputs, seconds } = match done {
            Err(error) => return self.go_on(node, error),
            Ok(done) => done,
        };
        self.state.written(&node.outputs(), &outputs);
        let entry = Entry { fingerprint, fingerprint_input, inputs, outputs, summary };
        self.manifest.stages.insert(node.id.to_string(), entry);
        self.times.insert(node.id.to_string(), (seconds * 1000.0).round() / 1000.0);
        self.record.note(|| write_record(self.folder, &self.manifest, &self.times))?;
        self.outcome.stages += 1;
        self.count(node);
        let summary = &self.manifest.stages[&node.id.to_string()].summary;
        let cost = self.cost(node, summary);
        self.monitor.event(&node.id, StageEvent::Finished { summary, seconds, cost });
        Ok(())
    }

    /// Without the result of this stage, if others need not stop for it: their models go on.
    fn go_on(&mut self, node: &Node, error: PipelineError) -> Result<(), PipelineError> {
        if let Some(questions) = error.deferred() {
            self.outcome.deferred += questions;
            self.monitor.event(&node.id, StageEvent::Deferred { questions });
        } else if let PipelineError::Failed(StageError::TooManyFailed { .. }) = &error {
            self.outcome.refused += 1;
            let why = error.hint().map_or_else(|| error.to_string(), |hint| format!("{error}; {hint}"));
            self.monitor.event(&node.id, StageEvent::Refused { why });
        } else {
            return Err(error.at(&node.id));
        }
        self.without_result.insert(node.id.model.clone());
        Ok(())
    }

    /// What a stage's replies cost, if it counts them and the model has a price.
    fn cost(&self, node: &Node, summary: &Summary) -> Option<Cost> {
        Cost::of(summary, &self.prepared.models.get(node.model?)?.price?)
    }

    /// Rows of the stages that may fail count towards `--fail-on-error`, and replies that have a price cost it.
    fn count(&mut self, node: &Node) {
        let Some(entry) = self.manifest.stages.get(&node.id.to_string()) else { return };
        let rows = entry.summary.rows - entry.summary.failed;
        self.outcome.costs.extend(self.cost(node, &entry.summary).map(|cost| (node.id.clone(), cost, rows)));
        let about = self.prepared.about(node, &self.included);
        let target = self.prepared.target(node, &self.included, &about);
        if self.prepared.stage(node).configured.may_fail(target) && entry.summary.failed > 0 {
            let Summary { failed, .. } = entry.summary;
            let (rows, share) = (entry.summary.own_rows(), entry.summary.failed_share());
            self.outcome.failures.push(Failures { id: node.id.clone(), failed, rows, share });
        }
    }

    fn perform(&self, job: &Job<'_>) -> Result<Done, PipelineError> {
        let Job { node, fingerprint, observer, .. } = job;
        let started = Instant::now();
        let provenance = Provenance { fingerprint: fingerprint.clone(), notes: BTreeMap::new() };
        let about = self.prepared.about_finished(node, &self.included, &self.manifest);
        let run = stage::Run {
            target: self.prepared.target(node, &self.included, &about),
            files: &node.files(&self.included, |path| self.folder.join(path), self.folder),
            ask: None,
            provenance: &provenance,
            observer: observer.as_ref(),
        };
        let Settings { execution, runtime, tolerated, .. } = self.settings;
        let stage = &*self.prepared.stage(node).configured;
        let summary = guarded(stage, run, *tolerated, |run| llm::perform(stage, run, execution, runtime))?;
        let outputs = hashes(self.folder, &node.outputs())?;
        Ok(Done { summary, outputs, seconds: started.elapsed().as_secs_f64() })
    }
}
