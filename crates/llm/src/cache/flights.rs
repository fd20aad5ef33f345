//! Calls in flight, as other processes on the same cache see them: who wants a reply that somebody asks for already waits for
//! it and pays nothing.
//!
//! Beside the cache lies a folder with a file for each process, which holds its lock as long as it lives, and a link to that
//! file for each call in flight, which is named by the call's key. A link is there whole or not at all, and its lock is the
//! process's own: whenever a process is killed, its calls are seen to be over. None of it is worth an error: where such a
//! file cannot be written, the call is made.

use std::fs::{self, File, TryLockError};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::request::{self, ReplyKey};

/// How the file of a process ends.
const ALIVE: &str = "alive";

/// The calls in flight of this process and, through the folder, of all others.
#[derive(Debug)]
pub(super) struct Flights {
    folder: PathBuf,
    /// Made with the first call.
    owner: OnceLock<Option<Owner>>,
}

/// This process.
#[derive(Debug)]
struct Owner {
    name: String,
    path: PathBuf,
    /// Locked as long as it is open.
    _lock: File,
}

/// What is known of a call.
pub(crate) enum Flight {
    /// It is ours to make; for as long as this lives, others wait for it.
    Ours(Claim),
    /// Another process makes it.
    Elsewhere,
}

/// The file that says so; `None` where there is none to remove.
pub(crate) struct Claim(Option<PathBuf>);

impl Drop for Claim {
    fn drop(&mut self) {
        if let Some(path) = &self.0 {
            let _gone = fs::remove_file(path);
        }
    }
}

impl Flights {
    /// Of the cache in this file.
    pub(super) fn beside(cache: &Path) -> Self {
        let mut folder = cache.as_os_str().to_owned();
        folder.push("-flights");
        Self { folder: folder.into(), owner: OnceLock::new() }
    }

    /// Says that this process makes a call, unless another one does.
    pub(super) fn begin(&self, key: &ReplyKey) -> Flight {
        let Some(owner) = self.owner.get_or_init(|| Owner::enter(&self.folder)) else {
            return Flight::Ours(Claim(None));
        };
        let path = self.folder.join(request::key_text(key));
        // Twice: what a process that is dead left behind is taken away first.
        for _ in 0..2 {
            match fs::hard_link(&owner.path, &path) {
                Ok(()) => return Flight::Ours(Claim(Some(path))),
                Err(error) if error.kind() != ErrorKind::AlreadyExists => return Flight::Ours(Claim(None)),
                Err(_) => {}
            }
            // An equal question of our own: both are made, and the first reply is that of both.
            if fs::read_to_string(&path).is_ok_and(|name| name == owner.name) {
                return Flight::Ours(Claim(None));
            }
            if is_locked(&path) {
                return Flight::Elsewhere;
            }
            let _gone = fs::remove_file(&path);
        }
        Flight::Elsewhere
    }
}

impl Owner {
    fn enter(folder: &Path) -> Option<Self> {
        fs::create_dir_all(folder).ok()?;
        let since = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
        let name = format!("{}-{}", std::process::id(), since.as_nanos());
        let path = folder.join(format!("{name}.{ALIVE}"));
        let mut lock = File::create_new(&path).ok()?;
        lock.try_lock().ok()?;
        lock.write_all(name.as_bytes()).ok()?;
        sweep(folder);
        Some(Self { name, path, _lock: lock })
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        let _gone = fs::remove_file(&self.path);
    }
}

/// The process that made this file lives.
fn is_locked(path: &Path) -> bool {
    File::open(path).is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
}

/// Takes away what processes that are dead left behind.
fn sweep(folder: &Path) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    for path in entries {
        if !is_locked(&path) {
            let _gone = fs::remove_file(&path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_made_by_one_process_as_long_as_that_lives() {
        let folder = tempfile::tempdir().unwrap();
        let cache = folder.path().join("replies.sqlite");
        let (here, there) = (Flights::beside(&cache), Flights::beside(&cache));
        let is_ours = |flights: &Flights, key: u8| matches!(flights.begin(&[key; 32]), Flight::Ours(_));
        let claim = here.begin(&[1; 32]);
        assert!(matches!(claim, Flight::Ours(Claim(Some(_)))));
        assert!(is_ours(&here, 1), "equal questions of one process do not wait for each other");
        assert!(!is_ours(&there, 1));
        assert!(is_ours(&there, 2));
        drop(claim);
        assert!(is_ours(&there, 1), "it has ended");
        // As if the process had been killed: its lock is free, its files lie there.
        std::mem::forget(here.begin(&[3; 32]));
        assert!(!is_ours(&there, 3));
        drop(here);
        assert!(is_ours(&there, 3));
        std::mem::forget(there.begin(&[4; 32]));
        drop(there);
        let folder = folder.path().join("replies.sqlite-flights");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
        let next = Flights::beside(&cache);
        assert!(is_ours(&next, 5));
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "only the process itself");
    }
}
