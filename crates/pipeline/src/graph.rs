//! The stages of a run and what each reads and writes.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::error::PipelineError;
use crate::folder::folder_names;
use crate::pipeline::Pipeline;

/// A kind of stage, in the order in which they run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Problems (and recorded replies) from their source.
    Load,
    /// Replies of one model.
    Generate,
    /// Their thinking cut into steps.
    Split,
    /// The first correct step.
    Judge,
    /// Measures of each generation.
    Score,
    /// Figures over all models and groups.
    Measure,
    /// Pages and tables for people.
    Report,
}

impl Stage {
    /// All stages in order.
    pub const ALL: [Self; 7] =
        [Self::Load, Self::Generate, Self::Split, Self::Judge, Self::Score, Self::Measure, Self::Report];

    /// The stage's name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Load => "load",
            Self::Generate => "generate",
            Self::Split => "split",
            Self::Judge => "judge",
            Self::Score => "score",
            Self::Measure => "measure",
            Self::Report => "report",
        }
    }

    /// There is one such stage for each model.
    pub fn is_per_model(self) -> bool {
        matches!(self, Self::Generate | Self::Split | Self::Judge | Self::Score)
    }
}

impl FromStr for Stage {
    type Err = PipelineError;

    fn from_str(word: &str) -> Result<Self, PipelineError> {
        let found = Self::ALL.into_iter().find(|stage| stage.name() == word);
        found.ok_or_else(|| PipelineError::unknown_stage(word))
    }
}

/// One stage of one model, or of the run.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct StageId {
    /// The kind of stage.
    pub stage: Stage,
    /// The model's name, for a stage that each model has.
    pub model: Option<String>,
}

impl fmt::Display for StageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.stage.name())?;
        self.model.iter().try_for_each(|model| write!(f, " {model}"))
    }
}

/// A stage with its files; paths are relative to the run folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Which stage.
    pub id: StageId,
    /// The model's index in the pipeline.
    pub model: Option<usize>,
    /// Files of other stages that it reads.
    pub inputs: Vec<PathBuf>,
    /// Files of the user that it reads, as the user named them.
    pub sources: Vec<PathBuf>,
    /// Files that it writes.
    pub outputs: Vec<PathBuf>,
}

/// All stages of a pipeline, each behind those that it reads from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Graph {
    /// The stages.
    pub nodes: Vec<Node>,
    /// The folder of each model, in the pipeline's order.
    pub folders: Vec<String>,
}

/// The files of a run folder.
pub(crate) mod files {
    pub(crate) const PROBLEMS: &str = "problems.parquet";
    pub(crate) const REPLIES: &str = "replies.parquet";
    pub(crate) const GENERATIONS: &str = "generations.parquet";
    pub(crate) const SPLITS: &str = "splits.parquet";
    pub(crate) const JUDGMENTS: &str = "judgments.parquet";
    pub(crate) const SCORES: &str = "scores.parquet";
    pub(crate) const METRICS: &str = "metrics.parquet";
    pub(crate) const REPORTS: [&str; 4] = ["report.html", "report.md", "report.csv", "report.json"];
}

impl Graph {
    /// The stages of a pipeline.
    pub fn of(pipeline: &Pipeline) -> Self {
        let folders = folder_names(pipeline.models.iter().map(generate::Model::name));
        let mut nodes = vec![load_node(pipeline)];
        for stage in [Stage::Generate, Stage::Split, Stage::Judge, Stage::Score] {
            for (index, model) in pipeline.models.iter().enumerate() {
                let (inputs, outputs) = model_files(stage, &folders[index], pipeline.load.has_replies());
                let id = StageId { stage, model: Some(model.name().to_owned()) };
                nodes.push(Node { id, model: Some(index), inputs, sources: vec![], outputs });
            }
        }
        let scores: Vec<PathBuf> =
            folders.iter().map(|folder| Path::new(folder).join(files::SCORES)).collect();
        let metrics = PathBuf::from(files::METRICS);
        nodes.push(run_node(Stage::Measure, scores.clone(), vec![metrics.clone()]));
        // The page shows traces, so it is made anew when any of their tables changes.
        let shown = [files::GENERATIONS, files::SPLITS, files::JUDGMENTS];
        let of_model = |folder: &String| shown.map(|name| Path::new(folder).join(name));
        let traces = folders.iter().flat_map(of_model).chain([PathBuf::from(files::PROBLEMS)]);
        let read = std::iter::once(metrics).chain(scores).chain(traces).collect();
        nodes.push(run_node(Stage::Report, read, files::REPORTS.map(PathBuf::from).to_vec()));
        Self { nodes, folders }
    }
}

fn load_node(pipeline: &Pipeline) -> Node {
    let replies = pipeline.load.has_replies().then(|| PathBuf::from(files::REPLIES));
    let outputs = std::iter::once(PathBuf::from(files::PROBLEMS)).chain(replies).collect();
    Node { sources: pipeline.load.inputs(), ..run_node(Stage::Load, vec![], outputs) }
}

fn run_node(stage: Stage, inputs: Vec<PathBuf>, outputs: Vec<PathBuf>) -> Node {
    Node { id: StageId { stage, model: None }, model: None, inputs, sources: vec![], outputs }
}

fn model_files(stage: Stage, folder: &str, has_replies: bool) -> (Vec<PathBuf>, Vec<PathBuf>) {
    let own = |name: &str| Path::new(folder).join(name);
    let problems = PathBuf::from(files::PROBLEMS);
    let (generations, splits) = (own(files::GENERATIONS), own(files::SPLITS));
    let (judgments, scores) = (own(files::JUDGMENTS), own(files::SCORES));
    match stage {
        Stage::Generate => {
            let replies = has_replies.then(|| PathBuf::from(files::REPLIES));
            (std::iter::once(problems).chain(replies).collect(), vec![generations])
        }
        Stage::Split => (vec![generations], vec![splits]),
        Stage::Judge => (vec![problems, generations, splits], vec![judgments]),
        _ => (vec![problems, generations, splits, judgments], vec![scores]),
    }
}
