//! What has to run, and why.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use plugin::{ConfigError, Value};
use stage::{Change, Entry, FileError, Manifest, changes};

use crate::error::PipelineError;
use crate::fingerprint::{of_file, of_stage};
use crate::graph::{Graph, Node};
use crate::known::KnownSources;
use crate::stages::{StageId, StageKind};

/// Which stages a person asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Run this stage and all behind it, up to date or not; the ones before must be up to date.
    pub from: Option<StageKind>,
    /// Stop after this stage.
    pub to: Option<StageKind>,
    /// Run this stage alone; the ones before must be up to date.
    pub only: Option<StageKind>,
    /// Run these even if they are up to date.
    pub force: Vec<StageKind>,
    /// Only these models; empty for all.
    pub models: Vec<String>,
}

impl Selection {
    /// Refuses models that the pipeline does not have.
    pub fn check(&self, known: &[&str]) -> Result<(), PipelineError> {
        match self.models.iter().find(|model| !known.contains(&model.as_str())) {
            None => Ok(()),
            Some(stranger) => {
                let fault = ConfigError::unknown("--model", "model", stranger, known);
                Err(PipelineError::Selection(fault.to_string()))
            }
        }
    }

    /// It may run this stage.
    pub(crate) fn comes_to(&self, stage: StageKind) -> bool {
        (self.first()..=self.last()).contains(&stage.place)
    }

    fn first(&self) -> usize {
        self.only.or(self.from).map_or(0, |stage| stage.place)
    }

    /// It goes as far as this stage.
    pub fn reaches(&self, stage: StageKind) -> bool {
        self.last() >= stage.place
    }

    fn last(&self) -> usize {
        self.only.or(self.to).map_or(usize::MAX, |stage| stage.place)
    }

    /// The flag that keeps earlier stages from running.
    pub(crate) fn asked(&self) -> String {
        match (self.only, self.from) {
            (Some(stage), _) => format!("`--only {}`", stage.name),
            (None, Some(stage)) => format!("`--from {}`", stage.name),
            (None, None) => "the next stage".to_owned(),
        }
    }

    pub(crate) fn place(&self, node: &Node) -> Place {
        let stage = node.id.stage;
        let other_model = node
            .id
            .model
            .as_ref()
            .is_some_and(|model| !self.models.is_empty() && !self.models.contains(model));
        if stage.place > self.last() {
            Place::After
        } else if other_model {
            Place::OtherModel
        } else if stage.place < self.first() {
            Place::Before
        } else if self.force.contains(&stage) || self.only.is_some() || self.from.is_some() {
            Place::Forced
        } else {
            Place::Inside
        }
    }
}

/// Where a stage lies in a selection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Must be up to date already.
    Before,
    /// Runs if it has to.
    Inside,
    /// Runs in any case.
    Forced,
    /// Belongs to a model that was not asked for.
    OtherModel,
    /// Not asked for.
    After,
}

/// Why a stage has to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// Its output was never made.
    New,
    /// A person asked for it.
    Asked,
    /// Its configuration is another one; the changed keys.
    Configuration(Vec<String>),
    /// Files that it reads have other content.
    Inputs(Vec<String>),
    /// Files that it wrote are missing or were changed.
    Outputs(Vec<String>),
    /// So many rows failed last time and are tried again.
    Failures(u64),
    /// It reads what another stage is about to write.
    Follows(StageId),
}

impl std::fmt::Display for Why {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::New => f.write_str("never run"),
            Self::Asked => f.write_str("asked for"),
            Self::Configuration(keys) => write!(f, "configuration changed: {}", some(keys, "; ")),
            Self::Inputs(names) => write!(f, "input changed: {}", some(names, ", ")),
            Self::Outputs(names) => write!(f, "output missing or altered: {}", some(names, ", ")),
            Self::Failures(1) => f.write_str("1 row failed last time"),
            Self::Failures(n) => write!(f, "{n} rows failed last time"),
            Self::Follows(id) => write!(f, "follows from {id}"),
        }
    }
}

/// The first three, and how many more there are.
fn some(all: &[String], between: &str) -> String {
    const MOST: usize = 3;
    let shown = all.iter().take(MOST).map(String::as_str).collect::<Vec<_>>().join(between);
    if all.len() <= MOST { shown } else { format!("{shown} and {} more", all.len() - MOST) }
}

/// What is to be done with a stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Same fingerprint and intact output.
    UpToDate,
    /// It has to run.
    Run(Why),
    /// It was not asked for.
    Left,
}

/// What would be done, stage by stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Every stage of the graph with its verdict.
    pub stages: Vec<(StageId, Verdict)>,
}

impl Plan {
    /// Compares a graph with what a run folder holds, changing nothing.
    pub fn of(
        graph: &Graph,
        fingerprint_inputs: &[Value],
        manifest: &Manifest,
        folder: &Path,
        selection: &Selection,
        known: KnownSources,
    ) -> Result<Self, PipelineError> {
        let mut state = State::new(folder, known);
        let mut rewritten: BTreeMap<PathBuf, StageId> = BTreeMap::new();
        let mut stages = Vec::new();
        for (node, fingerprint_input) in graph.nodes.iter().zip(fingerprint_inputs) {
            let writer = node.inputs().iter().find_map(|input| rewritten.get(input)).cloned();
            let verdict = match (selection.place(node), writer) {
                (Place::After | Place::OtherModel, _) => Verdict::Left,
                (Place::Forced, _) => Verdict::Run(Why::Asked),
                (_, Some(writer)) => Verdict::Run(Why::Follows(writer)),
                (_, None) => state.verdict(node, fingerprint_input, manifest)?,
            };
            if let Verdict::Run(_) = verdict {
                rewritten.extend(node.outputs().into_iter().map(|output| (output, node.id.clone())));
            }
            stages.push((node.id.clone(), verdict));
        }
        Ok(Self { stages })
    }
}

