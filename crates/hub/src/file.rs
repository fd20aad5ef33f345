//! A file on the hub, by the names that a person gives it.

use std::fmt;
use std::path::{Component, Path};

use crate::HubSettings;

/// What a repository holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RepoKind {
    /// Data.
    Dataset,
    /// A model, and with it its tokenizer.
    Model,
}

/// A file on the hub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubFile {
    /// The repository, `organisation/name`.
    pub repo: String,
    /// What it holds.
    pub kind: RepoKind,
    /// A branch, tag or commit, usually `main`.
    pub revision: String,
    /// The file's path in the repository.
    pub file: String,
}

impl fmt::Display for HubFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}:{}", self.repo, self.revision, self.file)
    }
}

impl HubFile {
    pub(crate) fn page(&self, settings: &HubSettings) -> String {
        let folder = match self.kind {
            RepoKind::Dataset => "datasets/",
            RepoKind::Model => "",
        };
        format!("{}/{folder}{}", settings.endpoint, self.repo)
    }

    pub(crate) fn address(&self, settings: &HubSettings) -> String {
        let revision = self.revision.replace('/', "%2F");
        format!("{}/resolve/{revision}/{}", self.page(settings), self.file)
    }

    /// Its names stay below the folders that they begin in.
    pub(crate) fn is_sane(&self) -> bool {
        [&self.repo, &self.revision, &self.file].into_iter().all(|name| stays_below(name))
    }
}

/// A path that stays below the folder that it begins in, such as a file's in its repository.
pub(crate) fn stays_below(path: &str) -> bool {
    let parts = Path::new(path).components();
    !path.is_empty()
        && !path.contains('\\')
        && parts.into_iter().all(|part| matches!(part, Component::Normal(_)))
}
