//! The process between this program and a server. It ends the server when the program ends, however that happens: a killed
//! program closes its pipes all the same.

use std::ffi::OsString;
use std::io::{self, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

/// How often it looks whether the server is still there.
const POLL: Duration = Duration::from_millis(100);
/// How long a server may take to end in peace.
const GRACE: Duration = Duration::from_secs(10);
/// How long what a server has started may outlive it.
const GRACE_OF_WORKERS: Duration = Duration::from_secs(1);

/// Runs a command until it ends or standard input does, and leaves nothing of its process group behind. Gives its exit code.
///
/// # Errors
/// The command cannot be started.
pub fn run(command: &[OsString]) -> io::Result<u8> {
    let Some((program, arguments)) = command.split_first() else {
        return Err(io::Error::other("no command to watch over"));
    };
    let mut server = Command::new(program);
    server.args(arguments).stdin(Stdio::null());
    own_group(&mut server);
    let mut server = server.spawn()?;
    let owner_gone = end_of_input();
    loop {
        if let Some(status) = server.try_wait()? {
            end_group(&server, GRACE_OF_WORKERS);
            return Ok(code(status));
        }
        match owner_gone.recv_timeout(POLL) {
            Err(RecvTimeoutError::Timeout) => {}
            Ok(()) | Err(RecvTimeoutError::Disconnected) => return end(server),
        }
    }
}

/// Tells when standard input ends.
fn end_of_input() -> Receiver<()> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut input = io::stdin().lock();
        while input.read(&mut [0; 64]).is_ok_and(|bytes| bytes > 0) {}
        // Whoever waits is gone only if the server is.
        let _ = sender.send(());
    });
    receiver
}

/// Asks the server to end, waits, and ends what is left.
fn end(mut server: Child) -> io::Result<u8> {
    signal_group(&server, Signal::End);
    let begun = Instant::now();
    while begun.elapsed() < GRACE {
        if let Some(status) = server.try_wait()? {
            end_group(&server, GRACE_OF_WORKERS);
            return Ok(code(status));
        }
        thread::sleep(POLL);
    }
    signal_group(&server, Signal::Kill);
    server.wait().map(code)
}

/// What a server has started may take a moment to notice that it is gone.
fn end_group(server: &Child, grace: Duration) {
    if signal_group(server, Signal::End) {
        thread::sleep(grace);
        signal_group(server, Signal::Kill);
    }
}

fn code(status: ExitStatus) -> u8 {
    // A server that was killed has no code of its own.
    status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(u8::MAX)
}

#[derive(Clone, Copy)]
enum Signal {
    End,
    Kill,
}

#[cfg(unix)]
fn own_group(server: &mut Command) {
    std::os::unix::process::CommandExt::process_group(server, 0);
}

/// False if nothing of the group is left.
#[cfg(unix)]
fn signal_group(server: &Child, signal: Signal) -> bool {
    use rustix::process::{Pid, Signal as Sent, kill_process_group};
    let group = i32::try_from(server.id()).ok().and_then(Pid::from_raw);
    let sent = match signal {
        Signal::End => Sent::TERM,
        Signal::Kill => Sent::KILL,
    };
    group.is_some_and(|group| kill_process_group(group, sent).is_ok())
}

#[cfg(not(unix))]
fn own_group(_server: &mut Command) {}

/// Without process groups nothing but the server itself can be ended, and only by whoever owns it.
#[cfg(not(unix))]
fn signal_group(_server: &Child, _signal: Signal) -> bool {
    false
}
