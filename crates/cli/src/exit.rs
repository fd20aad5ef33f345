//! Every exit code, and how errors are told.

use std::process::ExitCode;

use tables::Blame;

pub(crate) use self::failure::{About, Failure, Result, Usage};
use crate::output;

mod failure;

/// How a run of the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done.
    Done = 0,
    /// Something failed that is nobody's input, such as a full disk.
    Failed = 1,
    /// The command line makes no sense (clap exits with this by itself).
    Usage = 2,
    /// A pipeline, a file or a column is wrong.
    Input = 3,
    /// An endpoint cannot be reached, or refuses.
    Endpoint = 4,
    /// Finished, but more rows failed than `--fail-on-error` allows.
    TooManyErrors = 5,
    /// A gate of `compare` was not met.
    GateNotMet = 6,
    /// A person stopped it; what was finished is kept.
    Interrupted = 130,
}

/// Tells an error, if there is one, and turns the result into an exit code.
pub(crate) fn finish(result: Result<Exit>) -> ExitCode {
    let exit = match result {
        Ok(exit) => exit,
        Err(failure) if output::is_broken_pipe(&failure) => Exit::Done,
        Err(failure) => {
            tell(&failure);
            Exit::from(&failure)
        }
    };
    ExitCode::from(exit as u8)
}

impl From<&Failure> for Exit {
    fn from(failure: &Failure) -> Self {
        match failure {
            Failure::Usage(_) => Self::Usage,
            Failure::Error(_, error) => match error.blame() {
                Blame::Input => Self::Input,
                Blame::Endpoint => Self::Endpoint,
                Blame::Rows => Self::TooManyErrors,
                Blame::Interrupted => Self::Interrupted,
                Blame::Other => Self::Failed,
            },
        }
    }
}

/// An error and what to do about it, in one line.
pub(crate) fn told(failure: &Failure) -> String {
    let mut text = failure.message();
    if let Failure::Error(_, error) = failure
        && let Some(hint) = error.hint()
    {
        text += &format!("; {hint}");
    }
    secrets::without_secrets(&text, &mut secrets::hidden).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn tell(failure: &Failure) {
    // An address that was refused stands in no configuration whose secrets are known.
    let message = secrets::without_secrets(&failure.message(), &mut secrets::hidden);
    output::say(&format!("error: {message}"));
    if let Failure::Error(_, error) = failure
        && let Some(hint) = error.hint()
    {
        output::say(&format!("hint: {hint}"));
    }
}
