//! Everything that can stop a run, and whose turn it is then.

use std::path::PathBuf;

use plugin::ConfigErrors;
use stage::{FileError, StageError};
use tables::{Blame, Blamed};

use crate::stages::StageId;

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
        faults: ConfigErrors,
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
    /// A file of the run folder cannot be used.
    #[error(transparent)]
    File(#[from] FileError),
    /// A model's tokenizer cannot be had.
    #[error("model `{model}`: {reason}")]
    Tokenizer {
        /// The model.
        model: String,
        /// What is wrong, and what to do.
        reason: String,
    },
    /// The key that marks the pipeline's secrets in fingerprints cannot be had.
    #[error(
        "the pipeline holds secrets, and the key that stands for them in fingerprints cannot be kept: {reason}; set \
         THINKMETER_CACHE to a folder that can be written, or leave the secrets to the environment"
    )]
    Seal {
        /// What the operating system said.
        reason: std::io::Error,
    },
    /// A stage, or a look into what it reads, failed.
    #[error(transparent)]
    Failed(#[from] StageError),
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
    /// Questions that were written down to be asked later, if that is why a stage has no result.
    pub fn deferred(&self) -> Option<u64> {
        match self {
            Self::Failed(error) => error.deferred(),
            Self::Stage { source, .. } => source.deferred(),
            _ => None,
        }
    }

    pub(crate) fn at(self, stage: &StageId) -> Self {
        Self::Stage { stage: stage.clone(), source: Box::new(self) }
    }
}

impl Blamed for PipelineError {
    fn blame(&self) -> Blame {
        match self {
            Self::File(error) => error.blame(),
            Self::Failed(error) => error.blame(),
            Self::Stage { source, .. } => source.blame(),
            Self::Interrupted(_) => Blame::Interrupted,
            _ => Blame::Input,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::StaleInput { stage, .. } => {
                Some(format!("start earlier: `--from {}`, or leave the flag out", stage.stage.name))
            }
            Self::Failed(error) => error.hint(),
            Self::Stage { source, .. } => source.hint(),
            Self::Invalid { .. } => {
                Some("`thinkmeter list KIND --keys` prints the keys of every component".to_owned())
            }
            Self::Unknown { .. } => Some("`thinkmeter list pipelines` describes them".to_owned()),
            _ => None,
        }
    }
}
