//! Running a child process and asking the system what it took.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use wait4::Wait4;

/// What a process took.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Usage {
    /// From start to end.
    pub(crate) wall: Duration,
    /// User and system time over all threads.
    pub(crate) cpu: Duration,
    /// The most memory it held at once, in bytes.
    pub(crate) peak: u64,
}

impl Usage {
    pub(crate) fn peak_mb(&self) -> f64 {
        self.peak as f64 / 1e6
    }
}

/// The program, which `cargo xtask bench` builds beside this one.
pub(crate) fn program() -> anyhow::Result<PathBuf> {
    let own = std::env::current_exe()?;
    let program = own.with_file_name("thinkmeter").with_extension(std::env::consts::EXE_EXTENSION);
    ensure!(program.is_file(), "{} is not there; start this by `cargo xtask bench`", program.display());
    Ok(program)
}

/// Runs a program to its end; it must succeed.
pub(crate) fn measure<S: AsRef<OsStr>>(
    program: &Path,
    args: impl IntoIterator<Item = S>,
    environment: &[(&str, &OsStr)],
) -> anyhow::Result<Usage> {
    let mut command = Command::new(program);
    command.args(args).envs(environment.iter().copied()).stdout(Stdio::null());
    let started = Instant::now();
    let mut child = command.spawn().with_context(|| format!("cannot start {}", program.display()))?;
    let used = child.wait4()?;
    let wall = started.elapsed();
    if !used.status.success() {
        bail!("{command:?} ended with {}", used.status);
    }
    Ok(Usage { wall, cpu: used.rusage.utime + used.rusage.stime, peak: used.rusage.maxrss })
}
