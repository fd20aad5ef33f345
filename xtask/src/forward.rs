//! Handing over to a binary of the workspace: built, run with the same arguments, same exit code.

use std::ffi::OsString;
use std::process::{Command, ExitCode};

use anyhow::Context;

/// Worth optimising for.
pub(crate) const RELEASE: &[&str] = &["--release"];
/// Soon built, soon done.
pub(crate) const DEBUG: &[&str] = &[];

/// Builds the program in release and runs it; `full-eval …` stands for `run full-eval …`.
pub(crate) fn to_program(args: &[OsString]) -> anyhow::Result<ExitCode> {
    let mut args = args.to_vec();
    if args.first().is_some_and(|first| first == "full-eval") {
        args.insert(0, "run".into());
    }
    run_package("thinkmeter", RELEASE, &args)
}

/// Builds the one binary of a package and runs it.
pub(crate) fn run_package(package: &str, profile: &[&str], args: &[OsString]) -> anyhow::Result<ExitCode> {
    const INTERRUPTED: u8 = 130;
    let status = Command::new(crate::cargo())
        .arg("run")
        .args(profile)
        .args(["--package", package, "--"])
        .args(args)
        .status()
        .context("cannot start cargo")?;
    Ok(ExitCode::from(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(INTERRUPTED)))
}
