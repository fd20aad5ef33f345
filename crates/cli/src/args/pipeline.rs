//! What every subcommand over a pipeline takes, and `run` and `explain` beyond it.

use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;

use super::{Format, View};

/// Which pipeline, and what to change in it.
#[derive(Clone, Debug, Args)]
pub(crate) struct PipelineArgs {
    /// A pipeline file, or the name of an embedded one (`thinkmeter list pipelines`); `run` and `explain` take suites too
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
    #[command(flatten)]
    pub(crate) batch: BatchArgs,
    #[command(flatten)]
    pub(crate) failures: FailureArgs,
    /// Print the plan with what it would ask and cost, and stop
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) code: CodeArgs,
    /// How the figures are printed
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
    /// Which tables are printed
    #[arg(long, value_enum)]
    pub(crate) view: Option<View>,
}

/// How many rows may fail.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct FailureArgs {
    /// Exit with 5 if more than this share of the rows of a stage failed, and let such a result replace no better one
    #[arg(long, value_name = "SHARE", default_value_t = 0.0, value_parser = share)]
    pub(crate) fail_on_error: f64,
}

/// How programs that a model wrote are run.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct CodeArgs {
    /// Run programs that a model wrote with your rights where nothing confines them (`thinkmeter doctor --sandbox`): only in a
    /// machine that may be lost
    #[arg(long)]
    pub(crate) run_code_unconfined: bool,
}

/// How models are called.
#[derive(Clone, Debug, Args)]
pub(crate) struct CallArgs {
    /// Calls in flight at once; `auto` starts at 20, grows while the server keeps its pace and shrinks when it
    /// says that we ask too much
    #[arg(long, short = 'j', value_name = "N|auto", default_value = "16", alias = "eval-batch-size")]
    pub(crate) concurrency: Concurrency,
    /// The most that replies may cost, in the currency of the models' `price`: then stop, keep what was replied, and
    /// exit with 1
    #[arg(long, value_name = "AMOUNT", value_parser = amount)]
    pub(crate) max_cost: Option<f64>,
    /// Servers that are started for models (`serve`) and stay when no stage needs them at the moment; two may not fit a GPU
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) keep_servers: usize,
}

/// How many calls are in flight at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Concurrency {
    /// As many as the server takes well.
    Auto,
    /// So many.
    Fixed(usize),
}

impl Concurrency {
    /// The most calls that may be in flight.
    pub(crate) fn most(self) -> usize {
        match self {
            Self::Auto => llm::Execution::MOST_AUTO,
            Self::Fixed(number) => number,
        }
    }
}

impl FromStr for Concurrency {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "auto" {
            return Ok(Self::Auto);
        }
        let number = text.parse().ok().filter(|number| *number > 0);
        number.map(Self::Fixed).ok_or_else(|| "expected a number above 0, or `auto`".to_owned())
    }
}

/// Batch files in a server's place.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct BatchArgs {
    /// Ask no server: write what would be asked as OpenAI Batch requests (of `run`: into this folder, a file a model)
    #[arg(long, value_name = "PATH")]
    pub(crate) batch_out: Option<PathBuf>,
    /// Ask no server: take replies from these results of a batch (repeatable); what they lack fails, or goes to --batch-out
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(crate) batch_in: Vec<PathBuf>,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct ExplainArgs {
    #[command(flatten)]
    pub(crate) pipeline: PipelineArgs,
    #[command(flatten)]
    pub(crate) calls: CallArgs,
}

fn amount(text: &str) -> Result<f64, String> {
    let wrong = || "expected an amount of money of 0 or more".to_owned();
    let value: f64 = text.parse().map_err(|_| wrong())?;
    if value.is_finite() && value >= 0.0 { Ok(value) } else { Err(wrong()) }
}

fn share(text: &str) -> Result<f64, String> {
    let value: f64 = text.parse().map_err(|_| "expected a number from 0 to 1".to_owned())?;
    if (0.0..=1.0).contains(&value) { Ok(value) } else { Err("expected a number from 0 to 1".to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn concurrency_is_a_number_or_auto() {
        let check = |text: &str, expect: Option<Concurrency>| {
            assert_eq!(text.parse::<Concurrency>().ok(), expect, "{text}");
        };
        check("16", Some(Concurrency::Fixed(16)));
        check("auto", Some(Concurrency::Auto));
        check("0", None);
        check("-3", None);
        check("many", None);
    }
}
