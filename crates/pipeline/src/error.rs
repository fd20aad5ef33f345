//! Everything that can stop a run, and whose turn it is then.

use std::path::PathBuf;

use plugin::Faults;
use tables::{Blame, Blamed};

use crate::graph::{Stage, StageId};

/// Why a pipeline cannot be read, planned or run.
#[derive(Debug, thiserror::Error)]
pub enum PipelineError {
    /// There is no such pipeline, neither as a file nor among the embedded ones.
    #[error("no pipeline `{name}`: no such file, and not one of {known}")]
    Unknown {
        /// What was asked for.
        name: String,
        /// The embedded pipelines.
        known: String,
    },
    /// The pipeline file exists but cannot be read.
    #[error("cannot read {path}: {source}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The pipeline file is not TOML.
    #[error("{origin} is not valid TOML: {message}")]
    NotToml {
        /// The file or the embedded pipeline.
        origin: String,
        /// The parser's message, with line and column.
        message: String,
    },
    /// The pipeline file says something that makes no sense.
    #[error("{origin} cannot be run:\n{faults}")]
    Invalid {
        /// The file or the embedded pipeline.
        origin: String,
        /// Everything that is wrong with it.
        faults: Faults,
    },
    /// A flag names something that the pipeline does not have.
    #[error("{0}")]
    Selection(String),
    /// A stage that was not asked for would have to run first.
    #[error("{stage} is not up to date ({why}), and {asked} would build on it")]
    StaleInput {
        /// The stage before.
        stage: StageId,
        /// Why it would have to run.
        why: String,
        /// The flag that excludes it.
        asked: String,
    },
    /// Another process works in the run folder.
    #[error("{path} is in use by another process; wait for it, or give this run another folder")]
    Busy {
        /// The run folder.
        path: PathBuf,
    },
    /// The run folder cannot be used.
    #[error("cannot {action} {path}: {source}")]
    Folder {
        /// What was tried.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The manifest is there but cannot be understood.
    #[error("{path} is damaged ({reason}); remove it to run every stage again (cached replies are kept)")]
    Manifest {
        /// The manifest.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A model's tokenizer cannot be had.
    #[error("model `{model}`: {reason}")]
    Tokenizer {
        /// The model.
        model: String,
        /// What is wrong, and what to do.
        reason: String,
    },
    /// The dataset stage, or a look into its source, failed.
    #[error(transparent)]
    Dataset(#[from] dataset::DatasetError),
    /// A generation stage failed.
    #[error(transparent)]
    Generate(#[from] generate::GenerateError),
    /// A split stage failed.
    #[error(transparent)]
    Split(#[from] split::SplitError),
    /// A judge stage failed.
    #[error(transparent)]
    Judge(#[from] judge::JudgeError),
    /// A score stage failed.
    #[error(transparent)]
    Score(#[from] score::ScoreError),
    /// The report failed.
    #[error(transparent)]
    Report(#[from] report::ReportError),
    /// A batch file cannot be used.
    #[error(transparent)]
    Batch(#[from] llm::BatchError),
    /// A person asked to stop between two stages.
    #[error(transparent)]
    Interrupted(#[from] stage::Interrupted),
    /// A stage failed; the error beneath says how.
    #[error("{stage}: {source}")]
    Stage {
        /// The stage.
        stage: StageId,
        /// Its error.
        source: Box<PipelineError>,
    },
}

impl PipelineError {
    /// Questions that were put aside to be asked later, if that is why a stage has no result.
    pub fn aside(&self) -> Option<u64> {
        match self {
            Self::Generate(generate::GenerateError::Aside(aside)) => Some(aside.questions),
            Self::Split(split::SplitError::Aside { questions }) => Some(*questions),
            Self::Judge(judge::JudgeError::Aside(aside)) => Some(aside.questions),
            Self::Stage { source, .. } => source.aside(),
            _ => None,
        }
    }

    pub(crate) fn at(self, stage: &StageId) -> Self {
        Self::Stage { stage: stage.clone(), source: Box::new(self) }
    }

    pub(crate) fn unknown_stage(word: &str) -> Self {
        let names = Stage::ALL.map(Stage::name);
        Self::Selection(plugin::Fault::unknown("stage", "stage", word, &names).to_string())
    }
}

impl Blamed for PipelineError {
    fn blame(&self) -> Blame {
        match self {
            Self::Folder { .. } => Blame::Other,
            Self::Dataset(error) => error.blame(),
            Self::Generate(error) => error.blame(),
            Self::Split(error) => error.blame(),
            Self::Judge(error) => error.blame(),
            Self::Score(error) => error.blame(),
            Self::Report(error) => error.blame(),
            Self::Stage { source, .. } => source.blame(),
            Self::Batch(error) => error.blame(),
            Self::Interrupted(_) => Blame::Interrupted,
            _ => Blame::Input,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::StaleInput { stage, .. } => {
                Some(format!("start earlier: `--from {}`, or leave the flag out", stage.stage.name()))
            }
            Self::Stage { source, .. } => source.hint(),
            Self::Invalid { .. } => {
                Some("`thinkmeter list KIND --keys` prints the keys of every component".to_owned())
            }
            Self::Unknown { .. } => Some("`thinkmeter list pipelines` describes them".to_owned()),
            _ => None,
        }
    }
}
