//! One file, from the cache or the hub.

use std::path::{Path, PathBuf};

use crate::client::{Client, Trouble};
use crate::file::{HubFile, RepoKind};
use crate::name::looks_like_repo;
use crate::store::Store;
use crate::{HubError, HubSettings};

/// The file in the cache, if it is there.
pub fn cached(file: &HubFile, settings: &HubSettings) -> Option<PathBuf> {
    Store::new(&settings.cache, file).find(&file.revision, &file.file).filter(|_| file.is_sane())
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
    download(file, settings).map_err(|trouble| explain(trouble, file, settings))
}

/// The tokenizer that a word names: a path to a `tokenizer.json` or its folder, or a model on the hub, fetched if need be.
///
/// # Errors
/// There is none, and what to write instead.
pub fn tokenizer(word: &str, settings: &HubSettings) -> Result<PathBuf, String> {
    let path = Path::new(word);
    if path.exists() {
        return Ok(path.to_owned());
    }
    if !looks_like_repo(word) {
        return Err(format!(
            "no tokenizer at `{word}`: give a path to tokenizer.json or its folder, a model on the hub \
             (`org/name`), or `builtin`; leave the key out for the approximate counter"
        ));
    }
    let (repo, revision, file) = (word.to_owned(), "main".to_owned(), "tokenizer.json".to_owned());
    let file = HubFile { repo, kind: RepoKind::Model, revision, file };
    fetch(&file, settings).map_err(|error| error.to_string())
}

fn download(file: &HubFile, settings: &HubSettings) -> Result<PathBuf, Trouble> {
    if !file.is_sane() {
        return Err(Trouble::Senseless("its name leads out of the repository".to_owned()));
    }
    let (client, store) = (Client::new(settings), Store::new(&settings.cache, file));
    let found = client.find(&file.address(settings))?;
    let (tag, commit) = (found.tag.clone(), found.commit.clone());
    let mut content = store.begin(&tag).map_err(Trouble::Disk)?;
    client.download(found, &mut content)?;
    content.publish().map_err(Trouble::Disk)?;
    store.link(&tag, &commit, file).map_err(Trouble::Disk)
}

fn explain(trouble: Trouble, asked: &HubFile, settings: &HubSettings) -> HubError {
    let (file, page) = (asked.to_string(), asked.page(settings));
    let other = |reason| HubError::Other { file: asked.to_string(), cache: settings.cache.clone(), reason };
    match trouble {
        Trouble::Status(401) => HubError::Unauthorized { file, page },
        Trouble::Status(403) => HubError::Forbidden { file, page },
        Trouble::Status(404) => HubError::NotFound { file, page },
        Trouble::Status(status) => HubError::Busy { file, status },
        Trouble::Network(reason) => {
            HubError::Unreachable { file, endpoint: settings.endpoint.clone(), reason }
        }
        Trouble::Senseless(reason) => {
            HubError::Senseless { file, endpoint: settings.endpoint.clone(), reason }
        }
        Trouble::Disk(error) => other(error.to_string()),
    }
}
