//! What can be typed.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

const ABOUT: &str = "How economically does a reasoning model think?";

const EXIT_CODES: &str = "Exit codes: 0 done, 1 failed, 2 usage, 3 bad pipeline or input, 4 endpoint unreachable or \
refused, 5 finished with more errors than --fail-on-error, 130 interrupted.\n\n\
Environment: OPENAI_API_KEY, OPENAI_BASE_URL, HF_TOKEN, HF_HOME, HF_ENDPOINT, HF_HUB_OFFLINE, THINKMETER_CACHE, \
NO_COLOR.";

/// How economically does a reasoning model think?
#[derive(Debug, Parser)]
#[command(name = "thinkmeter", version, about = ABOUT, after_help = EXIT_CODES, propagate_version = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) global: Global,
}

/// Flags of every subcommand.
#[derive(Clone, Debug, Args)]
pub(crate) struct Global {
    /// Say nothing but warnings and errors
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
    /// When to use colour; NO_COLOR is honoured
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto)]
    pub(crate) color: Color,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run a pipeline: the stages that are not up to date, in order
    Run(RunArgs),
    /// Print what a run would do, and why
    Explain(ExplainArgs),
    /// Print what exists: splitters, judges, datasets, generators, metrics, pipelines
    List(ListArgs),
    /// Turn traces that other tools recorded into problems and generations
    Import(ImportArgs),
    /// One stage: problems (and recorded replies) from a source
    Load(LoadArgs),
    /// One stage: replies of a model to problems
    Generate(GenerateArgs),
    /// One stage: cut thinking into steps
    Split(SplitArgs),
    /// One stage: find the first step that asserts the right answer
    Judge(JudgeArgs),
    /// One stage: measure each generation
    Score(ScoreArgs),
    /// One stage: figures with intervals over scores of any number of models
    Measure(MeasureArgs),
    /// One stage: print or write figures as a table, Markdown, CSV, JSON or HTML
    Report(ReportArgs),
    /// Compare pairs of answers: a verdict each, and how often it is right where the truth is known
    Grade(GradeArgs),
}

