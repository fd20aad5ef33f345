//! `thinkmeter grade`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::CodeArgs;

#[derive(Clone, Debug, Args)]
pub(crate) struct GradeArgs {
    /// JSONL, CSV or Parquet with `gold` (one answer or a list) and `pred`; and, if you like, `id`, `family`,
    /// `choices` (the options, of multiple choice), `expected` (are they equal), `policy` (a question of convention) and
    /// `kind` (answer, reply or reply_raw, extract)
    #[arg(value_name = "PAIRS", required_unless_present = "generations")]
    pub(crate) pairs: Option<PathBuf>,
    /// In place of pairs: the problems of a model's generations
    #[arg(long, value_name = "FILE", requires = "generations", conflicts_with = "pairs")]
    pub(crate) problems: Option<PathBuf>,
    /// The tests of the problems, where programs answer them
    #[arg(long, value_name = "FILE", requires = "generations")]
    pub(crate) tests: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) code: CodeArgs,
    /// The generations, each of which gets a grade
    #[arg(long, value_name = "FILE", requires_all = ["problems", "output"], conflicts_with = "pairs")]
    pub(crate) generations: Option<PathBuf>,
    /// The kind of grader of generations (`thinkmeter list graders`)
    #[arg(long, value_name = "KIND", default_value = grade::GRADERS.usual, conflicts_with = "pairs")]
    pub(crate) grader: String,
    /// Rows without a `kind` hold replies: the final answer of `pred` is extracted first; `gold` is taken as written
    #[arg(long)]
    pub(crate) reply: bool,
    /// What counts as the same answer: percent_optional=false, decimal_digits=4; of generations, a key of the grader:
    /// policy.decimal_digits=4 (repeatable)
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub(crate) set: Vec<String>,
    /// How the verdicts are printed
    #[arg(long, value_enum, default_value_t = RowFormat::Jsonl, conflicts_with = "output")]
    pub(crate) format: RowFormat,
    /// Where to write the verdicts, as .jsonl, .csv or .parquet; then the table goes to stdout. Grades are a table
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RowFormat {
    /// JSON, a row a line
    Jsonl,
    /// Comma-separated
    Csv,
}
