//! `thinkmeter import`.

use std::path::PathBuf;

use clap::Args;

#[derive(Clone, Debug, Args)]
pub(crate) struct ImportArgs {
    /// Recorded traces: files, folders or patterns of other tools' logs, of training data, or of rows with columns
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// Folder for problems.parquet, replies.parquet, each model's generations, labels.jsonl and import.json
    #[arg(long, short, value_name = "DIR")]
    pub(crate) output_dir: PathBuf,
    /// The files' format, where their content does not tell it (thinkmeter list formats)
    #[arg(long, value_name = "FORMAT")]
    pub(crate) format: Option<String>,
    /// Whose replies these are, where neither rows nor folders say it
    #[arg(long, value_name = "NAME")]
    pub(crate) model: Option<String>,
    /// A key of the recorded dataset: subset=extra.level, columns.problem=question (repeatable)
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub(crate) set: Vec<String>,
}
