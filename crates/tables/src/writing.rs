//! Who writes in a folder, so that what killed processes left there is swept and nobody else's file is.
//!
//! The folder itself is locked: shared by all who write in it, alone by who sweeps. No file of ours lies there for it.

use std::fs::{self, File};
use std::io;
use std::path::Path;

/// How the name of a file begins that is not finished. A process that is killed leaves such files.
pub(crate) const UNFINISHED: &str = ".writing-";

/// Somebody writes in a folder: as long as this lives, nobody sweeps there.
#[derive(Debug)]
pub struct Writing {
    /// `None` where a folder cannot be locked: nobody sweeps there at all.
    _shared: Option<File>,
}

impl Writing {
    /// Says that files are about to be written in a folder. Who is alone there removes what was left unfinished first; what
    /// cannot be removed stays.
    pub fn begin(folder: &Path) -> Self {
        let shared = File::open(folder).and_then(|handle| {
            if handle.try_lock().is_ok() {
                // Nothing of ours is there yet, so another one may sweep between this lock and the next.
                let swept = sweep(folder);
                handle.unlock().and(swept)?;
            }
            handle.lock_shared().map(|()| handle)
        });
        Self { _shared: shared.ok() }
    }
}

fn sweep(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(UNFINISHED) && entry.file_type()?.is_file() {
            let _stays = fs::remove_file(entry.path());
        }
    }
    Ok(())
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn what_was_left_unfinished_is_swept_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        for name in [".writing-abc", ".writing-generations.replies", "a.txt", ".hidden"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        fs::create_dir(folder.path().join(".writing-folder")).unwrap();
        let _writing = Writing::begin(folder.path());
        assert_eq!(names(folder.path()), [".hidden", ".writing-folder", "a.txt"]);
        Writing::begin(&folder.path().join("nowhere"));
    }

    #[test]
    fn nobody_sweeps_where_another_one_writes() {
        let folder = tempfile::tempdir().unwrap();
        let first = Writing::begin(folder.path());
        fs::write(folder.path().join(".writing-first"), "").unwrap();
        let second = Writing::begin(folder.path());
        drop(first);
        let third = Writing::begin(folder.path());
        assert_eq!(names(folder.path()), [".writing-first"], "the second one still writes");
        drop((second, third));
        Writing::begin(folder.path());
        assert!(names(folder.path()).is_empty());
    }
}
