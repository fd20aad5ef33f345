//! Files of a run that are no tables: written whole or not at all.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tables::{Blame, Blamed, PendingFile};

/// A file of a run that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The disk says no.
    #[error("cannot {action} {path}: {source}")]
    Disk {
        /// What was tried.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// It is there but cannot be understood.
    #[error("{path} is damaged ({reason}); remove it to run every stage again (cached replies are kept)")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
}

impl FileError {
    /// Wraps what the operating system said.
    pub fn disk(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::Disk { action, path, source }
    }
}

impl Blamed for FileError {
    fn blame(&self) -> Blame {
        match self {
            Self::Disk { .. } => Blame::Other,
            Self::Damaged { .. } => Blame::Input,
        }
    }
}

/// Writes a file so that a reader sees the old one or the new one, never half of it, whatever happens to the machine.
pub fn write_atomically(path: &Path, content: &[u8]) -> Result<(), FileError> {
    written(path, content).and_then(PendingFile::publish).map_err(FileError::disk("write", path))
}

/// The same for what nobody misses when the power fails: it does not wait for the disk.
pub fn write_soon(path: &Path, content: &[u8]) -> Result<(), FileError> {
    written(path, content).and_then(PendingFile::publish_soon).map_err(FileError::disk("write", path))
}

fn written(path: &Path, content: &[u8]) -> io::Result<PendingFile> {
    let mut file = PendingFile::create(path)?;
    file.write_all(content)?;
    Ok(file)
}
