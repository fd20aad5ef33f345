//! Own tasks of the workspace.

mod train_tokenizer;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Own tasks of the workspace")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Train the built-in tokenizer on the built-in problems and traces
    TrainTokenizer(train_tokenizer::TrainTokenizer),
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().task {
        Task::TrainTokenizer(task) => task.run(),
    }
}
