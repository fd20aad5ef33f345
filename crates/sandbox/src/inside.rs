//! Inside a box, before the interpreter: everything is closed here, in an order that matters.

#[cfg(target_os = "linux")]
mod calls;
#[cfg(target_os = "linux")]
mod files;

use std::io::Write;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

use rustix::process::{Resource, Rlimit, getppid, getrlimit, setrlimit};

use crate::job::{Limits, MIB};
use crate::order::{Order, Walls};

/// What a broken box exits with; who it was, its token says.
pub(crate) const BROKEN: u8 = 125;

/// What an interpreter finds in its environment, and nothing else.
const ENVIRONMENT: [(&str, &str); 6] = [
    ("PYTHONHASHSEED", "0"),
    ("PYTHONSAFEPATH", "1"),
    ("PYTHONUTF8", "1"),
    ("LANG", "C.UTF-8"),
    // Each thread's own would fill the address space; and so would those of the libraries.
    ("MALLOC_ARENA_MAX", "1"),
    ("OPENBLAS_NUM_THREADS", "1"),
];
/// Files that a program may hold open.
const FILES: u64 = 32;
/// Files that whoever started the program may have left open, where nothing lists them.
const MOST_FILES: u64 = 1 << 16;
/// MiB of stack: recursion needs some, and every thread takes as much of the address space.
const STACK_MB: u64 = 64;
/// Threads of one user. Those of other programs count, too, so it is no small number.
const THREADS: u64 = 4096;
/// How much a box steps back behind what people do on the machine.
const NICE: i32 = 5;

/// Closes the box and becomes the interpreter; there is an exit code only if that failed.
pub(crate) fn become_box(order: &str) -> ExitCode {
    let Ok(order) = serde_json::from_str::<Order>(order) else { return ExitCode::from(BROKEN) };
    let why = match close(&order) {
        Ok(()) => execute(&order),
        Err(why) => why,
    };
    // Nobody is left to tell if this cannot be written.
    drop(writeln!(std::io::stderr(), "{} {why}", order.token));
    ExitCode::from(BROKEN)
}

fn close(order: &Order) -> Result<(), String> {
    let failed = |what: &str, error: &dyn std::fmt::Display| format!("{what}: {error}");
    // Where it is refused, the box is as urgent as everybody else.
    rustix::process::nice(NICE).ok();
    close_inherited();
    // `chdir` is among the calls that are refused later.
    std::env::set_current_dir("/").map_err(|error| failed("the folder /", &error))?;
    if order.walls == (Walls::Files { namespaces: true }) {
        leave_namespaces().map_err(|error| failed("namespaces", &error))?;
    }
    limit(&order.limits).map_err(|error| failed("limits", &error))?;
    // Behind the namespaces: whoever changes its user no longer dies with its parent.
    die_with_parent(order).map_err(|error| failed("the parent", &error))?;
    wall_off(order)
}

#[cfg(target_os = "linux")]
fn wall_off(order: &Order) -> Result<(), String> {
    if matches!(order.walls, Walls::Files { .. }) {
        files::close(&order.open).map_err(|error| format!("landlock: {error}"))?;
    }
    if order.walls != Walls::None {
        calls::close().map_err(|error| format!("seccomp: {error}"))?;
    }
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn wall_off(order: &Order) -> Result<(), String> {
    if order.walls == Walls::None { Ok(()) } else { Err("only Linux confines a program".to_owned()) }
}

fn limit(limits: &Limits) -> rustix::io::Result<()> {
    let mib = |count: u64| count * MIB as u64;
    lower(Resource::Cpu, limits.cpu_seconds.into())?;
    lower(Resource::As, mib(limits.memory_mb.into()))?;
    lower(Resource::Stack, mib(STACK_MB))?;
    lower(Resource::Fsize, 0)?;
    lower(Resource::Core, 0)?;
    lower(Resource::Nproc, THREADS)?;
    lower(Resource::Nofile, FILES)
}

/// Sets both limits, but none higher than it is.
fn lower(resource: Resource, most: u64) -> rustix::io::Result<()> {
    let most = getrlimit(resource).maximum.map_or(most, |allowed| allowed.min(most));
    setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })
}

/// Whoever started the program may have left files open that a box would inherit.
fn close_inherited() {
    for number in open_numbers() {
        // One that is not open is none to close: the one that lists them is gone by now.
        nix::unistd::close(number).ok();
    }
}

/// The numbers of open files, or all that there may be where nothing lists them, as inside of bubblewrap.
fn open_numbers() -> Vec<i32> {
    let Ok(listed) = std::fs::read_dir("/dev/fd") else {
        let most = getrlimit(Resource::Nofile).current.unwrap_or(MOST_FILES).min(MOST_FILES);
        return (3..i32::try_from(most).unwrap_or(i32::MAX)).collect();
    };
    let numbers = listed.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<i32>().ok());
    numbers.filter(|number| *number > 2).collect()
}

#[cfg(target_os = "linux")]
fn leave_namespaces() -> nix::Result<()> {
    use nix::sched::{CloneFlags, unshare};
    // None of processes: nobody in here can start one.
    unshare(
        CloneFlags::CLONE_NEWUSER
            | CloneFlags::CLONE_NEWNET
            | CloneFlags::CLONE_NEWIPC
            | CloneFlags::CLONE_NEWUTS,
    )
}

#[cfg(not(target_os = "linux"))]
fn leave_namespaces() -> nix::Result<()> {
    Ok(())
}

/// A program whose thinkmeter was killed ends with it.
fn die_with_parent(order: &Order) -> Result<(), String> {
    #[cfg(target_os = "linux")]
    rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL))
        .map_err(|error| error.to_string())?;
    let parent = getppid().and_then(|parent| u32::try_from(parent.as_raw_nonzero().get()).ok());
    match order.parent {
        Some(wanted) if parent != Some(wanted) => Err("is dead".to_owned()),
        _ => Ok(()),
    }
}

/// Becomes the interpreter. The environment is emptied once more, for a wrapper writes into it.
fn execute(order: &Order) -> String {
    let Some((interpreter, arguments)) = order.command.split_first() else { return "no command".to_owned() };
    let error = Command::new(interpreter).args(arguments).env_clear().envs(ENVIRONMENT).exec();
    format!("{interpreter}: {error}")
}