/// Content hashes of files of a run folder as they are now, by the path inside it; what is missing is left out.
pub(crate) fn hashes(folder: &Path, files: &[PathBuf]) -> Result<BTreeMap<String, String>, PipelineError> {
    let named = |file: &PathBuf| {
        let name = file.to_string_lossy().into_owned();
        there(&folder.join(file), of_file).map(|hash| hash.map(|hash| (name, hash))).transpose()
    };
    files.iter().filter_map(named).collect()
}

/// A file's content hash; none where there is no such file.
fn there(
    path: &Path,
    hash: impl FnOnce(&Path) -> io::Result<String>,
) -> Result<Option<String>, PipelineError> {
    match hash(path) {
        Ok(hash) => Ok(Some(hash)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(FileError::disk("read", path)(source).into()),
    }
}

/// Content hashes of files, each computed once.
pub(crate) struct State {
    folder: PathBuf,
    hashes: BTreeMap<PathBuf, String>,
    known: KnownSources,
}

impl State {
    pub(crate) fn new(folder: &Path, known: KnownSources) -> Self {
        Self { folder: folder.to_owned(), hashes: BTreeMap::new(), known }
    }

    /// A stage has just written these files; one without a hash it did not.
    pub(crate) fn written(&mut self, files: &[PathBuf], hashes: &BTreeMap<String, String>) {
        for file in files {
            let path = self.folder.join(file);
            match hashes.get(file.to_string_lossy().as_ref()) {
                Some(hash) => self.hashes.insert(path, hash.clone()),
                None => self.hashes.remove(&path),
            };
        }
    }

    /// Content hashes of files of the run folder, by the path inside it; what is missing is left out.
    pub(crate) fn hash_all(&mut self, files: &[PathBuf]) -> Result<BTreeMap<String, String>, PipelineError> {
        let mut hashes = BTreeMap::new();
        for file in files {
            if let Some(hash) = self.hash(&self.folder.join(file), of_file)? {
                hashes.insert(file.to_string_lossy().into_owned(), hash);
            }
        }
        Ok(hashes)
    }

    /// Content hashes of everything that a stage reads.
    pub(crate) fn inputs(&mut self, node: &Node) -> Result<BTreeMap<String, String>, PipelineError> {
        let mut hashes = self.hash_all(&node.inputs())?;
        for source in &node.sources {
            if let Some(hash) = self.source(source)? {
                hashes.insert(source.to_string_lossy().into_owned(), hash);
            }
        }
        Ok(hashes)
    }

    fn source(&mut self, path: &Path) -> Result<Option<String>, PipelineError> {
        let known = std::mem::take(&mut self.known);
        let hash = self.hash(path, |path| known.hash(path));
        self.known = known;
        hash
    }

    fn hash(
        &mut self,
        path: &Path,
        hash: impl FnOnce(&Path) -> io::Result<String>,
    ) -> Result<Option<String>, PipelineError> {
        if let Some(known) = self.hashes.get(path) {
            return Ok(Some(known.clone()));
        }
        let hash = there(path, hash)?;
        if let Some(hash) = &hash {
            self.hashes.insert(path.to_owned(), hash.clone());
        }
        Ok(hash)
    }

    /// Whether a stage has to run, judging by the files as they are now.
    pub(crate) fn verdict(
        &mut self,
        node: &Node,
        fingerprint_input: &Value,
        manifest: &Manifest,
    ) -> Result<Verdict, PipelineError> {
        let Some(entry) = manifest.stages.get(&node.id.to_string()) else {
            return Ok(Verdict::Run(Why::New));
        };
        let inputs = self.inputs(node)?;
        if entry.fingerprint != of_stage(node.id.stage.name, fingerprint_input, &inputs) {
            return Ok(Verdict::Run(changed(entry, fingerprint_input, &inputs)));
        }
        let outputs = self.hash_all(&node.outputs())?;
        let altered = unequal(&entry.outputs, &outputs);
        if !altered.is_empty() {
            return Ok(Verdict::Run(Why::Outputs(altered)));
        }
        if entry.summary.failed > 0 {
            return Ok(Verdict::Run(Why::Failures(entry.summary.failed)));
        }
        Ok(Verdict::UpToDate)
    }
}

fn changed(entry: &Entry, fingerprint_input: &Value, inputs: &BTreeMap<String, String>) -> Why {
    let keys: Vec<String> =
        changes(&entry.fingerprint_input, fingerprint_input).iter().map(Change::to_string).collect();
    if keys.is_empty() { Why::Inputs(unequal(&entry.inputs, inputs)) } else { Why::Configuration(keys) }
}

/// Names whose hash differs between two sets, or that only one of them has.
fn unequal(old: &BTreeMap<String, String>, new: &BTreeMap<String, String>) -> Vec<String> {
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    names.into_iter().filter(|name| old.get(*name) != new.get(*name)).cloned().collect()
}
