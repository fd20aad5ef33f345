//! What can be typed: arguments apart from behaviour, a subcommand a file.

mod arena;
mod browse;
mod cache;
mod calibrate;
mod compare;
mod curate;
mod doctor;
mod export;
mod format;
mod frontier;
mod grade;
mod import;
mod init;
mod list;
mod pipeline;
mod plot;
mod show;
mod stages;
mod table;
mod view;

use std::ffi::OsString;

use ::pipeline::Stages;
use ::stage::Stage;
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

pub(crate) use arena::{ArenaAction, ArenaArgs, FitArgs, IntervalsWord, MakeArgs, TiesWord, VoteArgs};
pub(crate) use browse::ViewArgs;
pub(crate) use cache::{CacheAction, CacheArgs, CacheClearArgs, CacheExportArgs, CacheImportArgs};
pub(crate) use calibrate::CalibrateArgs;
pub(crate) use compare::CompareArgs;
pub(crate) use curate::{
    CurateArgs, CurateWork, DecontaminateArgs, DistillArgs, FeedbackChoice, JourneyArgs, LabelChoice,
    PlaceChoice, PreferenceArgs, ScreenArgs, StepArgs, TraceArgs, TreeChoice, VerifyRule, WriteArgs,
};
pub(crate) use doctor::DoctorArgs;
pub(crate) use export::{ExportArgs, Exported};
pub(crate) use format::Format;
pub(crate) use frontier::FrontierArgs;
pub(crate) use grade::{GradeArgs, RowFormat};
pub(crate) use import::ImportArgs;
pub(crate) use init::InitArgs;
pub(crate) use list::{Kind, ListArgs};
pub(crate) use pipeline::{
    BatchArgs, CallArgs, CodeArgs, Concurrency, ExplainArgs, FailureArgs, PipelineArgs, RunArgs,
};
pub(crate) use plot::{PictureFormat, PictureKind, PlotArgs};
pub(crate) use show::{Ending, ShowArgs, Sorting};
pub(crate) use stages::{
    GenerateArgs, JudgeArgs, LoadArgs, MeasureArgs, ReportArgs, ScoreArgs, SplitArgs, StageArgs,
};
pub(crate) use table::TableArgs;
pub(crate) use view::View;

const ABOUT: &str = "How economically does a reasoning model think?";

const EXIT_CODES: &str = "Exit codes: 0 done, 1 failed, 2 usage, 3 bad pipeline or input, 4 endpoint unreachable or \
refused, 5 finished with more errors than --fail-on-error, 6 a gate was not met, 130 interrupted.\n\n\
Environment: OPENAI_API_KEY, OPENAI_BASE_URL, HF_TOKEN, HF_HOME, HF_ENDPOINT, HF_HUB_OFFLINE, THINKMETER_CACHE, \
THINKMETER_UNPACK_LIMIT, \
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
    /// Hold judges against labelled traces: how often they are right, how far off, what they cost
    Calibrate(CalibrateArgs),
    /// Write a commented pipeline for a server, for recorded traces, or for a preset
    Init(InitArgs),
    /// Look at a server once: what it sends, and what to write into the pipeline; without a model, what there is to ask
    Doctor(DoctorArgs),
    /// Print what exists: splitters, judges, tasks, datasets, generators, metrics, pipelines
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
    /// Read a trace with what was found in it, or list traces
    Show(ShowArgs),
    /// A run in a browser: its report and all its traces
    View(ViewArgs),
    /// Pictures for papers: a run's charts as SVG, PNG or PDF
    Plot(PlotArgs),
    /// Compare models or runs over the same problems: paired differences, intervals, tests, gates
    Compare(CompareArgs),
    /// The benchmark table: runs over one set of problems each, models by sets, averages, paired differences
    Table(TableArgs),
    /// Votes between models: ratings with intervals, and what they owe to length, thinking and place
    Arena(ArenaArgs),
    /// What accuracy costs: every way to answer with the samples of one or more runs, and which of them are worth it
    Frontier(FrontierArgs),
    /// Training data from judged traces: preference pairs, SFT, stepwise and distillation sets, decontamination
    Curate(CurateArgs),
    /// What a run answered, in a form that somebody else scores: submissions of ARC-AGI
    Export(ExportArgs),
    /// The reply cache: what it holds, making room, replies out and in
    Cache(CacheArgs),
    /// Compare pairs of answers: a verdict each, and how often it is right where the truth is known
    Grade(GradeArgs),
    /// Watch over a server that this program has started
    #[command(name = llm::serve::GUARD, hide = true)]
    Guard {
        /// The server's command
        #[arg(last = true, required = true)]
        command: Vec<OsString>,
    },
}

/// What was typed.
pub(crate) enum Typed {
    /// A command whose flags are its own.
    Own(Cli),
    /// A stage that has none.
    Stage(&'static dyn Stage, StageArgs, Global),
}

impl Typed {
    /// Understands a command line, or says what is wrong with it, or what was asked for, as clap does.
    pub(crate) fn parse(stages: Stages, args: impl Iterator<Item = OsString>) -> Result<Self, clap::Error> {
        let own = Cli::command();
        let others = || stages.0.iter().filter(|stage| own.find_subcommand(stage.name()).is_none());
        let command = |stage: &&dyn Stage| {
            let about = format!("One stage: {}", stage.about());
            StageArgs::augment_args(clap::Command::new(stage.name()).about(about))
        };
        let command = own.clone().subcommands(others().map(command));
        let matches = command.try_get_matches_from(with_dashes(args))?;
        let named = matches
            .subcommand()
            .and_then(|(name, typed)| Some((*others().find(|stage| stage.name() == name)?, typed)));
        Ok(match named {
            Some((stage, typed)) => {
                Self::Stage(stage, StageArgs::from_arg_matches(typed)?, Global::from_arg_matches(typed)?)
            }
            None => Self::Own(Cli::from_arg_matches(&matches)?),
        })
    }
}

/// Flags may be typed with underscores: `--fail_on_error` is `--fail-on-error`.
fn with_dashes(args: impl Iterator<Item = OsString>) -> Vec<OsString> {
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
