//! `thinkmeter arena`.

use std::path::PathBuf;

use arena::Cluster;
use clap::{Args, Subcommand, ValueEnum};

use super::{BatchArgs, CallArgs, FailureArgs, Format};

#[derive(Clone, Debug, Args)]
pub(crate) struct ArenaArgs {
    #[command(subcommand)]
    pub(crate) action: ArenaAction,
}

#[derive(Clone, Debug, Subcommand)]
pub(crate) enum ArenaAction {
    /// Ratings from votes: Bradley–Terry with intervals and tested ranks, Elo beside it, and what length, thinking or place have to do with it
    Fit(FitArgs),
    /// Votes: who of each two models of a run is better on each problem, by their grades or by a judge that sees them both ways round
    Make(MakeArgs),
}

#[derive(Clone, Debug, Args)]
pub(crate) struct MakeArgs {
    /// The folder of a run
    #[arg(value_name = "RUN")]
    pub(crate) run: PathBuf,
    /// The model that judges, by its name at the server; without one only pairs count whose grades tell
    #[arg(long, value_name = "MODEL")]
    pub(crate) judge: Option<String>,
    /// Address of its server
    #[arg(long, value_name = "URL", alias = "api-url", requires = "judge")]
    pub(crate) base_url: Option<String>,
    /// Which models meet: all, against:MODEL, or at most N pairs of all (with a seed as N@SEED)
    #[arg(long, value_name = "PAIRS", default_value = "all")]
    pub(crate) pairs: String,
    /// Ask about pairs too of which exactly one reply is right; else that one wins without asking
    #[arg(long)]
    pub(crate) ask_all: bool,
    /// The judge is not shown the right answer
    #[arg(long)]
    pub(crate) no_gold: bool,
    /// A key of `[arena]`, such as judge.max_tokens=500 (repeatable)
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
    /// Where to write the votes; votes.parquet in the run's folder if not given
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct FitArgs {
    /// Files of votes: JSON, CSV or Parquet as FastChat, LMArena, AlpacaEval, Arena-Hard or MT-bench write them, or columns by name;
    /// or the folder of a run that has votes
    #[arg(value_name = "FILE", required = true, num_args = 1..)]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) reading: VoteArgs,
    /// What is held equal: answer_tokens, thinking_tokens, headers, lists, bold, position, same_family or any column of numbers that ends in _a and _b (repeatable, or with commas)
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub(crate) control: Vec<String>,
    /// The family of a model or a judge, for `same_family`, such as gpt-4o=openai (repeatable)
    #[arg(long, value_name = "NAME=FAMILY", value_parser = pair)]
    pub(crate) family: Vec<(String, String)>,
    /// A model that the scale is held by, and its points; the mean has 1000 if not given
    #[arg(long, value_name = "MODEL[=POINTS]")]
    pub(crate) anchor: Option<String>,
    /// What a tie is
    #[arg(long, value_enum, default_value_t = TiesWord::Half)]
    pub(crate) ties: TiesWord,
    /// What counts as one observation; the problem if all votes name one, else the voter, else the vote
    #[arg(long, value_enum)]
    pub(crate) cluster: Option<ClusterWord>,
    /// How intervals are made
    #[arg(long, value_enum, default_value_t = IntervalsWord::Sandwich)]
    pub(crate) intervals: IntervalsWord,
    /// Replicates of the bootstrap
    #[arg(long, value_name = "N", default_value_t = 1000)]
    pub(crate) resamples: u32,
    /// Virtual ties for each pair that met, so that a model that won everything gets a number
    #[arg(long, value_name = "WEIGHT", default_value_t = 0.0)]
    pub(crate) prior: f64,
    /// What a vote moves at most in Elo
    #[arg(long, value_name = "POINTS", default_value_t = 4.0)]
    pub(crate) k: f64,
    /// How often votes are shuffled to see what their order does to Elo
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub(crate) shuffles: u32,
    /// Seed of shuffles and bootstrap
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) seed: u64,
    /// How ratings are written; CSV and JSON lines have a row a model
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
    /// Where to; stdout if not given
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

/// How votes are read.
#[derive(Clone, Debug, Args)]
pub(crate) struct VoteArgs {
    /// How the files are written, if not as their columns tell: alpaca-eval, arena-hard, columns, fastchat, lmarena, mt-bench, thinkmeter
    #[arg(long, value_name = "FORMAT")]
    pub(crate) votes_format: Option<String>,
    /// A column by another name: model_a, model_b, winner, outcome, problem_id, voter, judge, at, weight, order (repeatable)
    #[arg(long, value_name = "FIELD=COLUMN", value_parser = pair)]
    pub(crate) column: Vec<(String, String)>,
    /// Votes of people who knew the models count too
    #[arg(long)]
    pub(crate) known_models: bool,
    /// How much a strong verdict (A>>B) counts
    #[arg(long, value_name = "WEIGHT", default_value_t = 1.0)]
    pub(crate) strong_weight: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TiesWord {
    /// Half a win for both
    Half,
    /// No vote
    Drop,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum IntervalsWord {
    /// From the spread of what clusters say
    Sandwich,
    /// From clusters drawn with replacement
    Bootstrap,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ClusterWord {
    /// All votes on one problem
    Problem,
    /// All votes of one person
    Voter,
    /// Each vote
    Vote,
}

impl From<ClusterWord> for Cluster {
    fn from(word: ClusterWord) -> Self {
        match word {
            ClusterWord::Problem => Self::Problem,
            ClusterWord::Voter => Self::Voter,
            ClusterWord::Vote => Self::Vote,
        }
    }
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("expected two names with = between them")?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}