/// Which pipeline, and what to change in it.
#[derive(Clone, Debug, Args)]
pub(crate) struct PipelineArgs {
    /// A pipeline file, or the name of an embedded one (`thinkmeter list pipelines`)
    #[arg(default_value = "full-eval")]
    pub(crate) pipeline: String,
    /// Override a key: split.kind=keywords, models.0.base_url=…, models.*.samples=4 (repeatable)
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub(crate) set: Vec<String>,
    /// Only the first N problems, or those from A to B (1-based)
    #[arg(long, value_name = "N|A-B", alias = "max-samples")]
    pub(crate) limit: Option<String>,
    /// Only the problem with this id (repeatable)
    #[arg(long, value_name = "ID")]
    pub(crate) sample_id: Vec<String>,
    /// Replies that each model gives to each problem
    #[arg(long, short = 'n', value_name = "N", alias = "num-samples")]
    pub(crate) samples: Option<u32>,
    /// Address of the models' server, for every model that is asked
    #[arg(long, value_name = "URL", alias = "api-url")]
    pub(crate) base_url: Option<String>,
    /// Folder under which each pipeline's run has its own
    #[arg(long, short, value_name = "DIR", default_value = "runs")]
    pub(crate) output_dir: PathBuf,
    /// Name of the run's folder, if not the pipeline's
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Only this model of the pipeline (repeatable)
    #[arg(long, value_name = "NAME")]
    pub(crate) model: Vec<String>,
    /// Run this stage and all behind it
    #[arg(long, value_name = "STAGE", conflicts_with = "only")]
    pub(crate) from: Option<String>,
    /// Stop after this stage
    #[arg(long, value_name = "STAGE", conflicts_with = "only")]
    pub(crate) to: Option<String>,
    /// Run this stage alone
    #[arg(long, value_name = "STAGE")]
    pub(crate) only: Option<String>,
    /// Run this stage even if it is up to date (repeatable)
    #[arg(long, value_name = "STAGE")]
    pub(crate) force: Vec<String>,
    /// No network: models and hub from their caches alone
    #[arg(long)]
    pub(crate) offline: bool,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct RunArgs {
    #[command(flatten)]
    pub(crate) pipeline: PipelineArgs,
    #[command(flatten)]
    pub(crate) calls: CallArgs,
    /// Exit with 5 if more than this share of the rows failed
    #[arg(long, value_name = "SHARE", default_value_t = 0.0, value_parser = share)]
    pub(crate) fail_on_error: f64,
    /// Print the plan and stop
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// How the figures are printed
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
}

/// How models are called.
#[derive(Clone, Debug, Args)]
pub(crate) struct CallArgs {
    /// Calls in flight at once
    #[arg(long, short = 'j', value_name = "N", default_value_t = 16, alias = "eval-batch-size")]
    pub(crate) concurrency: usize,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct ExplainArgs {
    #[command(flatten)]
    pub(crate) pipeline: PipelineArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    Datasets,
    Generators,
    Judges,
    Metrics,
    Pipelines,
    Presets,
    Splitters,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct ListArgs {
    /// What to list
    #[arg(value_enum)]
    pub(crate) kind: Kind,
    /// With the keys of each component
    #[arg(long)]
    pub(crate) keys: bool,
}

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
    #[arg(long, value_name = "KIND", default_value = "openai")]
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
    /// Replies from the cache alone
    #[arg(long)]
    pub(crate) offline: bool,
    /// Where to write the generations
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: PathBuf,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct SplitArgs {
    /// The generations
    #[arg(long, value_name = "FILE")]
    pub(crate) generations: PathBuf,
    /// The kind of splitter (`thinkmeter list splitters`)
    #[arg(long, value_name = "KIND", default_value = "separator")]
    pub(crate) splitter: String,
    /// A key of the splitter (repeatable)
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub(crate) set: Vec<String>,
    /// The model's tokenizer: a path, a model on the hub, or `builtin`; approximate if not given
    #[arg(long, value_name = "TOKENIZER")]
    pub(crate) tokenizer: Option<String>,
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
    /// Their steps
    #[arg(long, value_name = "FILE")]
    pub(crate) splits: PathBuf,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct JudgeArgs {
    #[command(flatten)]
    pub(crate) tables: TableArgs,
    /// The kind of judge (`thinkmeter list judges`)
    #[arg(long, value_name = "KIND", default_value = "rule")]
    pub(crate) judge: String,
    /// A key of the judge: base_url=…, model=… (repeatable)
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub(crate) set: Vec<String>,
    #[command(flatten)]
    pub(crate) calls: CallArgs,
    /// Replies from the cache alone
    #[arg(long)]
    pub(crate) offline: bool,
    /// Where to write the judgments
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: PathBuf,
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
    /// How the figures are written
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
    /// Where to; stdout if not given
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct GradeArgs {
    /// JSONL, CSV or Parquet with `gold` (one answer or a list) and `pred`; and, if you like, `id`, `family`,
    /// `expected` (are they equal), `policy` (a question of convention) and `kind` (answer, reply, reply_raw, extract)
    #[arg(value_name = "PAIRS")]
    pub(crate) pairs: PathBuf,
    /// Rows without a `kind` hold replies: extract the final answer first
    #[arg(long)]
    pub(crate) reply: bool,
    /// What counts as the same answer: percent_optional=false, decimal_digits=4 (repeatable)
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub(crate) set: Vec<String>,
    /// How the verdicts are printed
    #[arg(long, value_enum, default_value_t = RowFormat::Jsonl, conflicts_with = "output")]
    pub(crate) format: RowFormat,
    /// Where to write the verdicts, as .jsonl, .csv or .parquet; then the table goes to stdout
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

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// A table for the terminal
    Table,
    /// Markdown
    Md,
    /// Comma-separated, a figure a line
    Csv,
    /// One JSON document
    Json,
    /// JSON, a figure a line
    Jsonl,
    /// One HTML page with charts
    Html,
}

fn share(text: &str) -> Result<f64, String> {
    let value: f64 = text.parse().map_err(|_| "expected a number from 0 to 1".to_owned())?;
    if (0.0..=1.0).contains(&value) { Ok(value) } else { Err("expected a number from 0 to 1".to_owned()) }
}

/// Flags may be typed with underscores: `--fail_on_error` is `--fail-on-error`.
pub(crate) fn with_dashes(args: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let dashed = |arg: OsString| match arg.to_str() {
        Some(text) if text.starts_with("--") => {
            let (name, value) =
                text.split_once('=').map_or((text, None), |(name, value)| (name, Some(value)));
            let name = name.replace('_', "-");
            value.map_or_else(|| name.clone().into(), |value| format!("{name}={value}").into())
        }
        _ => arg,
    };
    args.map(dashed).collect()
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn underscores_are_dashes_in_names_and_stay_in_values() {
        let check = |typed: &str, expect: &str| {
            assert_eq!(with_dashes(std::iter::once(OsString::from(typed))), [expect]);
        };
        check("--dry_run", "--dry-run");
        check("--base_url=http://a_b", "--base-url=http://a_b");
        check("models_a", "models_a");
    }
}
