//! The way from the program's first line into a box, and who may take it.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::NoSandbox;
use crate::order::WORD;

/// The program that can be started again as a box.
static PROGRAM: OnceLock<PathBuf> = OnceLock::new();

/// To be called first thing by the program. If it was started as a box, it becomes one, and there is only an exit code if that
/// failed; else `None`, and from then on the program can be started as one.
pub fn enter(mut arguments: impl Iterator<Item = OsString>) -> Option<ExitCode> {
    if arguments.nth(1).is_some_and(|word| word == WORD) {
        return Some(become_box(&arguments.next()?.into_string().ok()?));
    }
    if let Ok(program) = std::env::current_exe() {
        allow_starting(program);
    }
    None
}

/// Says which program can be started again as a box, where it is not this one.
pub fn allow_starting(program: PathBuf) {
    PROGRAM.get_or_init(|| program);
}

/// Programs may run with this process's rights, because a person said so on the command line.
static UNCONFINED: AtomicBool = AtomicBool::new(false);

/// Lets programs run unconfined from now on. How a run is executed is no part of what it results in, so this is no key of any
/// configuration.
pub fn allow_unconfined() {
    UNCONFINED.store(true, Ordering::Relaxed);
}

/// Programs may run unconfined.
pub fn is_unconfined_allowed() -> bool {
    UNCONFINED.load(Ordering::Relaxed)
}

/// The program to start.
pub(crate) fn program() -> Result<&'static PathBuf, NoSandbox> {
    PROGRAM.get().ok_or(NoSandbox::NoProgram)
}

#[cfg(unix)]
fn become_box(order: &str) -> ExitCode {
    crate::inside::become_box(order)
}

#[cfg(not(unix))]
fn become_box(_order: &str) -> ExitCode {
    ExitCode::FAILURE
}
