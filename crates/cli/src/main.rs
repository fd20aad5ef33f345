//! The program `thinkmeter`: how economically does a reasoning model think?
//!
//! Arguments stand apart from behaviour: [`args`] says what can be typed, [`commands`] holds one file a
//! subcommand, [`exit`] every exit code. stdout is data, stderr is talk.

mod args;
mod commands;
mod environment;
mod exit;
mod interrupt;
mod moment;
mod output;
mod progress;
mod recorder;
mod run_log;
mod stages;

use std::process::ExitCode;

use crate::args::{Command, Typed};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // Before anything else: a box that runs a program is this program again, and many of them are started.
    sandbox::enter(std::env::args_os()).unwrap_or_else(command)
}

fn command() -> ExitCode {
    let typed = Typed::parse(stages::STAGES, std::env::args_os()).unwrap_or_else(|error| error.exit());
    let cli = match typed {
        Typed::Own(cli) => cli,
        Typed::Stage(stage, args, global) => {
            return exit::finish(commands::stage::run(args.alone(stage), &global));
        }
    };
    let result = match cli.command {
        Command::Guard { command } => return commands::guard::run(&command),
        Command::Run(args) => commands::run::run(args, &cli.global),
        Command::Explain(args) => commands::explain::run(args, &cli.global),
        Command::Calibrate(args) => commands::calibrate::run(args, &cli.global),
        Command::Init(args) => commands::init::run(args, &cli.global),
        Command::Doctor(args) => commands::doctor::run(args, &cli.global),
        Command::List(args) => commands::list::run(&args),
        Command::Import(args) => commands::import::run(args, &cli.global),
        Command::Load(args) => commands::stage::run(args.alone(), &cli.global),
        Command::Generate(args) => commands::stage::run(args.alone(), &cli.global),
        Command::Split(args) => commands::stage::run(args.alone(), &cli.global),
        Command::Judge(args) => commands::stage::run(args.alone(), &cli.global),
        Command::Score(args) => commands::stage::run(args.alone(), &cli.global),
        Command::Measure(args) => commands::stage::run(args.alone(), &cli.global),
        Command::Cache(args) => commands::cache::run(args, &cli.global),
        Command::Show(args) => commands::show::run(args, &cli.global),
        Command::View(args) => commands::view::run(args, &cli.global),
        Command::Plot(args) => commands::plot::run(args, &cli.global),
        Command::Arena(args) => commands::arena::run(args, &cli.global),
        Command::Compare(args) => commands::compare::run(args, &cli.global),
        Command::Table(args) => commands::table::run(&args, &cli.global),
        Command::Export(args) => commands::export::run(args, &cli.global),
        Command::Frontier(args) => commands::frontier::run(args, &cli.global),
        Command::Curate(args) => commands::curate::run(args, &cli.global),
        Command::Grade(args) => commands::grade::run(args, &cli.global),
        Command::Report(args) => commands::report::run(args, &cli.global),
    };
    exit::finish(result)
}
