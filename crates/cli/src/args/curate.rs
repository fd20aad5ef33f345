//! `thinkmeter curate`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

#[derive(Clone, Debug, Args)]
pub(crate) struct CurateArgs {
    #[command(subcommand)]
    pub(crate) work: CurateWork,
}

#[derive(Clone, Debug, Subcommand)]
pub(crate) enum CurateWork {
    /// Preference pairs: the shortest result of a recipe over a problem's right samples against the longest of them
    #[command(alias = "preference", alias = "dpo")]
    Pairs(PreferenceArgs),
    /// SFT sets: the shortest result of a recipe alone
    Sft(PreferenceArgs),
    /// Supervision of steps: each reply as its steps or its rounds of solution, labelled right or wrong
    #[command(alias = "stepwise", alias = "prm")]
    Steps(StepArgs),
    /// Self-correction: texts that go wrong, notice it and return, made of trees of searches or of roll-outs
    Journey(JourneyArgs),
    /// Distillation sets after OmniThought: teachers merged, duplicates found, chains verified and drawn for a student
    #[command(alias = "omnithought")]
    Distill(DistillArgs),
    /// Compare problems with benchmarks: a table of the clean ones, a list of every overlap
    Decontaminate(DecontaminateArgs),
}

/// Where the judged traces are.
#[derive(Clone, Debug, Args)]
pub(crate) struct TraceArgs {
    /// Folders of runs or of imports, or of models in them
    #[arg(value_name = "RUN", required_unless_present = "generations")]
    pub(crate) runs: Vec<PathBuf>,
    /// Only this model: its name or its folder (repeatable)
    #[arg(long, value_name = "NAME")]
    pub(crate) model: Vec<String>,
    /// Tables instead of a run: the problems
    #[arg(long, value_name = "FILE", requires = "generations", conflicts_with = "runs")]
    pub(crate) problems: Option<PathBuf>,
    /// The generations
    #[arg(long, value_name = "FILE", requires = "problems")]
    pub(crate) generations: Option<PathBuf>,
    /// Their steps
    #[arg(long, value_name = "FILE", requires = "generations")]
    pub(crate) splits: Option<PathBuf>,
    /// The judgments on these
    #[arg(long, value_name = "FILE", requires = "generations")]
    pub(crate) judgments: Option<PathBuf>,
    /// Whether the replies are right; without it the answer engine is asked here
    #[arg(long, value_name = "FILE", requires = "generations")]
    pub(crate) grades: Option<PathBuf>,
}

/// How training data is written.
#[derive(Clone, Debug, Args)]
pub(crate) struct WriteArgs {
    /// A format (`thinkmeter list exports`; repeatable)
    #[arg(long, value_name = "FORMAT")]
    pub(crate) export: Vec<String>,
    /// Only the columns that the trainer reads
    #[arg(long)]
    pub(crate) bare: bool,
    /// What stands before the thinking; \n is a line break, and one that is there already is not written twice
    #[arg(long, value_name = "TEXT", default_value = "<think>\\n")]
    pub(crate) think_open: String,
    /// What stands behind the thinking
    #[arg(long, value_name = "TEXT", default_value = "\\n</think>\\n\\n")]
    pub(crate) think_close: String,
    /// The folder to write to
    #[arg(long, short, value_name = "DIR")]
    pub(crate) output_dir: PathBuf,
}

