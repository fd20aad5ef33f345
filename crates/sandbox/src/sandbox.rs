//! The sandbox of this machine: the best way to confine a program that stands the probe.

use std::path::PathBuf;
use std::process::Command;

use crate::door;
use crate::job::{Job, Outcome};
use crate::order::{Order, WORD, Walls};
use crate::{NoSandbox, Python};

/// Where bubblewrap is installed.
const BUBBLEWRAP: [&str; 3] = ["/usr/bin/bwrap", "/usr/local/bin/bwrap", "/bin/bwrap"];
/// What bubblewrap leaves of a program's surroundings: nothing but what is bound. No namespace of processes, for nobody in there can
/// start one, and the process that would mind it keeps to itself what CPU was used.
const CLOSED: [&str; 8] = [
    "--unshare-user",
    "--unshare-ipc",
    "--unshare-net",
    "--unshare-uts",
    "--unshare-cgroup-try",
    "--die-with-parent",
    "--cap-drop",
    "ALL",
];
/// The folders that bubblewrap makes can be written to until they are closed.
const UNWRITABLE: [&str; 4] = ["--remount-ro", "/dev", "--remount-ro", "/"];
/// Where the program stands that becomes the box, inside of bubblewrap.
const INSIDE: &str = "/box";

/// How a program is confined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Isolation {
    /// Landlock and seccomp, and namespaces on top of them where they work.
    Landlock {
        /// They do.
        namespaces: bool,
    },
    /// bubblewrap in Landlock's place, with the same limits and seccomp.
    Bubblewrap(PathBuf),
    /// Not at all: limits only.
    Nothing,
}

impl Isolation {
    /// In words.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Landlock { namespaces: true } => "Landlock, seccomp and namespaces",
            Self::Landlock { namespaces: false } => "Landlock and seccomp",
            Self::Bubblewrap(_) => "bubblewrap and seccomp",
            Self::Nothing => "nothing: it has your rights",
        }
    }

    /// Another program stands between this one and the box.
    fn is_wrapped(&self) -> bool {
        matches!(self, Self::Bubblewrap(_))
    }

    /// The ways that there may be, best first.
    pub(crate) fn all() -> Vec<Self> {
        let wrappers = BUBBLEWRAP.iter().map(PathBuf::from).filter(|path| path.is_file());
        [Self::Landlock { namespaces: true }, Self::Landlock { namespaces: false }]
            .into_iter()
            .chain(wrappers.map(Self::Bubblewrap))
            .collect()
    }
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The interpreter's name or path.
    pub python: String,
    /// Programs may run with the rights of whoever started this one.
    pub unconfined: bool,
}

/// A way to run programs.
#[derive(Clone, Debug)]
pub struct Sandbox {
    isolation: Isolation,
    python: Python,
}

impl Sandbox {
    /// One with this way to confine, whether it stands the probe or not.
    pub fn by(isolation: Isolation, python: Python) -> Self {
        Self { isolation, python }
    }

    /// How programs are confined.
    pub fn isolation(&self) -> &Isolation {
        &self.isolation
    }

    /// The interpreter.
    pub fn python(&self) -> &Python {
        &self.python
    }

    /// Runs one program.
    ///
    /// # Errors
    /// It cannot be started. What the program itself did wrong is an [`Outcome`].
    pub fn run(&self, job: &Job<'_>) -> Result<Outcome, NoSandbox> {
        let token = token();
        let command = self.command(job, &token)?;
        start(command, job, &token, self.isolation.is_wrapped())
    }

    fn command(&self, job: &Job<'_>, token: &str) -> Result<Command, NoSandbox> {
        let program = door::program()?;
        let order = Order {
            parent: (!self.isolation.is_wrapped()).then(std::process::id),
            token: token.to_owned(),
            limits: job.limits,
            walls: self.walls(),
            open: self.python.open(),
            command: self.python.command(job.script, job.packages),
        };
        let order = serde_json::to_string(&order).map_err(std::io::Error::from)?;
        let mut command = match &self.isolation {
            Isolation::Bubblewrap(wrapper) => self.wrapped(wrapper, program),
            _ => Command::new(program),
        };
        command.arg(WORD).arg(order);
        Ok(command)
    }

    fn walls(&self) -> Walls {
        match self.isolation {
            Isolation::Landlock { namespaces } => Walls::Files { namespaces },
            Isolation::Bubblewrap(_) => Walls::Calls,
            Isolation::Nothing => Walls::None,
        }
    }

    fn wrapped(&self, wrapper: &PathBuf, program: &PathBuf) -> Command {
        let open = self.python.open();
        let paths: Vec<&PathBuf> = open.readable.iter().chain(&open.runnable).collect();
        // What lies in a folder that is bound is there already, and cannot be bound once more.
        let is_within = |path: &PathBuf| paths.iter().any(|other| *other != path && path.starts_with(other));
        let mut command = Command::new(wrapper);
        command.args(CLOSED).args(["--dev", "/dev", "--chdir", "/"]);
        for path in paths.iter().filter(|path| !path.starts_with("/dev") && !is_within(path)) {
            command.arg("--ro-bind-try").arg(path).arg(path);
        }
        command.arg("--ro-bind").arg(program).arg(INSIDE).args(UNWRITABLE).arg("--").arg(INSIDE);
        command
    }
}

/// A word that nobody guesses.
fn token() -> String {
    use std::hash::{BuildHasher, Hasher};
    let number = || std::collections::hash_map::RandomState::new().build_hasher().finish();
    format!("{:016x}{:016x}", number(), number())
}

#[cfg(unix)]
fn start(command: Command, job: &Job<'_>, token: &str, is_wrapped: bool) -> Result<Outcome, NoSandbox> {
    Ok(crate::start::run(command, job, token, is_wrapped)?)
}

#[cfg(not(unix))]
fn start(_command: Command, _job: &Job<'_>, _token: &str, _is_wrapped: bool) -> Result<Outcome, NoSandbox> {
    Err(NoSandbox::NotHere("programs are only run on Unix".to_owned()))
}
