//! Who has to act on an error.

use std::{error::Error, io};

/// Who has to act on an error; the binary turns it into its exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blame {
    /// A file, a column, a configuration: exit code 3.
    Input,
    /// A model's endpoint that cannot be reached or refuses: exit code 4.
    Endpoint,
    /// More rows failed than a person allows: exit code 5.
    Rows,
    /// A person asked to stop: exit code 130.
    Interrupted,
    /// Anything else, such as a full disk: exit code 1.
    Other,
}

/// An error of our own that can end the program: it knows who has to act, and what else there is to say.
pub trait Blamed: Error + Send + Sync + 'static {
    /// Who has to act.
    fn blame(&self) -> Blame;

    /// A further line on what to do, where the error's own text does not say it.
    fn hint(&self) -> Option<String> {
        None
    }
}

/// Whatever the operating system refuses without one of our errors around it.
impl Blamed for io::Error {
    fn blame(&self) -> Blame {
        Blame::Other
    }
}