/// Benchmarks to keep out.
#[derive(Clone, Debug, Args)]
pub(crate) struct ScreenArgs {
    /// Leave out and list problems that overlap with this: a file of problems, a run, or a preset (repeatable)
    #[arg(long, value_name = "FILE|PRESET")]
    pub(crate) against: Vec<String>,
    /// Words in a row that make an overlap; shorter problems overlap with their equals
    #[arg(long, value_name = "N", default_value_t = 13)]
    pub(crate) ngram: usize,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct PreferenceArgs {
    #[command(flatten)]
    pub(crate) traces: TraceArgs,
    /// How much of a sample is kept: shortest, fcs, fcs_reflection, gds, or all of these (repeatable)
    #[arg(long, value_name = "RECIPE", default_value = "fcs")]
    pub(crate) recipe: Vec<String>,
    #[command(flatten)]
    pub(crate) screen: ScreenArgs,
    #[command(flatten)]
    pub(crate) write: WriteArgs,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct StepArgs {
    #[command(flatten)]
    pub(crate) traces: TraceArgs,
    /// What pieces are labelled by
    #[arg(long, value_enum, default_value_t = LabelChoice::Rounds)]
    pub(crate) labels: LabelChoice,
    /// From this share of completions, or this score, on a step is right; else from one completion, or a score of a half, on
    #[arg(long, value_name = "SHARE")]
    pub(crate) threshold: Option<f64>,
    /// Behind a wrong piece all are wrong
    #[arg(long)]
    pub(crate) monotone: bool,
    #[command(flatten)]
    pub(crate) screen: ScreenArgs,
    #[command(flatten)]
    pub(crate) write: WriteArgs,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct JourneyArgs {
    #[command(flatten)]
    pub(crate) traces: TraceArgs,
    /// Trees of searches, or of roll-outs that kept their texts
    #[arg(long, value_enum, default_value_t = TreeChoice::Rollouts)]
    pub(crate) from: TreeChoice,
    /// Wrong branches of a text, at most
    #[arg(long, value_name = "N", default_value_t = 2)]
    pub(crate) most_wrong: u32,
    /// Steps of a wrong branch, at most
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub(crate) branch_steps: u32,
    /// Where a text goes wrong
    #[arg(long, value_enum, default_value_t = PlaceChoice::FirstError)]
    pub(crate) place: PlaceChoice,
    /// A wrong branch ends at the first step whose value is below this
    #[arg(long, value_name = "VALUE", default_value_t = 0.5)]
    pub(crate) threshold: f64,
    /// A wrong branch may be longer than the right path
    #[arg(long)]
    pub(crate) allow_long: bool,
    /// What is said at a return: en, zh, or a file with a sentence a line
    #[arg(long, value_name = "LANGUAGES|FILE", default_value = "en,zh")]
    pub(crate) connectives: String,
    /// What is said before that: the verifier's own reason, where it wrote a short one and the tree holds it
    #[arg(long, value_enum, default_value_t = FeedbackChoice::None)]
    pub(crate) feedback: FeedbackChoice,
    /// The share of examples without a detour
    #[arg(long, value_name = "SHARE", default_value_t = 0.3)]
    pub(crate) share_straight: f64,
    /// At most so many examples of a problem
    #[arg(long, value_name = "N", default_value_t = 4)]
    pub(crate) per_problem: u32,
    /// Write what is not to be learnt into `messages`, as `train_detail`
    #[arg(long)]
    pub(crate) mask: bool,
    /// What is drawn follows from this
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) seed: u64,
    #[command(flatten)]
    pub(crate) screen: ScreenArgs,
    #[command(flatten)]
    pub(crate) write: WriteArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TreeChoice {
    /// What searches tried
    Trees,
    /// What was drawn from the ends of steps
    Rollouts,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FeedbackChoice {
    /// Nothing
    None,
    /// The reason of the verifier that found the branch wrong
    Verifier,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PlaceChoice {
    /// At the first place that has a wrong branch
    FirstError,
    /// Anywhere along the right path
    Any,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LabelChoice {
    /// Rounds of solution: each arrives at the right answer or not
    Rounds,
    /// Steps: some completion from the step's end came right
    Rollouts,
    /// Steps: the share of completions that came right
    Soft,
    /// Steps: a verifier's score of each
    Verifier,
    /// Steps: wrong from the first low score on
    Judge,
    /// Steps of the replies of which roll-outs and scores name the same first error
    Consensus,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum VerifyRule {
    /// A judge found reasoning and solution valid
    Valid,
    /// The final answer is right
    Correct,
    /// Both
    Both,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct DistillArgs {
    #[command(flatten)]
    pub(crate) traces: TraceArgs,
    /// Which chains are verified; else `valid` where judgments hold validity, `correct` where they do not
    #[arg(long, value_enum)]
    pub(crate) verify: Option<VerifyRule>,
    /// A problem needs so many different verified chains
    #[arg(long, value_name = "N", default_value_t = 2)]
    pub(crate) min_chains: u64,
    /// Problems that share so much of their three-word runs are the same; 2 turns this off
    #[arg(long, value_name = "SHARE", default_value_t = 0.8)]
    pub(crate) similarity: f64,
    /// Capability of the student, 0 to 9: chains that are harder, or not as verbose as they are hard, become rare
    #[arg(long, value_name = "K")]
    pub(crate) kappa: Option<f64>,
    /// How fast they become rare
    #[arg(long, value_name = "B", default_value_t = 0.5)]
    pub(crate) beta: f64,
    /// At most so many chains of a problem
    #[arg(long, value_name = "N")]
    pub(crate) per_problem: Option<u64>,
    /// So many chains in all, drawn by weight; else each is kept with the probability of its weight
    #[arg(long, value_name = "N", alias = "max-samples")]
    pub(crate) limit: Option<u64>,
    /// Seed of the draws
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) seed: u64,
    /// Also make short, medium and long: the same problems, one chain each, verbosity apart by more than 3
    #[arg(long)]
    pub(crate) ladder: bool,
    #[command(flatten)]
    pub(crate) screen: ScreenArgs,
    #[command(flatten)]
    pub(crate) write: WriteArgs,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct DecontaminateArgs {
    /// Runs, imports, tables or files of problems, or presets
    #[arg(value_name = "DATA", required = true)]
    pub(crate) data: Vec<String>,
    #[command(flatten)]
    pub(crate) screen: ScreenArgs,
    /// The folder to write to
    #[arg(long, short, value_name = "DIR")]
    pub(crate) output_dir: PathBuf,
}
