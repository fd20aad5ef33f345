//! One file, from the cache or the hub.

use std::fmt;
use std::path::{Path, PathBuf};

use hf_hub::api::sync::{Api, ApiBuilder, ApiError};
use hf_hub::{Cache, Repo, RepoType};

use crate::{HubError, HubSettings};

/// Tries after the first one, when a download breaks off; each goes on where the last one ended.
const RETRIES: usize = 3;

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
    fn repo(&self) -> Repo {
        let kind = match self.kind {
            RepoKind::Dataset => RepoType::Dataset,
            RepoKind::Model => RepoType::Model,
        };
        Repo::with_revision(self.repo.clone(), kind, self.revision.clone())
    }

    fn page(&self, settings: &HubSettings) -> String {
        format!("{}/{}", settings.endpoint, self.repo().url())
    }
}

/// The file in the cache, if it is there.
pub fn cached(file: &HubFile, settings: &HubSettings) -> Option<PathBuf> {
    let repo = Cache::new(settings.cache.clone()).repo(file.repo());
    // A commit needs no entry among the branches and tags to be found.
    let by_commit = repo.pointer_path(&file.revision).join(&file.file);
    repo.get(&file.file).or_else(|| by_commit.exists().then_some(by_commit))
}

/// The commit that a cached file belongs to.
pub fn commit_of(path: &Path) -> Option<String> {
    let mut parts = path.iter().map(|part| part.to_string_lossy());
    parts.find(|part| part == "snapshots")?;
    parts.next().map(|commit| commit.into_owned())
}

/// The file's path in the cache, fetched if need be. Blocks; takes as long as the network does.
///
/// # Errors
/// Every refusal says what to do; see [`HubError`].
pub fn fetch(file: &HubFile, settings: &HubSettings) -> Result<PathBuf, HubError> {
    if let Some(path) = cached(file, settings) {
        return Ok(path);
    }
    if settings.offline {
        return Err(HubError::Offline { file: file.to_string(), cache: settings.cache.clone() });
    }
    let download = || api(settings)?.repo(file.repo()).download(&file.file);
    download().map_err(|error| explain(&error, file, settings))
}

fn api(settings: &HubSettings) -> Result<Api, ApiError> {
    // The client links from snapshots to blobs, which needs a cache that is told by an absolute path.
    let cache = std::path::absolute(&settings.cache)?;
    ApiBuilder::from_cache(Cache::new(cache))
        .with_endpoint(settings.endpoint.clone())
        .with_token(settings.token.clone())
        .with_progress(false)
        .with_retries(RETRIES)
        .build()
}

fn explain(error: &ApiError, asked: &HubFile, settings: &HubSettings) -> HubError {
    let (file, page) = (asked.to_string(), asked.page(settings));
    let request = match error {
        ApiError::TooManyRetries(inner) => return explain(inner, asked, settings),
        ApiError::RequestError(request) => request,
        other => {
            return HubError::Other { file, cache: settings.cache.clone(), reason: other.to_string() };
        }
    };
    match **request {
        ureq::Error::StatusCode(401) => HubError::Unauthorized { file, page },
        ureq::Error::StatusCode(403) => HubError::Forbidden { file, page },
        ureq::Error::StatusCode(404) => HubError::NotFound { file, page },
        ureq::Error::StatusCode(status) => HubError::Busy { file, status },
        _ => HubError::Unreachable { file, endpoint: settings.endpoint.clone(), reason: request.to_string() },
    }
}
