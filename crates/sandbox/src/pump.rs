//! Feeds a program and reads from it, with one eye on the clock: one loop, no threads.

use std::io::{ErrorKind, Read, Write};
use std::os::fd::AsFd;
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::ioctl_fionbio;

/// Longest sleep before the clock, and whether the program is still there, is looked at.
const NAP: Duration = Duration::from_millis(50);
/// Bytes of standard error that are kept, the last ones.
const KEPT: usize = 64 << 10;
/// Bytes read at once.
const PIECE: usize = 64 << 10;

/// Why reading ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// Everything was read.
    Read,
    /// It is too late.
    Late,
    /// There is too much of it.
    Full,
}

/// The three pipes of a program.
pub(crate) struct Pump<'a> {
    stdin: Option<ChildStdin>,
    stdout: Option<ChildStdout>,
    stderr: Option<ChildStderr>,
    /// What is still to be written.
    input: Vec<&'a [u8]>,
    pub(crate) output: Vec<u8>,
    pub(crate) errors: Vec<u8>,
    most: usize,
    /// When it is too late.
    pub(crate) deadline: Instant,
}

impl<'a> Pump<'a> {
    /// Takes the pipes of a program.
    pub(crate) fn new(
        child: &mut Child,
        input: &[&'a [u8]],
        most: usize,
        deadline: Instant,
    ) -> std::io::Result<Self> {
        let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let pipes = [
            stdin.as_ref().map(AsFd::as_fd),
            stdout.as_ref().map(AsFd::as_fd),
            stderr.as_ref().map(AsFd::as_fd),
        ];
        for pipe in pipes.into_iter().flatten() {
            ioctl_fionbio(pipe, true)?;
        }
        let input = input.iter().rev().copied().filter(|part| !part.is_empty()).collect();
        Ok(Self { stdin, stdout, stderr, input, output: Vec::new(), errors: Vec::new(), most, deadline })
    }

    /// Feeds and reads until both outputs are closed, or `gone` says that there is nobody any more.
    pub(crate) fn run(&mut self, mut gone: impl FnMut() -> bool) -> std::io::Result<Stop> {
        loop {
            self.write()?;
            let moved = self.read()?;
            if self.output.len() > self.most {
                return Ok(Stop::Full);
            }
            if self.stdout.is_none() && self.stderr.is_none() {
                return Ok(Stop::Read);
            }
            if Instant::now() >= self.deadline {
                return Ok(Stop::Late);
            }
            // A process that it left behind may hold the pipes open.
            if !moved && self.wait()? == 0 && gone() {
                self.read()?;
                return Ok(Stop::Read);
            }
        }
    }

    /// Sleeps until something can be read or written. How many pipes are ready.
    fn wait(&self) -> std::io::Result<usize> {
        let mut pipes: Vec<PollFd<'_>> = Vec::with_capacity(3);
        pipes.extend(self.stdin.as_ref().map(|pipe| PollFd::new(pipe, PollFlags::OUT)));
        pipes.extend(self.stdout.as_ref().map(|pipe| PollFd::new(pipe, PollFlags::IN)));
        pipes.extend(self.stderr.as_ref().map(|pipe| PollFd::new(pipe, PollFlags::IN)));
        let nap = NAP.min(self.deadline.saturating_duration_since(Instant::now()));
        let nap = Timespec { tv_sec: 0, tv_nsec: nap.subsec_nanos().into() };
        match poll(&mut pipes, Some(&nap)) {
            Ok(ready) => Ok(ready),
            Err(rustix::io::Errno::INTR) => Ok(1),
            Err(error) => Err(error.into()),
        }
    }

    fn write(&mut self) -> std::io::Result<()> {
        while let Some(part) = self.input.last_mut() {
            let Some(pipe) = self.stdin.as_mut() else { return Ok(()) };
            match pipe.write(part) {
                Ok(written) => *part = part.get(written..).unwrap_or_default(),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                // Who does not read does not want it.
                Err(_) => self.input.clear(),
            }
            if self.input.last().is_some_and(|part| part.is_empty()) {
                self.input.pop();
            }
        }
        // The program sees the end of its input.
        self.stdin = None;
        Ok(())
    }

    /// Whether anything came.
    fn read(&mut self) -> std::io::Result<bool> {
        let before = self.output.len();
        let output = take(&mut self.stdout, &mut self.output, self.most)?;
        let errors = take(&mut self.stderr, &mut self.errors, 2 * KEPT)?;
        if self.errors.len() > KEPT {
            self.errors.drain(..self.errors.len() - KEPT);
        }
        Ok(output || errors || self.output.len() > before)
    }
}

/// Reads what is there, one piece more than `most` at the most. Whether anything came; the pipe is gone at its end.
fn take<P: Read>(pipe: &mut Option<P>, to: &mut Vec<u8>, most: usize) -> std::io::Result<bool> {
    let mut came = false;
    let mut piece = [0; PIECE];
    while to.len() <= most {
        let Some(open) = pipe.as_mut() else { return Ok(came) };
        match open.read(&mut piece) {
            Ok(0) => {
                *pipe = None;
                return Ok(true);
            }
            Ok(read) => {
                to.extend_from_slice(piece.get(..read).unwrap_or_default());
                came = true;
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(came),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(came)
}
