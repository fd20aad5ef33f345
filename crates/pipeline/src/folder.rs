//! The folder of one run: where everything lies, and who may write there.

use std::fs::{self, File, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use stage::{FileError, RunLayout};
use tables::Writing;

use crate::error::PipelineError;

/// A run folder. Dropping it lets other processes in.
#[derive(Debug)]
pub struct RunFolder {
    path: PathBuf,
    /// `None` for one that is only looked at: nobody writes there.
    lock: Option<(File, Writing)>,
}

impl RunFolder {
    /// Opens a folder for writing, making it where it is missing; refuses one that another process writes to. One with a run in
    /// it that may not be written is looked at: what is complete there can be shown again.
    pub fn open(path: &Path) -> Result<Self, PipelineError> {
        fs::create_dir_all(path).map_err(FileError::disk("make", path))?;
        let lock_path = path.join(".lock");
        let lock = match File::options().create(true).append(true).open(&lock_path) {
            Err(error) if is_read_only(&error) && RunLayout::new(path).manifest().exists() => {
                return Ok(Self::look(path));
            }
            lock => lock.map_err(FileError::disk("write", &lock_path))?,
        };
        match lock.try_lock() {
            Ok(()) => {
                let writing = sweep_all(path).map_err(FileError::disk("read", path))?;
                Ok(Self { path: path.to_owned(), lock: Some((lock, writing)) })
            }
            Err(TryLockError::WouldBlock) => Err(PipelineError::Busy { path: path.to_owned() }),
            Err(TryLockError::Error(source)) => Err(FileError::disk("lock", &lock_path)(source).into()),
        }
    }

    /// Looks at a folder, which need not exist, without a claim to it.
    pub fn look(path: &Path) -> Self {
        Self { path: path.to_owned(), lock: None }
    }

    /// Nobody may write there.
    pub fn is_read_only(&self) -> bool {
        self.lock.is_none()
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

fn is_read_only(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem)
}

/// Begins to write in the folder, and looks into those of its models: what an earlier run left unfinished is swept.
fn sweep_all(path: &Path) -> std::io::Result<Writing> {
    let writing = Writing::begin(path);
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            drop(Writing::begin(&entry.path()));
        }
    }
    Ok(writing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_writers_are_one_too_many() {
        let folder = tempfile::tempdir().unwrap();
        let first = RunFolder::open(folder.path()).unwrap();
        let second = RunFolder::open(folder.path());
        assert!(matches!(second, Err(PipelineError::Busy { .. })), "{second:?}");
        drop(first);
        fs::create_dir(folder.path().join("m")).unwrap();
        let left = [".writing-Xy3", "m/.writing-generations.replies"].map(|name| folder.path().join(name));
        left.iter().for_each(|path| fs::write(path, "").unwrap());
        RunFolder::open(folder.path()).unwrap();
        assert!(left.iter().all(|path| !path.exists()), "what a killed run left is swept");
    }
}
