//! Handing over to a binary of the workspace: built, run with the same arguments, same exit code.

use std::env::consts::EXE_EXTENSION;
use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, ExitCode, ExitStatus};

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

/// Builds the benchmarks together with the program that they measure (alone, the two would want their libraries with
/// other features and build them twice), and runs them.
pub(crate) fn to_bench(args: &[OsString]) -> anyhow::Result<ExitCode> {
    announce("thinkmeter", RELEASE);
    let status = Command::new(crate::place::cargo())
        .arg("build")
        .args(RELEASE)
        .args(["--package", "thinkmeter", "--package", crate::BENCH])
        .status()
        .context("cannot start cargo")?;
    if !status.success() {
        return Ok(code(status));
    }
    let bench = built(crate::BENCH, RELEASE).context("cannot find the built programs")?;
    let status = Command::new(&bench).args(args).status();
    status.map(code).with_context(|| format!("cannot start {}", bench.display()))
}

/// Builds the one binary of a package and runs it.
pub(crate) fn run_package(package: &str, profile: &[&str], args: &[OsString]) -> anyhow::Result<ExitCode> {
    announce(package, profile);
    let status = Command::new(crate::place::cargo())
        .arg("run")
        .args(profile)
        .args(["--package", package, "--"])
        .args(args)
        .status()
        .context("cannot start cargo")?;
    Ok(code(status))
}

/// Says before the first build how long it may take; a later one is told by cargo alone.
fn announce(package: &str, profile: &[&str]) {
    let first = built(package, profile).is_none_or(|program| !program.exists());
    if first && profile == RELEASE {
        // Whether it can be said changes nothing.
        let _ = writeln!(
            std::io::stderr(),
            "xtask: the first build compiles some 350 crates: 10 to 20 minutes on two cores, 3 on sixteen. \
             Later ones take seconds to a minute."
        );
    }
}

/// Where a program of the workspace stands once it is built, next to this one.
fn built(package: &str, profile: &[&str]) -> Option<PathBuf> {
    let own = std::env::current_exe().ok()?;
    let folder = if profile == RELEASE { "release" } else { "debug" };
    Some(own.parent()?.parent()?.join(folder).join(package).with_extension(EXE_EXTENSION))
}

fn code(status: ExitStatus) -> ExitCode {
    const INTERRUPTED: u8 = 130;
    ExitCode::from(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(INTERRUPTED))
}
