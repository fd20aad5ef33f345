//! A place of its own for each test: a working directory, a cache, and the program.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// A working directory that the program is started in.
pub(crate) struct Place {
    folder: TempDir,
    environment: BTreeMap<String, String>,
}

/// What the program did.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), environment: BTreeMap::new() }
    }

    /// The same with an environment variable.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.environment.insert(name.to_owned(), value.to_owned());
        self
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, content: &str) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// The program with arguments, not started yet. Nothing of the tester's own environment gets in.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_thinkmeter"));
        command.args(args);
        self.placed(command)
    }

    /// A shell script in the same place.
    #[cfg(unix)]
    pub(crate) fn shell(&self, script: &str) -> Command {
        let mut command = Command::new("/bin/bash");
        command.args(["-c", script]);
        self.placed(command)
    }

    /// Any command in this place.
    pub(crate) fn placed(&self, mut command: Command) -> Command {
        command.current_dir(self.folder.path()).env_clear();
        command.env("THINKMETER_CACHE", self.path("cache"));
        command.envs(&self.environment);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs the program to its end.
    pub(crate) fn run(&self, args: &[&str]) -> Done {
        done(self.command(args).spawn().unwrap())
    }

    /// Runs the program, which must succeed.
    pub(crate) fn succeed(&self, args: &[&str]) -> Done {
        let done = self.run(args);
        assert_eq!(done.code, 0, "{args:?} should succeed\n{}\n{}", done.stdout, done.stderr);
        done
    }

    /// Every file below a folder with its content, without those that tell times and the empty lock.
    pub(crate) fn contents(&self, folder: &str) -> BTreeMap<String, Vec<u8>> {
        let root = self.path(folder);
        let mut contents = BTreeMap::new();
        for path in files_below(&root) {
            let name = path.strip_prefix(&root).unwrap().display().to_string();
            if !["timing.json", ".lock", ".log"].iter().any(|ending| name.ends_with(ending)) {
                contents.insert(name, fs::read(&path).unwrap());
            }
        }
        contents
    }
}

/// Waits for a process that was started with pipes.
pub(crate) fn done(child: Child) -> Done {
    let output = child.wait_with_output().unwrap();
    Done {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(files_below(&path)) } else { files.push(path) }
    }
    files
}

impl Done {
    /// The lines of stderr that tell what happened to stages: `stage` → `up to date`, `running (…)`.
    pub(crate) fn stages(&self, state: &str) -> Vec<String> {
        let told = self.stderr.lines().filter(|line| line.contains(state));
        told.map(|line| line.split("  ").next().unwrap_or_default().trim().to_owned()).collect()
    }
}

/// The folder of shared test data, if it is there.
pub(crate) fn shared(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(name);
    if path.exists() {
        return path.canonicalize().ok();
    }
    eprintln!("skipped: shared/{name} is not beside this checkout");
    None
}
