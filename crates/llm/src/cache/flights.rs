//! Calls in flight, as other processes on the same cache see them: who wants a reply that somebody asks for already waits for
//! it and pays nothing.
//!
//! Beside the cache lies a folder with two files for each process: one that is locked as long as the process lives, and one with
//! the keys of its calls. A process writes its key first and looks into the files of others then: of two that want the same,
//! whoever wrote later sees the other. Whenever a process is killed, its calls are seen to be over. None of it is worth an
//! error: where such a file cannot be written, the call is made.

use std::fs::{self, File, TryLockError};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::yield_now;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::request::ReplyKey;

/// How the file ends that is locked as long as its process lives.
const ALIVE: &str = "alive";
/// How the file with the keys of its calls ends.
const CALLS: &str = "calls";

/// What stands where no key does.
const NO_KEY: ReplyKey = [0; 32];

/// How often it is looked whether a process that has just written the same key takes it back.
const LOOKS: u32 = 8;

/// The calls in flight of this process and, through the folder, of all others.
#[derive(Debug)]
pub(super) struct Flights {
    folder: PathBuf,
    /// Made with the first call.
    own: OnceLock<Option<Arc<Calls>>>,
}

/// What is known of a call.
pub(crate) enum Flight {
    /// It is ours to make; for as long as this lives, others wait for it.
    Ours(Claim),
    /// Another process makes it.
    Elsewhere,
}

/// A key in our file, and its place there; `None` where there is no file.
pub(crate) struct Claim(Option<(Arc<Calls>, u64)>);

impl Drop for Claim {
    fn drop(&mut self) {
        if let Some((calls, place)) = self.0.take() {
            calls.remove(place);
        }
    }
}

impl Flights {
    /// Of the cache in this file.
    pub(super) fn beside(cache: &Path) -> Self {
        let mut folder = cache.as_os_str().to_owned();
        folder.push("-flights");
        Self { folder: folder.into(), own: OnceLock::new() }
    }

    /// Says that this process makes a call, unless another one does. Of equal questions of one process all are made, and the
    /// first reply is that of all.
    pub(super) fn begin(&self, key: &ReplyKey) -> Flight {
        let own = self.own.get_or_init(|| Calls::enter(&self.folder).map(Arc::new));
        let placed = own.as_ref().and_then(|calls| Some((calls, calls.add(key)?)));
        let Some((calls, place)) = placed else { return Flight::Ours(Claim(None)) };
        // Takes the key back where the call is not ours.
        let claim = Claim(Some((Arc::clone(calls), place)));
        for _ in 0..LOOKS {
            match self.rivals(calls, key).min() {
                None => return Flight::Ours(claim),
                // Of two that came at once the first by name stays.
                Some(rival) if rival < calls.path => break,
                Some(_) => yield_now(),
            }
        }
        Flight::Elsewhere
    }

    /// The files of the other processes that live and make this call.
    fn rivals(&self, own: &Calls, key: &ReplyKey) -> impl Iterator<Item = PathBuf> {
        let others = files(&self.folder).filter(|path| *path != own.path && ends_in(path, CALLS));
        others.filter(move |path| {
            let keys = fs::read(path).unwrap_or_default();
            keys.chunks_exact(key.len()).any(|other| other == key) && is_alive(path)
        })
    }
}

/// The calls of this process.
#[derive(Debug)]
struct Calls {
    path: PathBuf,
    keys: Mutex<Keys>,
    /// Locked as long as it is open.
    _alive: File,
}

/// A file of keys, of which some places are free.
#[derive(Debug)]
struct Keys {
    file: File,
    free: Vec<u64>,
    places: u64,
}

impl Calls {
    fn enter(folder: &Path) -> Option<Self> {
        fs::create_dir_all(folder).ok()?;
        sweep(folder);
        // Another process that sweeps just now may take a file for that of a dead one before it is locked.
        (0..LOOKS).find_map(|_| Self::make(folder).ok().flatten())
    }

    fn make(folder: &Path) -> io::Result<Option<Self>> {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let path = folder.join(format!("{}-{}.{CALLS}", std::process::id(), since.as_nanos()));
        let alive = File::create_new(path.with_extension(ALIVE))?;
        alive.lock()?;
        let keys = Keys { file: File::create_new(&path)?, free: Vec::new(), places: 0 };
        let calls = Self { path, keys: Mutex::new(keys), _alive: alive };
        Ok(Some(calls).filter(|calls| calls.path.exists() && calls.path.with_extension(ALIVE).exists()))
    }

    /// Writes a key down; gives its place.
    fn add(&self, key: &ReplyKey) -> Option<u64> {
        let mut keys = self.keys();
        let place = keys.free.pop().unwrap_or(keys.places);
        keys.places = keys.places.max(place + 1);
        match keys.write(place, key) {
            Ok(()) => Some(place),
            Err(_) => {
                keys.free.push(place);
                None
            }
        }
    }

