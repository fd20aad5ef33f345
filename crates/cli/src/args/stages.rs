//! The stages, each alone on named tables.

use std::path::PathBuf;

use clap::Args;

use super::{BatchArgs, CallArgs, FailureArgs, Format, View};

#[derive(Clone, Debug, Args)]
pub(crate) struct LoadArgs {
    /// The kind of source (`thinkmeter list datasets`); else the file's ending or the preset tells
    #[arg(long, value_name = "KIND")]
    pub(crate) dataset: Option<String>,
    /// A ready-made definition (`thinkmeter list presets`)
    #[arg(long, value_name = "NAME")]
    pub(crate) preset: Option<String>,
    /// The file to read
    #[arg(long, value_name = "FILE")]
    pub(crate) path: Option<String>,
    /// A key of the dataset (repeatable)
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub(crate) set: Vec<String>,
    /// Where to write the problems
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: PathBuf,
    /// Where to write recorded replies, for a source that has them
    #[arg(long, value_name = "FILE")]
    pub(crate) replies: Option<PathBuf>,
    /// Where to write the tests of programs, for a source that has them
    #[arg(long, value_name = "FILE")]
    pub(crate) tests: Option<PathBuf>,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct GenerateArgs {
    /// The problems
    #[arg(long, value_name = "FILE")]
    pub(crate) problems: PathBuf,
    /// Recorded replies, for `--generator recorded`
    #[arg(long, value_name = "FILE")]
    pub(crate) replies: Option<PathBuf>,
    /// The kind of generator (`thinkmeter list generators`)
    #[arg(long, value_name = "KIND", default_value = generate::GENERATORS.usual)]
    pub(crate) generator: String,
    /// The model: its name at the server, or in the records
    #[arg(long, value_name = "NAME")]
    pub(crate) model: String,
    /// Address of the server
    #[arg(long, value_name = "URL", alias = "api-url")]
    pub(crate) base_url: Option<String>,
    /// Replies to each problem
    #[arg(long, short = 'n', value_name = "N")]
    pub(crate) samples: Option<u32>,
    /// A key of the model's table (repeatable)
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub(crate) set: Vec<String>,
    #[command(flatten)]
    pub(crate) calls: CallArgs,
    #[command(flatten)]
    pub(crate) failures: FailureArgs,
    /// Replies from the cache alone
    #[arg(long)]
    pub(crate) offline: bool,
    #[command(flatten)]
    pub(crate) batch: BatchArgs,
    /// Print what would be asked and what it would cost, and stop
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// The model's tokenizer, for --dry-run: a path, a model on the hub, or `builtin`; approximate if not given
    #[arg(long, value_name = "TOKENIZER", requires = "dry_run")]
    pub(crate) tokenizer: Option<String>,
    /// Where to write the generations
    #[arg(long, short, value_name = "FILE", required_unless_present_any = ["dry_run", "batch_out"])]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct SplitArgs {
    /// The generations
    #[arg(long, value_name = "FILE")]
    pub(crate) generations: PathBuf,
    /// The kind of splitter (`thinkmeter list splitters`)
    #[arg(long, value_name = "KIND", default_value = split::SPLITTERS.usual)]
    pub(crate) splitter: String,
    /// A key of the splitter, such as model=… for `--splitter llm` (repeatable)
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub(crate) set: Vec<String>,
    /// The model's tokenizer: a path, a model on the hub, or `builtin`; approximate if not given
    #[arg(long, value_name = "TOKENIZER")]
    pub(crate) tokenizer: Option<String>,
    #[command(flatten)]
    pub(crate) calls: CallArgs,
    #[command(flatten)]
    pub(crate) failures: FailureArgs,
    /// Replies from the cache alone
    #[arg(long)]
    pub(crate) offline: bool,
    /// Where to write the splits
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: PathBuf,
}

/// The tables that judging and scoring walk in step.
#[derive(Clone, Debug, Args)]
pub(crate) struct TableArgs {
    /// The problems
    #[arg(long, value_name = "FILE")]
    pub(crate) problems: PathBuf,
    /// The generations
    #[arg(long, value_name = "FILE")]
    pub(crate) generations: PathBuf,
    /// Whether they are right (`thinkmeter grade --generations`)
    #[arg(long, value_name = "FILE")]
    pub(crate) grades: PathBuf,
    /// Their steps
    #[arg(long, value_name = "FILE")]
    pub(crate) splits: PathBuf,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct JudgeArgs {
    #[command(flatten)]
    pub(crate) tables: TableArgs,
    /// The kind of judge (`thinkmeter list judges`)
    #[arg(long, value_name = "KIND", default_value = judge::JUDGES.usual)]
    pub(crate) judge: String,
    /// A task beside the first correct step, and the kind of judge that does it (`thinkmeter list tasks`): strategies,
    /// thoughts=llm, solutions=off (repeatable)
    #[arg(long, value_name = "TASK[=KIND]")]
    pub(crate) task: Vec<String>,
    /// A key of the judge or of a task: base_url=…, model=…, tasks.strategies.model=… (repeatable)
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub(crate) set: Vec<String>,
    #[command(flatten)]
    pub(crate) calls: CallArgs,
    #[command(flatten)]
    pub(crate) failures: FailureArgs,
    /// Replies from the cache alone
    #[arg(long)]
    pub(crate) offline: bool,
    #[command(flatten)]
    pub(crate) batch: BatchArgs,
    /// Where to write the judgments
    #[arg(long, short, value_name = "FILE", required_unless_present = "batch_out")]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct ScoreArgs {
    #[command(flatten)]
    pub(crate) tables: TableArgs,
    /// Their judgments
    #[arg(long, value_name = "FILE")]
    pub(crate) judgments: PathBuf,
    /// The model's tokenizer, needed for `--set compat=evalthink`
    #[arg(long, value_name = "TOKENIZER")]
    pub(crate) tokenizer: Option<String>,
    /// What a million tokens of prompts cost
    #[arg(long, value_name = "MONEY", value_parser = price)]
    pub(crate) prompt_price: Option<f64>,
    /// What a million tokens of replies cost
    #[arg(long, value_name = "MONEY", value_parser = price)]
    pub(crate) completion_price: Option<f64>,
    /// A key of the score table (repeatable)
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub(crate) set: Vec<String>,
    /// Where to write the scores
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: PathBuf,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct MeasureArgs {
    /// Scores of the models, a file each
    #[arg(long, value_name = "FILE", required = true, num_args = 1..)]
    pub(crate) scores: Vec<PathBuf>,
    /// A key of the score table: bootstrap.seed=1 (repeatable)
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub(crate) set: Vec<String>,
    /// Where to write the figures
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: PathBuf,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct ReportArgs {
    /// The figures
    #[arg(long, value_name = "FILE")]
    pub(crate) metrics: PathBuf,
    /// Scores of the models, for what the figures do not hold
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(crate) scores: Vec<PathBuf>,
    /// Which tables are written
    #[arg(long, value_enum, default_value_t = View::Figures)]
    pub(crate) view: View,
    /// The problems, for what they ask (`--view questions`)
    #[arg(long, value_name = "FILE")]
    pub(crate) problems: Option<PathBuf>,
    /// How the figures are written
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
    /// Where to; stdout if not given
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

/// What any stage of the list takes that has no flags of its own above.
#[derive(Clone, Debug, Args)]
pub(crate) struct StageArgs {
    /// A table that it reads: problems=problems.parquet (repeatable)
    #[arg(long, value_name = "TABLE=FILE", value_parser = named_file)]
    pub(crate) read: Vec<(String, PathBuf)>,
    /// A key, as in a pipeline file: STAGE.KEY=VALUE (repeatable)
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub(crate) set: Vec<String>,
    /// The model whose tables they are
    #[arg(long, value_name = "NAME", default_value = "")]
    pub(crate) model: String,
    /// The model's tokenizer: a path, a model on the hub, or `builtin`; approximate if not given
    #[arg(long, value_name = "TOKENIZER")]
    pub(crate) tokenizer: Option<String>,
    #[command(flatten)]
    pub(crate) calls: CallArgs,
    #[command(flatten)]
    pub(crate) failures: FailureArgs,
    /// Replies from the cache alone
    #[arg(long)]
    pub(crate) offline: bool,
    #[command(flatten)]
    pub(crate) batch: BatchArgs,
    /// Where to write its table
    #[arg(long, short, value_name = "FILE", required_unless_present = "batch_out")]
    pub(crate) output: Option<PathBuf>,
    /// Where to write what it writes beyond its first table (repeatable)
    #[arg(long, value_name = "TABLE=FILE", value_parser = named_file)]
    pub(crate) write: Vec<(String, PathBuf)>,
}

fn named_file(text: &str) -> Result<(String, PathBuf), String> {
    let (name, file) = text.split_once('=').ok_or_else(|| "expected TABLE=FILE".to_owned())?;
    Ok((name.to_owned(), PathBuf::from(file)))
}

fn price(text: &str) -> Result<f64, String> {
    let value: f64 = text.parse().map_err(|_| "expected a number".to_owned())?;
    if value.is_finite() && value >= 0.0 {
        Ok(value)
    } else {
        Err("expected a number that is not negative".to_owned())
    }
}
