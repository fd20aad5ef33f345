//! A table's file that is checked while it is read: each stretch of it once, when it is first touched.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use parquet::errors::ParquetError;
use parquet::file::reader::{ChunkReader, Length};

use crate::TableError;
use crate::sums::Sums;

/// A file that is opened once; clones share it and what was checked of it.
#[derive(Clone, Debug)]
pub(crate) struct CheckedFile {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    length: u64,
    /// `None` in a file without sums: another program's, or one of an earlier version.
    sums: Option<Sums>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    bytes: Source,
    checked: Vec<bool>,
}

/// A file of at most this many bytes is held whole: a table of few rows has a page for every column, and asking the disk for
/// each of these would take longer than all the rest.
const HELD: u64 = 256 << 10;

#[derive(Debug)]
enum Source {
    Held(Bytes),
    File(File),
}

impl CheckedFile {
    /// Opens a file and checks its footer.
    pub(crate) fn open(path: &Path) -> Result<Self, TableError> {
        let unreadable = |source| TableError::Open { path: path.to_owned(), source };
        let mut file = File::open(path).map_err(unreadable)?;
        let sums = Sums::read(&mut file).map_err(unreadable)?;
        let sums = sums.map_err(|reason| TableError::damaged(path, reason))?;
        let length = file.metadata().map_err(unreadable)?.len();
        let bytes = Source::of(file, length).map_err(unreadable)?;
        let checked = vec![false; sums.as_ref().map_or(0, Sums::len)];
        let state = Mutex::new(State { bytes, checked });
        Ok(Self { shared: Arc::new(Shared { length, sums, state }) })
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The bytes from a place on: as many, or fewer where the file ends.
    fn read(&self, start: u64, length: u64) -> io::Result<Bytes> {
        let length = length.min(self.length.saturating_sub(start));
        let mut state = self.state();
        for (number, at, length) in self.sums.iter().flat_map(|sums| sums.touched(start, length)) {
            if state.checked.get(number) == Some(&false) {
                let bytes = state.bytes.at(at, length)?;
                if !self.sums.as_ref().is_some_and(|sums| sums.holds(number, &bytes)) {
                    return Err(changed(at, length));
                }
                state.checked[number] = true;
            }
        }
        state.bytes.at(start, length)
    }
}

fn changed(at: u64, length: u64) -> io::Error {
    let end = at + length;
    let words = format!("bytes {at} to {end} are not what was written: bits of them changed");
    io::Error::new(io::ErrorKind::InvalidData, words)
}

impl Source {
    fn of(file: File, length: u64) -> io::Result<Self> {
        let mut file = Self::File(file);
        if length > HELD { Ok(file) } else { file.at(0, length).map(Self::Held) }
    }

    /// This many bytes from a place on.
    fn at(&mut self, start: u64, length: u64) -> io::Result<Bytes> {
        let size = usize::try_from(length).map_err(io::Error::other)?;
        match self {
            Self::Held(bytes) => {
                let start = usize::try_from(start).map_err(io::Error::other)?;
                let here = bytes.len().saturating_sub(start) >= size;
                here.then(|| bytes.slice(start..start + size)).ok_or(io::ErrorKind::UnexpectedEof.into())
            }
            Self::File(file) => {
                file.seek(SeekFrom::Start(start))?;
                let mut bytes = vec![0; size];
                file.read_exact(&mut bytes)?;
                Ok(bytes.into())
            }
        }
    }
}

impl Length for CheckedFile {
    fn len(&self) -> u64 {
        self.shared.length
    }
}

impl ChunkReader for CheckedFile {
    type T = BufReader<From>;

