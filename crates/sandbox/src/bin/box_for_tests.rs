//! A program that can do nothing but become a box, for the tests of this crate.

use std::process::ExitCode;

fn main() -> ExitCode {
    thinkmeter_sandbox::enter(std::env::args_os()).unwrap_or(ExitCode::FAILURE)
}
