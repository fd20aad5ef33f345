//! `thinkmeter import`.

use std::path::PathBuf;

use clap::Args;

#[derive(Clone, Debug, Args)]
pub(crate) struct ImportArgs {
    /// Files of recorded traces: JSONL, CSV or Parquet
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// Folder for problems.parquet, replies.parquet and each model's generations
    #[arg(long, short, value_name = "DIR")]
    pub(crate) output_dir: PathBuf,
    /// The files' format, where their names do not tell
    #[arg(long, value_name = "FORMAT")]
    pub(crate) format: Option<String>,
    /// A key of the recorded dataset: subset=extra.level, columns.problem=question (repeatable)
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub(crate) set: Vec<String>,
}
