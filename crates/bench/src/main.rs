//! Benchmarks of the built program, and the trainer of the built-in tokenizer.

mod answers;
mod arena;
mod client;
mod curate;
mod evalthink;
mod mutate;
mod pages;
mod process;
mod report;
mod sandbox;
mod scale;
mod search;
mod synthetic;
mod train_tokenizer;

use std::io::Write;

use clap::{Parser, Subcommand};

/// The program's own, since one of the processes measured is this one.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Parser)]
#[command(name = "cargo xtask bench", about = "What things take, measured in one run on this machine")]
struct Arguments {
    #[command(subcommand)]
    bench: Bench,
}

#[derive(Subcommand)]
enum Bench {
    /// The answer engine and the rule judge against labelled data
    Answers(answers::Answers),
    /// Ratings from 100,000 votes between 100 models
    Arena(arena::Arena),
    /// Processor time, wall time and memory of asking a model
    Client(client::Client),
    /// The process that `client` measures
    #[command(hide = true)]
    ClientLoad(client::ClientLoad),
    /// Training data from a million chains: chains a second and memory
    Curate(curate::Curate),
    /// Damaged files of every kind: no panic, and no more than two seconds for any
    Mutate(mutate::Mutate),
    /// Writing the report of 1,500 replies
    Report(report::Report),
    /// A thousand tests of programs in the sandbox: processor time a test
    Sandbox(sandbox::Sandbox),
    /// Grading, split, rule judge and score over 200,000 generations
    Scale(scale::Scale),
    /// 100,000 nodes of searches and 50,000 labels of steps, with models that answer at once
    Search(search::Search),
    /// The process that `search` measures
    #[command(hide = true)]
    SearchLoad(search::SearchLoad),
    /// The 100 traces of the peer's recorded run, with a judge that answers at once
    Evalthink(evalthink::EvalThink),
    /// A run of 200,000 generations in `view`: the first page, a trace, memory
    View(pages::View),
    /// Train the built-in tokenizer on the built-in data
    TrainTokenizer(train_tokenizer::TrainTokenizer),
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().bench {
        Bench::Answers(bench) => bench.run(),
        Bench::Arena(bench) => bench.run(),
        Bench::Client(bench) => bench.run(),
        Bench::ClientLoad(load) => load.run(),
        Bench::Curate(bench) => bench.run(),
        Bench::Mutate(bench) => bench.run(),
        Bench::Report(bench) => bench.run(),
        Bench::Sandbox(bench) => bench.run(),
        Bench::Scale(bench) => bench.run(),
        Bench::Search(bench) => bench.run(),
        Bench::SearchLoad(load) => load.run(),
        Bench::Evalthink(bench) => bench.run(),
        Bench::View(bench) => bench.run(),
        Bench::TrainTokenizer(task) => task.run(),
    }
}

/// Prints a line of a result.
fn say(line: &str) {
    let _gone = writeln!(std::io::stdout().lock(), "{line}");
}
