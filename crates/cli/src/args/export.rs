//! `thinkmeter export`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

#[derive(Clone, Debug, Args)]
pub(crate) struct ExportArgs {
    /// What is written
    #[arg(value_enum)]
    pub(crate) what: Exported,
    /// The run's folder, graded with `grid`
    #[arg(value_name = "RUN")]
    pub(crate) run: PathBuf,
    /// Folder in which each model gets one of its own
    #[arg(long, short, value_name = "DIR")]
    pub(crate) output: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Exported {
    /// ARC Prize's form: a file a task, its test inputs in their order, two attempts each
    ArcSubmission,
}
