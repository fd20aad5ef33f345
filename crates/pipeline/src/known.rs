//! What is known of large source files from runs before: as long as the system says that a file is the same, it is not read
//! again to learn its hash or the models that it names.
//!
//! As an index of git does: a file is the same if its size, its place on the disk, when it was written and when anything about
//! it last changed are the same, and if it had not just been written when it was read, for then a second change could bear
//! the same time. Everything is kept by user, in the cache folder, and none of it is worth an error.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use stage::{About, ConfiguredStage, StageError, Target, write_soon};

use crate::fingerprint::{canonical, of_file, of_text};

/// Where it lies in the cache folder.
const FOLDER: &str = "known-sources";

/// Smaller files are read in less time than it takes to look them up.
const LARGE: u64 = 1 << 20;

/// File systems tell times in steps of up to two seconds.
const STEP: Duration = Duration::from_secs(2);

/// What is known, if there is a folder to keep it.
#[derive(Debug, Default)]
pub struct KnownSources {
    folder: Option<PathBuf>,
}

/// What the system says of a file, in nanoseconds since 1970 where it is a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Seen {
    size: u64,
    device: u64,
    inode: u64,
    written: i128,
    changed: i128,
}

#[derive(Serialize, Deserialize)]
struct KnownFile {
    seen: Seen,
    hash: String,
}

#[derive(Serialize, Deserialize)]
struct KnownModels {
    /// Another build of the program might find others.
    program: Seen,
    /// Of the source's files.
    hashes: Vec<String>,
    models: Vec<String>,
}

impl KnownSources {
    /// What is known in this cache folder; nothing without one.
    pub fn of(cache: Option<&Path>) -> Self {
        Self { folder: cache.map(|cache| cache.join(FOLDER)) }
    }

    /// The hash of a file's content, in hex.
    pub(crate) fn hash(&self, path: &Path) -> io::Result<String> {
        let (Some(before), Ok(real)) =
            (Seen::of(path).filter(|seen| seen.size >= LARGE), path.canonicalize())
        else {
            return of_file(path);
        };
        let place = of_text(&format!("file {}", real.display()));
        if let Some(known) = self.recall::<KnownFile>(&place).filter(|known| known.seen == before) {
            return Ok(known.hash);
        }
        let settled = before.is_settled(SystemTime::now());
        let hash = of_file(path)?;
        if settled && Seen::of(path) == Some(before) {
            self.keep(&place, &KnownFile { seen: before, hash: hash.clone() });
        }
        Ok(hash)
    }

    /// The models that a stage's sources bring along.
    pub(crate) fn models(&self, stage: &dyn ConfiguredStage) -> Result<Vec<String>, StageError> {
        let sources = stage.sources();
        let bytes: u64 = sources.iter().filter_map(|path| Seen::of(path)).map(|seen| seen.size).sum();
        let program = std::env::current_exe().ok().and_then(|program| Seen::of(&program));
        let (Some(program), true) = (program, bytes >= LARGE) else { return stage.models() };
        let hashes: io::Result<Vec<String>> = sources.iter().map(|path| self.hash(path)).collect();
        // What cannot be read is told by who reads it.
        let Ok(hashes) = hashes else { return stage.models() };
        // Only now does the input to the fingerprint say what is read.
        stage.prepare()?;
        let about = About::default();
        let target = Target { models: &[], included: &[], at: None, about: &about };
        let asked = canonical(&stage.fingerprint_input(target));
        let place = of_text(&format!("models {sources:?} {asked}"));
        let known = self.recall::<KnownModels>(&place);
        if let Some(known) = known.filter(|known| known.program == program && known.hashes == hashes) {
            return Ok(known.models);
        }
        let models = stage.models()?;
        self.keep(&place, &KnownModels { program, hashes, models: models.clone() });
        Ok(models)
    }

    fn recall<T: DeserializeOwned>(&self, place: &str) -> Option<T> {
        serde_json::from_slice(&fs::read(self.path(place)?).ok()?).ok()
    }

    fn keep(&self, place: &str, known: &impl Serialize) {
        if let (Some(path), Ok(text)) = (self.path(place), serde_json::to_vec(known)) {
            let _kept = write_soon(&path, &text);
        }
    }

    fn path(&self, place: &str) -> Option<PathBuf> {
        Some(self.folder.as_ref()?.join(format!("{place}.json")))
    }
}

