//! `cargo xtask`: own tasks of the workspace, and a short way to the program.
//!
//! ```text
//! cargo xtask full-eval …        build the program in release and run the default pipeline
//! cargo xtask ci                 what has to pass before a change lands
//! cargo xtask tidy               the invariants of ARCHITECTURE.md; --write prints its table, --sizes tells sizes
//! cargo xtask py                 builds and tests the Python package, where Python is
//! cargo xtask wheel              program and Python package as one wheel
//! cargo xtask bench NAME …       benchmarks
//! cargo xtask train-tokenizer    the built-in tokenizer, from the built-in data
//! cargo xtask ANYTHING …         thinkmeter ANYTHING …
//! ```

mod ci;
mod forward;
mod place;
mod python;
mod tidy;

use std::ffi::OsString;
use std::process::ExitCode;

const BENCH: &str = "thinkmeter-bench";

fn main() -> anyhow::Result<ExitCode> {
    let args: Vec<OsString> = std::env::args_os().skip(1).collect();
    let rest = args.get(1..).unwrap_or_default();
    match args.first().and_then(|first| first.to_str()) {
        Some("ci") => ci::run().map(|()| ExitCode::SUCCESS),
        Some("tidy") => tidy::run(rest).map(|()| ExitCode::SUCCESS),
        Some("py") => python::test(rest).map(|()| ExitCode::SUCCESS),
        Some("wheel") => python::wheel().map(|()| ExitCode::SUCCESS),
        Some("bench") => forward::to_bench(rest),
        Some("train-tokenizer") => forward::run_package(BENCH, forward::DEBUG, &args),
        _ => forward::to_program(&args),
    }
}
