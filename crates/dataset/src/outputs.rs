//! What is written, and where.

use std::path::{Path, PathBuf};

use crate::varied::Varying;

/// Where the tables go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadOutputs {
    /// The problems table.
    pub problems: PathBuf,
    /// The replies table; `None` leaves recorded replies out.
    pub replies: Option<PathBuf>,
    /// The table of tests; `None` leaves them out.
    pub tests: Option<PathBuf>,
}

/// What is written beside the tables, or into them.
pub(crate) struct Extras<'a> {
    /// Where labels go.
    pub(crate) labels: Option<&'a Path>,
    /// What makes variants of each problem.
    pub(crate) vary: Option<&'a Varying>,
}
