//! The interpreter: which one, what it is, and where it lies.

use std::path::PathBuf;
use std::process::Command;

use serde::Deserialize;

use crate::NoSandbox;
use crate::order::Open;

/// The oldest that runs what the scripts here say.
const OLDEST: (u32, u32) = (3, 8);
/// How it is started, by whom it is asked and by whom it is used.
const FLAGS: [&str; 2] = ["-s", "-B"];
const ASKED: &str = include_str!("python/asked.py");

/// What the dynamic loader is called; the kernel starts it on behalf of every program.
const LOADERS: &[&str] = &[
    "/lib64/ld-linux-x86-64.so.2",
    "/lib/ld-linux-aarch64.so.1",
    "/lib/ld-musl-x86_64.so.1",
    "/lib/ld-musl-aarch64.so.1",
];
/// Shared libraries, what is public of the machine, and randomness.
const LIBRARIES: &[&str] = &[
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/usr/share/zoneinfo",
    "/dev/null",
    "/dev/urandom",
];

/// An interpreter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Python {
    /// What `python3 -VV` says, in one line.
    pub version: String,
    /// The version of numpy, if it can be imported.
    pub numpy: Option<String>,
    /// The program.
    pub(crate) executable: PathBuf,
    /// Major and minor number.
    number: (u32, u32),
    /// Where its modules, the installed packages and its own library lie.
    pub(crate) folders: Vec<PathBuf>,
    /// Where it looks for modules, installed packages included, in this order.
    pub(crate) search: Vec<String>,
}

impl Python {
    /// Asks the interpreter of this name.
    ///
    /// # Errors
    /// There is none, or it is too old.
    pub fn find(name: &str) -> Result<Self, NoSandbox> {
        let missing = |why: String| NoSandbox::NoPython(format!("`{name}` {why}"));
        let asked = Command::new(name)
            .args(FLAGS)
            .args(["-c", ASKED])
            .env("PYTHONSAFEPATH", "1")
            .output()
            .map_err(|error| missing(format!("cannot be started ({error})")))?;
        let said = serde_json::from_slice::<Self>(&asked.stdout);
        let python = said.map_err(|_| {
            let told = String::from_utf8_lossy(&asked.stderr);
            missing(format!(
                "does not answer as Python 3 does ({})",
                told.lines().last().unwrap_or("no word")
            ))
        })?;
        if python.number < OLDEST {
            return Err(missing(format!("is {}", python.version)));
        }
        Ok(python)
    }

    /// What must be open for it.
    pub(crate) fn open(&self) -> Open {
        let paths = |names: &[&str]| names.iter().map(PathBuf::from).collect::<Vec<_>>();
        let readable = [paths(LIBRARIES), self.folders.clone()].concat();
        let runnable = [paths(LOADERS), vec![self.executable.clone()]].concat();
        Open { readable, runnable }
    }

    /// The command that runs a script. Installed packages are looked for where this interpreter looks, but it is not told to start
    /// with them: what some of them do at every start costs more than all else, and none of it is for programs in a box.
    pub(crate) fn command(&self, script: &str, packages: bool) -> Vec<String> {
        let script = if packages {
            format!("import sys; sys.path[:] = {}\n{script}", self.search())
        } else {
            script.to_owned()
        };
        let arguments = FLAGS.into_iter().chain(["-S", "-c", &script]).map(str::to_owned);
        std::iter::once(self.executable.to_string_lossy().into_owned()).chain(arguments).collect()
    }

    /// As Python writes it: JSON's strings are Python's.
    fn search(&self) -> serde_json::Value {
        self.search.iter().map(String::as_str).collect()
    }
}
