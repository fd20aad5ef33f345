//! `cargo xtask`: own tasks of the workspace, and a short way to the program.
//!
//! ```text
//! cargo xtask full-eval …        build the program in release and run the default pipeline
//! cargo xtask ci                 what has to pass before a change lands
//! cargo xtask tidy               the invariants of ARCHITECTURE.md
//! cargo xtask bench NAME …       benchmarks
//! cargo xtask train-tokenizer    the built-in tokenizer, from the built-in data
//! cargo xtask ANYTHING …         thinkmeter ANYTHING …
//! ```

mod ci;
mod forward;
mod tidy;

use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

const BENCH: &str = "thinkmeter-bench";

fn main() -> anyhow::Result<ExitCode> {
    let args: Vec<OsString> = std::env::args_os().skip(1).collect();
    let rest = args.get(1..).unwrap_or_default();
    match args.first().and_then(|first| first.to_str()) {
        Some("ci") => ci::run().map(|()| ExitCode::SUCCESS),
        Some("tidy") => tidy::run().map(|()| ExitCode::SUCCESS),
        Some("bench") => forward::to_bench(rest),
        Some("train-tokenizer") => forward::run_package(BENCH, forward::DEBUG, &args),
        _ => forward::to_program(&args),
    }
}

/// The cargo that runs this task.
fn cargo() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// The workspace's folder: what cargo says when it starts us, for the folder may have moved since it built us.
fn root() -> PathBuf {
    let own = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    let own = PathBuf::from(own);
    own.parent().map_or(own.clone(), PathBuf::from)
}

/// Prints a line.
fn say(line: &str) {
    let _gone = writeln!(std::io::stdout().lock(), "{line}");
}
