//! From an order to what became of it: starts the box, minds it, ends it.

use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};

use crate::cpu;
use crate::inside::BROKEN;
use crate::job::{End, Job, Outcome};
use crate::pump::{Pump, Stop};

/// A machine may be so many times too busy before a program that waits for it is late all the same.
const MOST_PATIENCE: u32 = 20;
/// The share of its CPU seconds from which on a program that was killed is taken to have used them up.
const ALMOST: f64 = 0.7;
/// The exit code by which bubblewrap passes on a signal.
const BY_SIGNAL: i32 = 128;

/// Runs a box to its end. `token` is what its own words begin with; a wrapped one ends with the exit code that its wrapper passes on.
pub(crate) fn run(
    mut command: Command,
    job: &Job<'_>,
    token: &str,
    is_wrapped: bool,
) -> std::io::Result<Outcome> {
    command.env_clear().process_group(0);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let clock = Clock { began: Instant::now(), wall: job.limits.wall() };
    let mut minded = Minded(command.spawn()?);
    let mut pump = Pump::new(&mut minded.0, job.input, job.limits.output(), clock.began + clock.wall)?;
    let id = minded.0.id();
    let mut stop = pump.run(|| is_dead(id))?;
    while stop == Stop::Late
        && let Some(later) = clock.later(id)
    {
        pump.deadline = later;
        stop = pump.run(|| is_dead(id))?;
    }
    if stop == Stop::Read && !dies_in_time(id, &clock) {
        stop = Stop::Late;
    }
    let (status, cpu) = minded.end()?;
    let stderr = String::from_utf8_lossy(&pump.errors).into_owned();
    let signal = status.signal().or_else(|| status.code().filter(|_| is_wrapped).and_then(passed_on));
    let end = match (stop, signal, status.code()) {
        (Stop::Full, ..) => End::TooMuchOutput,
        (Stop::Late, ..) => End::OutOfTime,
        (Stop::Read, None, Some(code)) if code == i32::from(BROKEN) && stderr.starts_with(token) => {
            End::NotStarted(stderr.trim_start_matches(token).trim().to_owned())
        }
        (Stop::Read, signal, code) => ended(signal, code, cpu, job),
    };
    Ok(Outcome { end, stdout: pump.output, stderr, cpu })
}

/// The signal that a wrapper passes on. A program that exits with such a code by itself cannot be told from one that was killed.
fn passed_on(code: i32) -> Option<i32> {
    Some(code - BY_SIGNAL).filter(|signal| (1..=64).contains(signal))
}

fn ended(signal: Option<i32>, code: Option<i32>, cpu: Option<Duration>, job: &Job<'_>) -> End {
    let limit = Duration::from_secs(job.limits.cpu_seconds.into());
    // The kernel holds whole ticks against the limit and tells us exact times, so on a busy machine it ends a program early.
    let used_up = cpu.is_some_and(|cpu| cpu >= limit.mul_f64(ALMOST));
    match (signal, code) {
        (Some(signal), _) if used_up && signal == Signal::KILL.as_raw() => End::OutOfTime,
        (Some(signal), _) => End::Killed(signal),
        (None, code) => End::Exited(code.unwrap_or_default()),
    }
}

/// Time on the wall. A program that is ready to run and waits for a busy machine is not late: what it waited does not count.
struct Clock {
    began: Instant,
    wall: Duration,
}

impl Clock {
    /// When it will be too late, if it is not yet.
    fn later(&self, id: u32) -> Option<Instant> {
        let waited = cpu::waited(id).min(self.wall * MOST_PATIENCE);
        Some(self.began + self.wall + waited).filter(|deadline| *deadline > Instant::now())
    }
}

/// A box that does not outlive whoever minds it.
struct Minded(Child);

impl Minded {
    /// Ends it with everything that it started, and says how it had ended and what CPU it used.
    fn end(&mut self) -> std::io::Result<(std::process::ExitStatus, Option<Duration>)> {
        kill_group(self.0.id());
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        if let Some(id) = pid(self.0.id()) {
            waitid(WaitId::Pid(id), options)?;
        }
        let cpu = cpu::used(self.0.id());
        Ok((self.0.wait()?, cpu))
    }
}

impl Drop for Minded {
    fn drop(&mut self) {
        // One that was waited for is gone, and its number may be somebody else's.
        if matches!(self.0.try_wait(), Ok(None)) {
            kill_group(self.0.id());
            drop(self.0.wait());
        }
    }
}

fn pid(id: u32) -> Option<Pid> {
    Pid::from_raw(i32::try_from(id).ok()?)
}

/// Nothing is left to be done where nobody is left.
fn kill_group(id: u32) {
    if let Some(group) = pid(id) {
        kill_process_group(group, Signal::KILL).ok();
    }
}

/// It is dead; who it was is kept until it is waited for.
fn is_dead(id: u32) -> bool {
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT | WaitIdOptions::NOHANG;
    pid(id).is_none_or(|id| !matches!(waitid(WaitId::Pid(id), options), Ok(None)))
}

/// Waits for a program that has closed its outputs.
fn dies_in_time(id: u32, clock: &Clock) -> bool {
    let mut nap = Duration::from_micros(200);
    while !is_dead(id) {
        if clock.later(id).is_none() {
            return false;
        }
        std::thread::sleep(nap);
        nap = (nap * 2).min(Duration::from_millis(20));
    }
    true
}
