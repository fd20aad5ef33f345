//! A server that runs: its guard, its port, its log.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::engine::Launch;
use super::{Chosen, ServeError};

/// Lines of a log that an error shows.
const LAST_LINES: usize = 20;
/// Bytes of a log in which they are looked for.
const LAST_BYTES: u64 = 16 << 10;
/// The guard ends a server within its own time; after that it is ended itself.
const PATIENCE: Duration = Duration::from_secs(15);

/// A server. Dropping it ends it.
#[derive(Debug)]
pub(crate) struct Process {
    name: String,
    guard: Child,
    /// Closing it tells the guard to end the server.
    pipe: Option<ChildStdin>,
    port: u16,
    log: PathBuf,
}

impl Process {
    /// Starts what was chosen on a free port; it is not ready yet.
    pub(crate) fn start(
        guard: &Path,
        chosen: &Chosen,
        at_once: usize,
        log: &Path,
    ) -> Result<Self, ServeError> {
        let program = chosen.name().to_owned();
        let fault =
            |error: io::Error| ServeError::Start { program: program.clone(), reason: error.to_string() };
        let port = free_port().map_err(fault)?;
        let launch = Launch { model: chosen.model(), port, at_once, context: chosen.context() };
        let output = open_log(log).map_err(fault)?;
        let errors = output.try_clone().map_err(fault)?;
        let mut command = Command::new(guard);
        command.args([super::GUARD, "--"]).args(chosen.command(&launch)?).envs(chosen.environment(&launch));
        command.stdin(Stdio::piped()).stdout(output).stderr(errors);
        // Ctrl-C in a terminal is for the program, which finishes what is in flight before it ends the server.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut guard = command.spawn().map_err(fault)?;
        let pipe = guard.stdin.take();
        Ok(Self { name: chosen.name().to_owned(), guard, pipe, port, log: log.to_owned() })
    }

    /// The address of the server, up to its path.
    pub(crate) fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The error of a server that is not there any more.
    pub(crate) fn ended(&mut self, doing: &'static str) -> Option<ServeError> {
        let how = match self.guard.try_wait() {
            Ok(None) => return None,
            Ok(Some(status)) => status.to_string(),
            Err(error) => error.to_string(),
        };
        let (program, log) = (self.name.clone(), self.log.clone());
        Some(ServeError::Ended { program, doing, how, log, words: self.last_words() })
    }

    /// The error of a server that takes too long to load.
    pub(crate) fn slow(&self, seconds: f64) -> ServeError {
        let (program, log) = (self.name.clone(), self.log.clone());
        ServeError::Slow { program, seconds, log, words: self.last_words() }
    }

    fn last_words(&self) -> String {
        let lines =
            last_lines(&self.log).unwrap_or_else(|error| format!("(the log cannot be read: {error})"));
        if lines.is_empty() { "(it said nothing)".to_owned() } else { lines }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.pipe = None;
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if !matches!(self.guard.try_wait(), Ok(None)) {
                return;
            }
            thread::sleep(Duration::from_millis(20));
        }
        // Nothing more can be done for whom neither a closed pipe nor this ends.
        let _ = self.guard.kill();
        let _ = self.guard.wait();
    }
}

/// A port on loopback that nobody uses at this moment. Should another program take it before the server does, the server ends
/// and is started again on another one.
fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

fn open_log(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    OpenOptions::new().create(true).append(true).open(path)
}

/// The last lines of a file that may be large.
fn last_lines(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let size = file.metadata()?.len();
    file.seek(SeekFrom::Start(size.saturating_sub(LAST_BYTES)))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    Ok(lines[lines.len().saturating_sub(LAST_LINES)..].join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_log_is_shown() {
        let folder = tempfile::tempdir().unwrap();
        let check = |text: &str, expect: &str| {
            let path = folder.path().join("log");
            fs::write(&path, text).unwrap();
            assert_eq!(last_lines(&path).unwrap(), expect);
        };
        check("", "");
        check("loading\n\nno such file\n", "loading\nno such file");
        let many: Vec<String> = (0..3000).map(|line| format!("line {line}")).collect();
        check(&many.join("\n"), &many[3000 - LAST_LINES..].join("\n"));
    }
}
