//! What is run, within which limits, and what became of it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What one program may use up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Seconds of CPU, over all its threads.
    pub cpu_seconds: u32,
    /// MiB of address space.
    pub memory_mb: u32,
    /// MiB of output.
    pub output_mb: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { cpu_seconds: 6, memory_mb: 4096, output_mb: 16 }
    }
}

impl Limits {
    /// When a program is stopped that uses no CPU. Wide, for a machine that does other things gives each process little of it.
    pub fn wall(&self) -> Duration {
        Duration::from_secs(4 * u64::from(self.cpu_seconds) + 2)
    }

    /// Output in bytes.
    pub(crate) fn output(&self) -> usize {
        self.output_mb as usize * MIB
    }
}

/// Bytes of a MiB.
pub(crate) const MIB: usize = 1 << 20;

/// One start of the interpreter.
#[derive(Clone, Copy, Debug)]
pub struct Job<'a> {
    /// The script that the interpreter is started with.
    pub script: &'a str,
    /// What it reads from standard input, one part after the other.
    pub input: &'a [&'a [u8]],
    /// What it may use up.
    pub limits: Limits,
    /// Installed packages can be imported.
    pub packages: bool,
}

/// How a program ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// By itself, with this exit code.
    Exited(i32),
    /// By this signal.
    Killed(i32),
    /// It used up its CPU seconds, or did not end in time.
    OutOfTime,
    /// It wrote more than it may.
    TooMuchOutput,
    /// The box could not be closed, so the program was not started. Never the program's fault.
    NotStarted(String),
}

/// What became of a program.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// How it ended.
    pub end: End,
    /// What it wrote to standard output.
    pub stdout: Vec<u8>,
    /// The last of what it wrote to standard error.
    pub stderr: String,
    /// CPU that it used, the start of its interpreter included; null where the system does not tell.
    pub cpu: Option<Duration>,
}