    fn get_read(&self, start: u64) -> Result<Self::T, ParquetError> {
        Ok(BufReader::with_capacity(HEADER, From { shared: Arc::clone(&self.shared), at: start }))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        let bytes = self
            .shared
            .read(start, length as u64)
            .map_err(|error| ParquetError::General(error.to_string()))?;
        if bytes.len() < length {
            return Err(ParquetError::EOF(format!(
                "expected {length} bytes at {start}, found {}",
                bytes.len()
            )));
        }
        Ok(bytes)
    }
}

/// Parquet reads heads of pages through a buffer, and most fit into this.
const HEADER: usize = 1 << 10;

/// Everything from a place on.
pub(crate) struct From {
    shared: Arc<Shared>,
    at: u64,
}

impl Read for From {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let bytes = self.shared.read(self.at, out.len() as u64)?;
        out[..bytes.len()].copy_from_slice(&bytes);
        self.at += bytes.len() as u64;
        Ok(bytes.len())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::rows::full::full;
    use crate::{Generation, Lookup, Provenance, TableReader, TableWriter};

    fn table(path: &Path, rows: u32, bytes: usize) {
        let provenance = Provenance { fingerprint: "abc".into(), ..Provenance::default() };
        let mut writer = TableWriter::create(path, &provenance.with("tokenizer", "t")).unwrap();
        let mut noise = 7_u64;
        for sample in 0..rows {
            let mut letter = || {
                noise = noise.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                char::from(b'a' + (noise >> 60) as u8)
            };
            let reasoning = (0..bytes).map(|_| letter()).collect();
            writer.push(Generation { sample, reasoning, ..full() }).unwrap();
        }
        writer.finish_having_failed(1).unwrap();
    }

    fn read(path: &Path) -> Result<Vec<Generation>, TableError> {
        TableReader::open(path)?.collect()
    }

    #[test]
    fn every_bit_of_a_table_counts() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("g.parquet");
        table(&path, 3, 300);
        let (good, rows) = (fs::read(&path).unwrap(), read(&path).unwrap());
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 1 << (at % 8);
            fs::write(&path, &bad).unwrap();
            match read(&path) {
                Err(_) => {}
                // The magic in front is read by nobody, and a name of the sums that is none leaves a good table.
                Ok(found) => assert!(found == rows && (at < 4 || is_name_of_sums(&good, at)), "byte {at}"),
            }
        }
    }

    fn is_name_of_sums(good: &[u8], at: usize) -> bool {
        let place = memchr::memmem::rfind(good, b"thinkmeter-sums:").unwrap();
        (place..place + 16).contains(&at)
    }

    #[test]
    fn the_rows_about_one_are_read_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("g.parquet");
        let names = ["a", "b", "c"].map(|name| name.to_owned());
        let note = crate::ranges_note([("a", 0..200), ("b", 200..201), ("c", 201..700)]);
        let provenance = Provenance::default().with(crate::ROWS_OF, note);
        let mut writer = TableWriter::create(&path, &provenance).unwrap();
        for at in 0..700_u32 {
            let model = names[usize::from(at >= 200) + usize::from(at >= 201)].clone();
            // Large enough for several row groups.
            let reasoning = format!("{at} ").repeat(30_000);
            writer.push(Generation { sample: at, model, reasoning, ..Generation::default() }).unwrap();
        }
        writer.finish().unwrap();
        let check = |name: &str, expect: std::ops::Range<u32>| {
            let reader = TableReader::<Generation>::open_about(&path, name).unwrap();
            assert_eq!(reader.len(), u64::from(expect.end - expect.start), "{name}");
            let found: Vec<u32> = reader.map(|row| row.unwrap().sample).collect();
            assert_eq!(found, expect.collect::<Vec<u32>>(), "{name}");
        };
        check("a", 0..200);
        check("b", 200..201);
        check("c", 201..700);
        check("none", 0..0);
    }

    #[test]
    fn what_is_read_is_checked_and_no_more() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("g.parquet");
        table(&path, 40, 20_000);
        let good = fs::read(&path).unwrap();
        assert!(good.len() > 300_000, "several stretches, found {}", good.len());
        for at in [100, 70_000, 150_000, 250_000] {
            let mut bad = good.clone();
            bad[at] ^= 4;
            fs::write(&path, &bad).unwrap();
            let error = read(&path).unwrap_err().to_string();
            assert!(error.contains("are not what was written"), "{at}: {error}");
            let lookup = Lookup::<Generation>::open(&path).unwrap();
            assert!(lookup.rows(&(0..40).collect::<Vec<_>>()).is_err(), "{at}");
        }
    }
}
