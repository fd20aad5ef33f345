//! Why a command ends early: an error that knows who has to act, and what the command was about.

use std::error::Error;
use std::iter::successors;

use tables::Blamed;

/// What a command comes to.
pub(crate) type Result<T, E = Failure> = std::result::Result<T, E>;

/// A command line that clap accepts and we do not.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Usage(pub(crate) String);

/// Why a command ends early.
#[derive(Debug)]
pub(crate) enum Failure {
    /// What was asked for makes no sense.
    Usage(Usage),
    /// Something went wrong; the text says with what, where the error itself does not.
    Error(Option<String>, Box<dyn Blamed>),
}

impl From<Usage> for Failure {
    fn from(usage: Usage) -> Self {
        Self::Usage(usage)
    }
}

impl<E: Blamed> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Error(None, Box::new(error))
    }
}

impl Failure {
    /// The error and, one after another, what caused it.
    pub(crate) fn causes(&self) -> impl Iterator<Item = &(dyn Error + 'static)> {
        let first: &(dyn Error + 'static) = match self {
            Self::Usage(usage) => usage,
            Self::Error(_, error) => error.as_ref(),
        };
        successors(Some(first), |&error| error.source())
    }

    /// All of it in one line.
    pub(crate) fn message(&self) -> String {
        let mut message = match self {
            Self::Error(Some(about), _) => about.clone(),
            _ => String::new(),
        };
        for text in self.causes().map(ToString::to_string) {
            // Transparent wrappers repeat what they wrap.
            if !message.contains(&text) {
                message = if message.is_empty() { text } else { format!("{message}: {text}") };
            }
        }
        message
    }
}

/// Says what a step was about, should it fail.
pub(crate) trait About<T> {
    /// The same with a text in front of the error.
    fn about(self, text: impl FnOnce() -> String) -> Result<T>;
}

impl<T, E: Into<Failure>> About<T> for Result<T, E> {
    fn about(self, text: impl FnOnce() -> String) -> Result<T> {
        self.map_err(|error| match error.into() {
            Failure::Error(None, error) => Failure::Error(Some(text()), error),
            Failure::Error(Some(inner), error) => Failure::Error(Some(format!("{}: {inner}", text())), error),
            usage @ Failure::Usage(_) => usage,
        })
    }
}
