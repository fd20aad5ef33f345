//! What a box is told when it is started.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::job::Limits;

/// The word on the command line that makes a box of the program.
pub(crate) const WORD: &str = "__box";

/// How a box is closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Walls {
    /// Not at all: limits only.
    None,
    /// By seccomp: the file system was closed from outside.
    Calls,
    /// By Landlock and seccomp, and by namespaces as well where they work.
    Files { namespaces: bool },
}

/// What may be opened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Open {
    /// Files and folders to read.
    pub(crate) readable: Vec<PathBuf>,
    /// Files to execute.
    pub(crate) runnable: Vec<PathBuf>,
}

/// What a box is to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Order {
    /// Whoever must be its parent; if it is not, that one is dead already.
    pub(crate) parent: Option<u32>,
    /// Stands before what the box itself says of its failure. The program that runs in it never learns it, so it cannot make a
    /// wrong answer look like a box that broke.
    pub(crate) token: String,
    pub(crate) limits: Limits,
    pub(crate) walls: Walls,
    pub(crate) open: Open,
    /// The interpreter and its arguments.
    pub(crate) command: Vec<String>,
}
