//! The stages of a run and what each reads and writes.

use std::collections::BTreeMap;
use std::path::PathBuf;

use stage::{Files, RunLayout, Table};

use crate::pipeline::{Pipeline, PipelineStage};
use crate::stages::{StageId, StageKind};

/// A stage with its files; paths are relative to the run folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Which stage.
    pub id: StageId,
    /// The model's index in the pipeline.
    pub model: Option<usize>,
    /// Files of other stages that it reads, with the table and the model of each.
    reads: Vec<(Table, Option<usize>, PathBuf)>,
    /// Files of the user that it reads, as the user named them.
    pub sources: Vec<PathBuf>,
    /// Files that it writes.
    writes: Vec<(Table, PathBuf)>,
}

impl Node {
    /// Files of other stages that it reads.
    pub fn inputs(&self) -> Vec<PathBuf> {
        self.reads.iter().map(|(_, _, path)| path.clone()).collect()
    }

    /// Files that it writes.
    pub fn outputs(&self) -> Vec<PathBuf> {
        self.writes.iter().map(|(_, path)| path.clone()).collect()
    }

    /// It writes this table.
    pub(crate) fn writes(&self, table: Table) -> bool {
        self.writes.iter().any(|(written, _)| *written == table)
    }

    /// The files as a stage gets them: what it reads wherever `read` says it lies, what it writes below `out`. A stage of
    /// the run reads the tables of the models that are `included` alone.
    pub(crate) fn files(
        &self,
        included: &[bool],
        read: impl Fn(&PathBuf) -> PathBuf,
        out: &std::path::Path,
    ) -> Files {
        let wanted = |model: &Option<usize>| {
            self.model.is_some() || model.is_none_or(|at| included.get(at).copied().unwrap_or(true))
        };
        let reads = self.reads.iter().filter(|(_, model, _)| wanted(model));
        let files = reads.fold(Files::default(), |files, (table, _, path)| files.reading(*table, read(path)));
        self.writes.iter().fold(files, |files, (table, path)| files.writing(*table, out.join(path)))
    }
}

/// All stages of a pipeline, each after those that it reads from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Graph {
    /// The stages.
    pub nodes: Vec<Node>,
}

impl Graph {
    /// The stages of a pipeline.
    pub fn of(pipeline: &Pipeline) -> Self {
        let folders = RunLayout::folders(pipeline.models.iter().map(|model| model.name.as_str()));
        let stages = pipeline.stages.iter();
        let tables: BTreeMap<StageKind, Tables> =
            stages.map(|stage| (stage.kind, Tables::of(pipeline, stage))).collect();
        let node = |(stage, model): (&PipelineStage, _)| {
            node(pipeline, stage, model, &folders, &tables[&stage.kind])
        };
        Self { nodes: pipeline.targets().map(node).collect() }
    }
}

/// The tables of a stage, which are the same for every model.
struct Tables {
    /// Those of earlier stages that it reads.
    reads: Vec<Table>,
    writes: Vec<Table>,
}

impl Tables {
    fn of(pipeline: &Pipeline, stage: &PipelineStage) -> Self {
        let before = pipeline.stages.iter().filter(|other| other.kind < stage.kind);
        let written: Vec<Table> = before.flat_map(|other| other.configured.writes()).collect();
        let reads = stage.configured.reads().into_iter().filter(|table| written.contains(table)).collect();
        Self { reads, writes: stage.configured.writes() }
    }
}

fn node(
    pipeline: &Pipeline,
    stage: &PipelineStage,
    model: Option<usize>,
    folders: &[String],
    tables: &Tables,
) -> Node {
    let mut reads = Vec::new();
    for table in &tables.reads {
        let models: Vec<Option<usize>> = match (table.per_model, model) {
            (false, _) => vec![None],
            (true, Some(_)) => vec![model],
            (true, None) => (0..folders.len()).map(Some).collect(),
        };
        let place =
            |model: Option<usize>| (*table, model, table.inside(model.map(|at| folders[at].as_str())));
        reads.extend(models.into_iter().map(place));
    }
    let folder = model.map(|at| folders[at].as_str());
    let writes = tables.writes.iter().map(|table| (*table, table.inside(folder))).collect();
    let name = model.map(|at| pipeline.models[at].name.clone());
    let id = StageId { stage: stage.kind, model: name };
    Node { id, model, reads, sources: stage.configured.sources(), writes }
}
