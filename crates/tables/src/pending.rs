//! A file that appears under its name when it is complete, so that a reader sees the old one or the new one.

use std::fs;
use std::io::{self, Seek, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

use crate::Writing;
use crate::writing::UNFINISHED;

/// A file in the making; dropped, it leaves nothing, and what stood there before is untouched.
#[derive(Debug)]
pub struct PendingFile {
    path: PathBuf,
    file: NamedTempFile,
    _writing: Writing,
}

impl PendingFile {
    /// Starts a file that will appear at `path`; missing folders are made.
    pub fn create(path: &Path) -> io::Result<Self> {
        let folder = folder_of(path);
        fs::create_dir_all(folder)?;
        let writing = Writing::begin(folder);
        let mut builder = Builder::new();
        builder.prefix(UNFINISHED);
        // Temporary files are made for their owner alone; a published one follows the usual permissions.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        Ok(Self { path: path.to_owned(), file: builder.tempfile_in(folder)?, _writing: writing })
    }

    /// Where it stands until it is published, for whoever reads it back first.
    pub fn unpublished(&self) -> &Path {
        self.file.path()
    }

    /// The same file once more, to read and write it at places of its own.
    pub fn reopen(&self) -> io::Result<fs::File> {
        fs::File::options().read(true).write(true).open(self.file.path())
    }

    /// Forgets what was written so far.
    pub fn restart(&mut self) -> io::Result<()> {
        self.file.as_file().set_len(0)?;
        self.file.rewind()
    }

    /// Hands the content to the disk and gives it its name: neither is lost when the power fails.
    pub fn publish(self) -> io::Result<()> {
        self.file.as_file().sync_all()?;
        let folder = folder_of(&self.path).to_owned();
        self.publish_soon()?;
        sync_folder(&folder)
    }

    /// The same for what nobody misses when the power fails: it does not wait for the disk.
    pub fn publish_soon(self) -> io::Result<()> {
        self.file.persist(&self.path).map(drop).map_err(|error| error.error)
    }
}

impl Write for PendingFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Writes a whole file, at once or not at all.
pub fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = PendingFile::create(path)?;
    file.write_all(content)?;
    file.publish()
}

/// The name of a file while it is not finished, beside the one that it will have.
pub fn unfinished(path: &Path) -> PathBuf {
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    // What is made for an unfinished file is unfinished too.
    path.with_file_name(format!("{UNFINISHED}{}", name.trim_start_matches(UNFINISHED)))
}

/// Gives a complete file another name, in the place of what has it.
pub fn move_over(from: &Path, to: &Path) -> io::Result<()> {
    fs::rename(from, to)?;
    sync_folder(folder_of(to))
}

/// The folder that a file stands in.
pub fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    fs::File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_appears_when_it_is_published_and_not_before() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/a.txt");
        let mut file = PendingFile::create(&path).unwrap();
        file.write_all(b"forgotten").unwrap();
        file.restart().unwrap();
        file.write_all(b"one").unwrap();
        assert_eq!((path.exists(), fs::read(file.unpublished()).unwrap()), (false, b"one".to_vec()));
        drop(file);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 0);
        replace(&path, b"one").unwrap();
        replace(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn the_first_to_write_in_a_folder_sweeps_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        fs::write(unfinished(&path), "of a process that was killed").unwrap();
        let first = PendingFile::create(&path).unwrap();
        replace(&path, b"of another one").unwrap();
        assert_eq!((first.unpublished().exists(), unfinished(&path).exists()), (true, !cfg!(unix)));
        assert_eq!(unfinished(&unfinished(&path)), unfinished(&path));
    }

    #[cfg(unix)]
    #[test]
    fn it_is_readable_like_any_other_file() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let mode = |name: &str| fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
        fs::write(folder.path().join("usual"), "").unwrap();
        replace(&folder.path().join("ours"), b"").unwrap();
        assert_eq!(mode("ours"), mode("usual"));
    }
}