impl Seen {
    /// `None` where the system does not say enough.
    #[cfg(unix)]
    fn of(path: &Path) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;
        let file = fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
        let time =
            |seconds: i64, nanoseconds: i64| i128::from(seconds) * 1_000_000_000 + i128::from(nanoseconds);
        Some(Self {
            size: file.len(),
            device: file.dev(),
            inode: file.ino(),
            written: time(file.mtime(), file.mtime_nsec()),
            changed: time(file.ctime(), file.ctime_nsec()),
        })
    }

    #[cfg(not(unix))]
    fn of(_path: &Path) -> Option<Self> {
        None
    }

    /// Whatever happens to the file from now on will bear another time.
    fn is_settled(self, now: SystemTime) -> bool {
        let now = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        let last = self.written.max(self.changed);
        i128::try_from(now.saturating_sub(STEP).as_nanos()).is_ok_and(|before| last < before)
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::fs::{File, FileTimes};
    use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

    use serde_json::{Value, json};
    use stage::{Run, Summary, Table};

    use super::*;

    /// A large file that was written long ago, as far as it can be pretended: when anything last changed cannot.
    fn large(path: &Path, byte: u8) {
        fs::write(path, vec![byte; 2 << 20]).unwrap();
        let times = FileTimes::new().set_modified(UNIX_EPOCH + Duration::from_secs(1_000_000_000));
        File::options().append(true).open(path).unwrap().set_times(times).unwrap();
    }

    /// Everything that is known of files says this now.
    fn forge(cache: &Path, hash: &str) -> usize {
        let files =
            fs::read_dir(cache.join(FOLDER)).into_iter().flatten().flatten().map(|entry| entry.path());
        let forged = files.map(|path| {
            let known: KnownFile = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
            let known = KnownFile { hash: hash.to_owned(), ..known };
            fs::write(&path, serde_json::to_vec(&known).unwrap()).unwrap();
        });
        forged.count()
    }

    #[test]
    fn a_file_is_read_again_when_the_system_says_that_it_is_another() {
        let folder = tempfile::tempdir().unwrap();
        let (cache, path) = (folder.path().join("cache"), folder.path().join("source.jsonl"));
        let known = KnownSources::of(Some(&cache));
        let truth = |path: &Path| of_file(path).unwrap();
        large(&path, b'a');
        assert_eq!(known.hash(&path).unwrap(), truth(&path));
        assert_eq!(forge(&cache, "-"), 0, "it was changed just now");
        std::thread::sleep(STEP + Duration::from_millis(50));
        assert_eq!(known.hash(&path).unwrap(), truth(&path));
        assert_eq!(forge(&cache, "forged"), 1);
        assert_eq!(known.hash(&path).unwrap(), "forged", "it is not read");
        // Another content of the same size, with the same time of writing.
        large(&path, b'b');
        assert_eq!(known.hash(&path).unwrap(), truth(&path));
        // Another file in its place.
        let other = folder.path().join("other.jsonl");
        large(&other, b'c');
        fs::rename(&other, &path).unwrap();
        assert_eq!(known.hash(&path).unwrap(), truth(&path));
        assert!(known.hash(&other).is_err());
    }

    #[test]
    fn small_files_and_folders_that_cannot_be_written_are_no_matter() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("source.jsonl");
        fs::write(&path, "small").unwrap();
        let (none, cache) = (KnownSources::default(), KnownSources::of(Some(folder.path())));
        assert_eq!(none.hash(&path).unwrap(), cache.hash(&path).unwrap());
        assert!(!folder.path().join(FOLDER).exists());
        let file = KnownSources::of(Some(&path));
        let large_path = folder.path().join("large.jsonl");
        large(&large_path, b'a');
        let settled = Seen::of(&large_path).unwrap();
        file.keep("somewhere", &KnownFile { seen: settled, hash: String::new() });
        assert_eq!(file.hash(&large_path).unwrap(), of_file(&large_path).unwrap());
    }

    /// A stage that counts how often its source was read.
    struct Source {
        path: PathBuf,
        column: &'static str,
        read: AtomicU32,
    }

    impl ConfiguredStage for Source {
        fn reads(&self) -> Vec<Table> {
            Vec::new()
        }
        fn writes(&self) -> Vec<Table> {
            Vec::new()
        }
        fn sources(&self) -> Vec<PathBuf> {
            vec![self.path.clone()]
        }
        fn brings_models(&self) -> bool {
            true
        }
        fn models(&self) -> Result<Vec<String>, StageError> {
            let count = self.read.fetch_add(1, Relaxed);
            Ok(vec![format!("{} {count}", self.column)])
        }
        fn fingerprint_input(&self, _target: Target<'_>) -> Value {
            json!({"column": self.column})
        }
        fn run(&self, _run: &Run<'_>) -> Result<Summary, StageError> {
            Ok(Summary::default())
        }
    }

    #[test]
    fn models_are_read_once_for_a_content_and_a_way_to_read_it() {
        let folder = tempfile::tempdir().unwrap();
        let (cache, path) = (folder.path().join("cache"), folder.path().join("source.jsonl"));
        let known = KnownSources::of(Some(&cache));
        let source = |column| Source { path: path.clone(), column, read: AtomicU32::new(0) };
        let (one, other) = (source("model"), source("author"));
        let models = |source: &Source| known.models(source).unwrap().concat();
        large(&path, b'a');
        assert_eq!([models(&one), models(&one)], ["model 0", "model 0"]);
        assert_eq!(models(&other), "author 0", "another column names others");
        large(&path, b'b');
        assert_eq!([models(&one), models(&one), models(&other)], ["model 1", "model 1", "author 1"]);
        // Without a place to keep them they are read each time.
        assert_eq!(KnownSources::default().models(&one).unwrap(), ["model 2"]);
        fs::write(&path, "small").unwrap();
        assert_eq!([models(&one), models(&one)], ["model 3", "model 4"]);
    }
}
