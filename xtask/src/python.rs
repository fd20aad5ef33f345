//! The Python package: tested where Python is, and packed into one wheel with the program.

use std::env::consts::{DLL_EXTENSION, DLL_PREFIX, EXE_EXTENSION};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail};

use crate::place::{cargo, root, say, target};

/// What the tests of the package need; the libraries whose tables are taken among it.
const NEEDED: [&str; 6] = ["pytest", "pyarrow", "polars", "pandas", "duckdb", "mypy"];
/// The oldest Python that the package runs on.
const OLDEST: &str = "3.10";
/// Asks a Python whether it is young enough.
const YOUNG: &str =
    "import sys; v = sys.version_info; print(v.major, v.minor, sep='.'); sys.exit(v < (3, 10))";
/// What builds wheels.
const MATURIN: &str = "maturin>=1.9,<2";
/// The profile of what is given away, as cargo-dist names it, and its folder.
const GIVEN: &str = "dist";

/// Builds the package and runs its tests, with these arguments for pytest. Where it cannot be tested it says why and
/// succeeds: Rust is all that the workspace needs.
pub(crate) fn test(pytest: &[OsString]) -> anyhow::Result<()> {
    let python = match python(&NEEDED) {
        Ok(python) => python,
        Err(why) => {
            say(&format!("py: {why}: the Python package is not tested here"));
            return Ok(());
        }
    };
    // With (no) examples, libraries have the features that tests give them: behind tests, little is left to build.
    build(&["build", "--workspace", "--lib", "--examples", "--locked"])?;
    let library = format!("{DLL_PREFIX}_native.{DLL_EXTENSION}");
    install(&target().join("debug").join(library))?;
    let tests = root().join("crates/py");
    let mut command = Command::new(python);
    command.args(["-m", "pytest", "-p", "no:cacheprovider"]).args(pytest).current_dir(&tests);
    run(command.env("PYTHONPATH", tests.join("python")), "the tests of the Python package")
}

/// Builds the program and the library, and packs both into one wheel, whose place it tells.
pub(crate) fn wheel() -> anyhow::Result<()> {
    let python = python(&["maturin"]).map_err(anyhow::Error::msg)?;
    build(&["build", "--profile", GIVEN, "--locked", "--package", "thinkmeter"])?;
    let package = root().join("crates/py");
    let scripts = package.join("thinkmeter.data/scripts");
    fs::create_dir_all(&scripts).with_context(|| format!("cannot make {}", scripts.display()))?;
    let program = Path::new("thinkmeter").with_extension(EXE_EXTENSION);
    copy(&target().join(GIVEN).join(&program), &scripts.join(&program))?;
    let wheels = target().join("wheels");
    let mut command = Command::new(python);
    command.args(["-m", "maturin", "build", "--profile", GIVEN, "--locked", "--out"]).arg(&wheels);
    // What was built for the program is used again.
    command.arg("--target-dir").arg(target()).current_dir(package);
    run(&mut command, "maturin")?;
    say(&format!("wheel: {}", wheels.display()));
    Ok(())
}

fn build(args: &[&str]) -> anyhow::Result<()> {
    run(Command::new(cargo()).args(args), "cargo")
}

/// Puts the library where Python looks for it beside the package's own files; git does not see it there.
fn install(library: &Path) -> anyhow::Result<()> {
    let ending = if cfg!(windows) { "pyd" } else { "abi3.so" };
    copy(library, &root().join(format!("crates/py/python/thinkmeter/_native.{ending}")))
}

/// Under a name of its own first: a Python that has the old one open must not see it change.
fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    let beside = to.with_extension("new");
    let copied = fs::copy(from, &beside).and_then(|_| fs::rename(&beside, to));
    copied.with_context(|| format!("cannot copy {} to {}", from.display(), to.display()))
}

/// The Python of our own environment in the target folder, with these packages; made if need be, or why that is not possible.
fn python(packages: &[&str]) -> Result<PathBuf, String> {
    let system = young(if cfg!(windows) { "python" } else { "python3" })?;
    let home = target().join("py-venv");
    let python = home.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    if !quiet(&python, ["-c", "import pip"]) {
        let made =
            quiet(&system, [OsStr::new("-m"), OsStr::new("venv"), OsStr::new("--clear"), home.as_os_str()]);
        made.then_some(())
            .ok_or("`python3 -m venv` does not work here (Debian: apt install python3-venv)")?;
    }
    let wanted: Vec<&str> = packages.iter().copied().filter(|package| !has(&python, package)).collect();
    if wanted.is_empty() {
        return Ok(python);
    }
    let names = wanted.iter().map(|name| if *name == "maturin" { MATURIN } else { *name });
    let installed = quiet(
        &python,
        ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"].into_iter().chain(names),
    );
    installed.then_some(python).ok_or_else(|| format!("pip could not install {}", wanted.join(", ")))
}

fn has(python: &Path, package: &str) -> bool {
    quiet(python, ["-c", &format!("import {package}")])
}

/// A Python that is young enough, or why this one is not to be used.
fn young(known: &str) -> Result<PathBuf, String> {
    let asked = Command::new(known).args(["-c", YOUNG]).stderr(Stdio::null()).output();
    let asked = asked.map_err(|_| format!("there is no {known} here"))?;
    let version = String::from_utf8_lossy(&asked.stdout).trim().to_owned();
    match (version.is_empty(), asked.status.success()) {
        (true, _) => Err(format!("{known} does not work here")),
        (false, true) => Ok(known.into()),
        (false, false) => Err(format!("Python is {version} here, and {OLDEST} is needed")),
    }
}

/// Runs it without a word; true if it could be run and succeeded.
fn quiet<A: AsRef<OsStr>>(program: &Path, args: impl IntoIterator<Item = A>) -> bool {
    let status = Command::new(program).args(args).stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}

fn run(command: &mut Command, what: &str) -> anyhow::Result<()> {
    let status = command.status().with_context(|| format!("cannot start {what}"))?;
    if !status.success() {
        bail!("{what} failed");
    }
    Ok(())
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    /// What is said of a `python3` that is this script.
    fn said(script: &str) -> String {
        static NUMBER: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("xtask-python-{}-{number}", std::process::id()));
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        let said = young(&path.to_string_lossy()).map_or_else(|why| why, |_| "fine".to_owned());
        fs::remove_file(&path).unwrap();
        said.replace(&*path.to_string_lossy(), "python3")
    }

    #[test]
    fn machines_without_a_python_of_today_are_told_so() {
        assert_eq!(young("no-such-python").unwrap_err(), "there is no no-such-python here");
        assert_eq!(said("echo 3.12"), "fine");
        assert_eq!(said("echo 3.9; exit 1"), "Python is 3.9 here, and 3.10 is needed");
        assert_eq!(said("exit 127"), "python3 does not work here");
    }
}
