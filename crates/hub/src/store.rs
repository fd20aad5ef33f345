//! The cache that the hub's tools share: contents by their tag, commits as links to contents, branches as names of commits.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tables::PendingFile;

use crate::file::{HubFile, RepoKind};

/// The folder of one repository in the cache.
pub(crate) struct Store {
    folder: PathBuf,
}

impl Store {
    pub(crate) fn new(cache: &Path, file: &HubFile) -> Self {
        let kind = match file.kind {
            RepoKind::Dataset => "datasets",
            RepoKind::Model => "models",
        };
        Self { folder: cache.join(format!("{kind}--{}", file.repo.replace('/', "--"))) }
    }

    /// A file of a branch, tag or commit, if it is there.
    pub(crate) fn find(&self, revision: &str, file: &str) -> Option<PathBuf> {
        let named = fs::read_to_string(self.folder.join("refs").join(revision)).ok();
        let named = named.as_deref().map(str::trim).filter(|commit| is_plain(commit));
        // A commit needs no entry among the branches and tags to be found.
        let commits = named.into_iter().chain([revision]);
        commits.map(|commit| self.snapshot(commit).join(file)).find(|path| path.exists())
    }

    /// A content that is being fetched.
    pub(crate) fn begin(&self, tag: &str) -> io::Result<PendingFile> {
        PendingFile::create(&self.blob(tag))
    }

    /// Names a content that is complete: a file of a commit, and the branch that stands for the commit.
    pub(crate) fn link(&self, tag: &str, commit: &str, asked: &HubFile) -> io::Result<PathBuf> {
        let path = self.snapshot(commit).join(&asked.file);
        fs::create_dir_all(tables::folder_of(&path))?;
        if !path.exists() {
            let up = Path::new(&asked.file).components().count() + 1;
            let content: PathBuf = std::iter::repeat_n(Path::new(".."), up).collect();
            link(&content.join("blobs").join(tag), &self.blob(tag), &path)?;
        }
        if asked.revision != commit {
            tables::replace(&self.folder.join("refs").join(&asked.revision), commit.as_bytes())?;
        }
        Ok(path)
    }

    fn blob(&self, tag: &str) -> PathBuf {
        self.folder.join("blobs").join(tag)
    }

    fn snapshot(&self, commit: &str) -> PathBuf {
        self.folder.join("snapshots").join(commit)
    }
}

#[cfg(unix)]
fn link(relative: &Path, _content: &Path, path: &Path) -> io::Result<()> {
    // One that leads nowhere is no file, and stands in the way.
    drop(fs::remove_file(path));
    std::os::unix::fs::symlink(relative, path)
}

#[cfg(not(unix))]
fn link(_relative: &Path, content: &Path, path: &Path) -> io::Result<()> {
    fs::copy(content, path).map(drop)
}

/// A word that is a name in a folder and leads nowhere else, such as a hash.
pub(crate) fn is_plain(word: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    !word.is_empty() && word.len() <= 128 && !word.starts_with('.') && word.chars().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::stays_below;

    #[test]
    fn names_that_lead_elsewhere_are_told() {
        let check = |word: &str, plain, below| {
            assert_eq!((is_plain(word), stays_below(word)), (plain, below), "{word}");
        };
        check("0123456789abcdef", true, true);
        check("main/test.jsonl", false, true);
        check("refs/pr/1", false, true);
        check("..", false, false);
        check("../..", false, false);
        check("a/../../b", false, false);
        check("/etc/passwd", false, false);
        check(".hidden", false, true);
        check("a\\..\\b", false, false);
        check("a\0b", false, true);
        check("", false, false);
    }
}
