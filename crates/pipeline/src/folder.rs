//! The folder of one run: where everything lies, and who may write there.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::error::PipelineError;

/// A run folder. Dropping it lets other processes in.
#[derive(Debug)]
pub struct RunFolder {
    path: PathBuf,
    _lock: Option<File>,
}

impl RunFolder {
    /// Opens a folder for writing, making it where it is missing; refuses one that another process writes to.
    pub fn open(path: &Path) -> Result<Self, PipelineError> {
        let failed = |action, path: &Path| {
            let path = path.to_owned();
            move |source| PipelineError::Folder { action, path, source }
        };
        fs::create_dir_all(path).map_err(failed("make", path))?;
        let lock_path = path.join(".lock");
        let lock = File::options()
            .create(true)
            .append(true)
            .open(&lock_path)
            .map_err(failed("write", &lock_path))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), _lock: Some(lock) }),
            Err(TryLockError::WouldBlock) => Err(PipelineError::Busy { path: path.to_owned() }),
            Err(TryLockError::Error(source)) => Err(failed("lock", &lock_path)(source)),
        }
    }

    /// Looks at a folder, which need not exist, without a claim to it.
    pub fn look(path: &Path) -> Self {
        Self { path: path.to_owned(), _lock: None }
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Writes a file so that a reader sees the old one or the new one, never half of it, whatever happens to the machine.
pub(crate) fn write_atomically(path: &Path, content: &[u8]) -> Result<(), PipelineError> {
    replace(path, content, File::sync_all)
}

/// The same for what nobody misses when the power fails: it does not wait for the disk.
pub(crate) fn write_soon(path: &Path, content: &[u8]) -> Result<(), PipelineError> {
    replace(path, content, |_| Ok(()))
}

fn replace(path: &Path, content: &[u8], settle: fn(&File) -> io::Result<()>) -> Result<(), PipelineError> {
    let failed = |source| PipelineError::Folder { action: "write", path: path.to_owned(), source };
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new()
        .prefix(".writing-")
        .permissions_like_others()
        .tempfile_in(folder)
        .map_err(failed)?;
    file.write_all(content).map_err(failed)?;
    settle(file.as_file()).map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}

/// Temporary files belong to their owner alone by default; what is published follows the usual permissions.
trait PermissionsLikeOthers {
    fn permissions_like_others(&mut self) -> &mut Self;
}

impl PermissionsLikeOthers for tempfile::Builder<'_, '_> {
    #[cfg(unix)]
    fn permissions_like_others(&mut self) -> &mut Self {
        use std::os::unix::fs::PermissionsExt;
        self.permissions(fs::Permissions::from_mode(0o644))
    }

    #[cfg(not(unix))]
    fn permissions_like_others(&mut self) -> &mut Self {
        self
    }
}

/// Folder names for models: readable, safe on every file system, and no two alike.
pub fn folder_names<'a>(models: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut taken: Vec<String> = Vec::new();
    for model in models {
        let base = slug(model);
        let candidates = std::iter::once(base.clone()).chain((2..).map(|n| format!("{base}-{n}")));
        let free = candidates.into_iter().find(|name| !taken.contains(name));
        taken.push(free.unwrap_or(base));
    }
    taken
}

fn slug(name: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '-' };
    let mut slug = String::new();
    for c in name.chars().map(safe) {
        if !(c == '-' && slug.ends_with('-')) {
            slug.push(c);
        }
    }
    let slug = slug.trim_matches(['-', '.']);
    if slug.is_empty() { "model".to_owned() } else { slug.chars().take(80).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_get_folders_of_their_own() {
        let check = |models: &[&str], expect: &[&str]| {
            assert_eq!(folder_names(models.iter().copied()), expect);
        };
        check(&["qwen3-8b"], &["qwen3-8b"]);
        check(&["a/b", "a:b", "a b"], &["a-b", "a-b-2", "a-b-3"]);
        check(&["deepseek-reasoner (API, no version)"], &["deepseek-reasoner-API-no-version"]);
        check(&["模型", "..", "../x"], &["model", "model-2", "x"]);
    }

    #[test]
    fn two_writers_are_one_too_many() {
        let folder = tempfile::tempdir().unwrap();
        let first = RunFolder::open(folder.path()).unwrap();
        let second = RunFolder::open(folder.path());
        assert!(matches!(second, Err(PipelineError::Busy { .. })), "{second:?}");
        drop(first);
        RunFolder::open(folder.path()).unwrap();
    }
}
