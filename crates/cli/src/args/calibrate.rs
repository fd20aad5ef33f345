//! `thinkmeter calibrate`.

use std::path::PathBuf;

use clap::Args;

use super::{CallArgs, Format};

#[derive(Clone, Debug, Args)]
pub(crate) struct CalibrateArgs {
    /// Files with labelled traces: ProcessBench, PRMBench, MR-GSM8K or TRL stepwise rows, or traces with the step that
    /// first asserts the answer (labels and traces may stand in files of their own); our own demonstration if not given
    #[arg(value_name = "LABELLED")]
    pub(crate) labelled: Vec<String>,
    /// In place of traces: pairs of answers with `gold`, `pred` and `expected` (are they the same), and `problem` for whoever is
    /// asked; a grader is held against them
    #[arg(long, value_name = "FILE", conflicts_with_all = ["labelled", "judge", "judge_of", "verifier", "output"])]
    pub(crate) pairs: Option<PathBuf>,
    /// The grader of pairs (`thinkmeter list graders`)
    #[arg(long, value_name = "KIND", default_value = grade::BY_MODEL, requires = "pairs")]
    pub(crate) grader: String,
    /// A judge (`thinkmeter list judges`); several are compared with each other too (repeatable)
    #[arg(long, value_name = "KIND")]
    pub(crate) judge: Vec<String>,
    /// The judge of this pipeline (repeatable)
    #[arg(long, value_name = "PIPELINE")]
    pub(crate) judge_of: Vec<String>,
    /// A verifier of steps (`thinkmeter list verifiers`: steps, prm), held against labels of the first wrong step (repeatable)
    #[arg(long, value_name = "KIND")]
    pub(crate) verifier: Vec<String>,
    /// A key of the grader, or of the judges and verifiers that are named: model=…; of one of several by its place, judges first, 1.model=… (repeatable)
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub(crate) set: Vec<String>,
    /// Address of the judges' server
    #[arg(long, value_name = "URL", alias = "api-url")]
    pub(crate) base_url: Option<String>,
    /// What counts tokens: a path, a model on the hub, or `builtin`; approximate if not given
    #[arg(long, value_name = "TOKENIZER")]
    pub(crate) tokenizer: Option<String>,
    #[command(flatten)]
    pub(crate) calls: CallArgs,
    /// Replies from the cache alone
    #[arg(long)]
    pub(crate) offline: bool,
    /// How the figures are printed: table, md or json
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
    /// Where to write the first judge's calibration, for `[score] judge_error`
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}