    fn remove(&self, place: u64) {
        let mut keys = self.keys();
        // What cannot be erased is waited for until this process ends, or too long.
        if keys.write(place, &NO_KEY).is_ok() {
            keys.free.push(place);
        }
    }

    fn keys(&self) -> MutexGuard<'_, Keys> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Keys {
    fn write(&mut self, place: u64, key: &ReplyKey) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(place * key.len() as u64))?;
        self.file.write_all(key)
    }
}

impl Drop for Calls {
    fn drop(&mut self) {
        for path in [&self.path, &self.path.with_extension(ALIVE)] {
            let _gone = fs::remove_file(path);
        }
    }
}

fn files(folder: &Path) -> impl Iterator<Item = PathBuf> {
    fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path())
}

fn ends_in(path: &Path, ending: &str) -> bool {
    path.extension().is_some_and(|found| found == ending)
}

/// The process of this file of calls lives.
fn is_alive(calls: &Path) -> bool {
    let alive = File::open(calls.with_extension(ALIVE));
    alive.is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
}

/// Takes away what processes that are dead left behind, and files that an earlier version wrote for calls.
fn sweep(folder: &Path) {
    for path in files(folder).filter(|path| !is_alive(path)) {
        let _gone = fs::remove_file(path);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

    use super::*;

    /// A folder, and what a process sees of it.
    fn place() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let cache = folder.path().join("replies.sqlite");
        (folder, cache)
    }

    fn is_ours(flights: &Flights, key: u8) -> bool {
        matches!(flights.begin(&[key; 32]), Flight::Ours(Claim(Some(_))))
    }

    fn count(cache: &Path) -> usize {
        files(&Flights::beside(cache).folder).count()
    }

    #[test]
    fn a_call_is_made_by_one_process_as_long_as_that_lives() {
        let (_folder, cache) = place();
        let (here, there) = (Flights::beside(&cache), Flights::beside(&cache));
        let claim = here.begin(&[1; 32]);
        assert!(is_ours(&here, 1), "equal questions of one process do not wait for each other");
        assert!(!is_ours(&there, 1));
        assert!(is_ours(&there, 2));
        drop(claim);
        assert!(is_ours(&there, 1), "it has ended");
        let claims: Vec<Flight> = (10..20).map(|key| here.begin(&[key; 32])).collect();
        assert!((10..20).all(|key| !is_ours(&there, key)));
        drop(claims);
        assert!((10..20).all(|key| is_ours(&there, key)));
        assert_eq!(count(&cache), 4, "two of each, however many calls");
        drop((here, there));
        assert_eq!(count(&cache), 0);
    }

    /// As if it had been killed: its lock is free, its files lie there.
    fn kill(flights: Flights) {
        let calls = flights.own.into_inner().flatten().unwrap();
        calls._alive.unlock().unwrap();
        std::mem::forget(calls);
    }

    #[test]
    fn calls_of_a_dead_process_are_over_and_its_files_are_swept() {
        let (_folder, cache) = place();
        let (dead, here) = (Flights::beside(&cache), Flights::beside(&cache));
        std::mem::forget(dead.begin(&[3; 32]));
        assert!(!is_ours(&here, 3));
        kill(dead);
        assert!(is_ours(&here, 3));
        // An earlier version wrote a file for each call.
        fs::write(here.folder.join("ab".repeat(32)), "7-8").unwrap();
        assert_eq!(count(&cache), 5);
        let next = Flights::beside(&cache);
        assert!(is_ours(&next, 5));
        assert_eq!(count(&cache), 4, "of those that live");
    }

    /// Many want the same calls at once: never do two make one, and none is made by nobody.
    #[test]
    fn of_processes_that_come_at_once_one_makes_the_call() {
        let (_folder, cache) = place();
        let processes: Vec<Flights> = (0..4).map(|_| Flights::beside(&cache)).collect();
        let at_work: Vec<AtomicU32> = (0..50).map(|_| AtomicU32::new(0)).collect();
        let made: Vec<AtomicU32> = (0..50).map(|_| AtomicU32::new(0)).collect();
        let work = |flights: &Flights| {
            for key in 0..50 {
                while made[key].load(SeqCst) == 0 {
                    let Flight::Ours(_claim) = flights.begin(&[key as u8 + 1; 32]) else { continue };
                    assert_eq!(at_work[key].fetch_add(1, SeqCst), 0, "two make call {key}");
                    made[key].fetch_add(1, SeqCst);
                    yield_now();
                    at_work[key].fetch_sub(1, SeqCst);
                }
            }
        };
        std::thread::scope(|scope| processes.iter().for_each(|flights| drop(scope.spawn(|| work(flights)))));
        assert!(made.iter().all(|made| made.load(SeqCst) > 0));
    }
}
