//! The log of a run: what happened when, for whoever asks later. It is no part of any result.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::SystemTime;

use secrets::{Secrets, visible};

use crate::moment;

/// The folder of logs in the folder of a run.
const FOLDER: &str = "logs";
const ENDING: &str = "log";
/// Logs of so many runs are kept.
const KEPT: usize = 20;

/// A log that is being written: a line at a time, each with the moment, and never with a key.
pub(crate) struct RunLog {
    path: PathBuf,
    /// `None` where nothing may be written.
    file: Option<Mutex<File>>,
    secrets: Secrets,
}

impl RunLog {
    /// Begins a log in a run's folder and removes the oldest ones. `secrets` never get into it.
    pub(crate) fn begin(run: &Path, secrets: &[String]) -> io::Result<Self> {
        let folder = run.join(FOLDER);
        fs::create_dir_all(&folder)?;
        let (path, file) = create(&folder)?;
        forget_oldest(&folder)?;
        Ok(Self { path, file: Some(Mutex::new(file)), secrets: Secrets::new(secrets) })
    }

    /// Of a run in a folder that is only looked at: nothing is written.
    pub(crate) fn nowhere(run: &Path) -> Self {
        Self { path: run.join(FOLDER), file: None, secrets: Secrets::none() }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a line; further lines of the text are indented. A disk that is full stops no run.
    pub(crate) fn line(&self, text: &str) {
        let text = visible(&self.secrets.redact(text)).replace('\n', "\n    ");
        if let Some(Ok(mut file)) = self.file.as_ref().map(Mutex::lock) {
            let _full = writeln!(file, "{} {text}", moment::stamp(SystemTime::now()));
        }
    }
}

/// A new file named by the moment. Colons are left out: not every file system has them.
fn create(folder: &Path) -> io::Result<(PathBuf, File)> {
    loop {
        let name = moment::stamp(SystemTime::now()).replace(':', "");
        let path = folder.join(format!("{name}.{ENDING}"));
        match File::create_new(&path) {
            Ok(file) => return Ok((path, file)),
            // Another run began in the same millisecond; the next one is near.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
}

/// Names begin with the moment, so the oldest come first.
fn forget_oldest(folder: &Path) -> io::Result<()> {
    let mut logs: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    logs.retain(|path| path.extension().is_some_and(|ending| ending == ENDING));
    logs.sort();
    let too_many = logs.len().saturating_sub(KEPT);
    logs.iter().take(too_many).try_for_each(fs::remove_file)
}

/// The arguments of this program as they may be written down: without what may be a key in them.
pub(crate) fn arguments() -> String {
    let words = std::env::args_os().skip(1).map(|word| harmless(&word.to_string_lossy()));
    words.collect::<Vec<_>>().join(" ")
}

fn harmless(word: &str) -> String {
    secrets::without_secret_lines(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_have_moments_and_no_keys() {
        let run = tempfile::tempdir().unwrap();
        let log = RunLog::begin(run.path(), &["sk-secret".to_owned()]).unwrap();
        log.line("asked with sk-secret:\nrefused");
        let text = fs::read_to_string(log.path()).unwrap();
        let (moment, rest) = text.split_once(' ').unwrap();
        assert!(moment.len() == "2026-01-31T08:15:30.250Z".len() && moment.ends_with('Z'), "{text}");
        assert_eq!(rest, "asked with [secret]:\n    refused\n");
    }

    #[test]
    fn only_the_latest_logs_are_kept() {
        let run = tempfile::tempdir().unwrap();
        let names = || {
            let entries = fs::read_dir(run.path().join(FOLDER)).unwrap();
            let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
            names.sort();
            names
        };
        fs::create_dir(run.path().join(FOLDER)).unwrap();
        fs::write(run.path().join(FOLDER).join("0-mine.txt"), "kept").unwrap();
        let first = RunLog::begin(run.path(), &[]).unwrap();
        let logs: Vec<RunLog> = (0..KEPT).map(|_| RunLog::begin(run.path(), &[]).unwrap()).collect();
        assert_eq!(names().len(), KEPT + 1);
        assert!(!first.path().exists() && logs.iter().all(|log| log.path().exists()));
        assert_eq!(names()[0], "0-mine.txt");
        assert!(names()[1].to_string_lossy().ends_with("Z.log"), "named by the millisecond: {:?}", names());
    }

    #[test]
    fn arguments_are_written_without_what_may_be_a_key() {
        let check = |word: &str, expect: &str| assert_eq!(harmless(word), expect);
        check("--limit", "--limit");
        check(
            "--set=models.0.base_url=http://me:pw@host/v1?key=x",
            "--set=models.0.base_url=http://[secret]@host/v1?key=[secret]",
        );
        check("http://host:8000/v1#a", "http://host:8000/v1#[secret]");
        check("https://host?key=x@y", "https://host?key=[secret]");
        check("models.m.extra_body.api_key=x", "models.m.extra_body.api_key= [secret]");
        check("models.m.max_tokens=4", "models.m.max_tokens=4");
    }
}
