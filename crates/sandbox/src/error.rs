//! Why nothing is run.

use tables::{Blame, Blamed};

/// No program can be run here, or none safely.
#[derive(Debug, thiserror::Error)]
pub enum NoSandbox {
    /// There is no interpreter, or none that is new enough.
    #[error("running code needs python3, 3.8 or newer: {0}")]
    NoPython(String),
    /// Nothing on this machine confines a program.
    #[error(
        "running code that a model wrote needs Landlock (Linux 5.13) and seccomp, or bubblewrap; this machine has neither ({0})"
    )]
    NotHere(String),
    /// This process is not the program that can be started again as a box.
    #[error(
        "running code that a model wrote needs the program `thinkmeter` itself; a library cannot be started again"
    )]
    NoProgram,
    /// The program itself cannot be started.
    #[error("a box cannot be started: {0}")]
    Start(#[from] std::io::Error),
}

impl Blamed for NoSandbox {
    fn blame(&self) -> Blame {
        match self {
            Self::Start(_) => Blame::Other,
            _ => Blame::Input,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::NotHere(_) => Some(
                "--run-code-unconfined runs it with your rights, which is right only inside a machine that may be lost; other \
                 stages do not need it"
                    .to_owned(),
            ),
            Self::NoPython(_) => Some("name another one with `grade.python`".to_owned()),
            _ => None,
        }
    }
}
