//! Results in: the files are read through once to learn where each reply stands, and each reply once more when
//! it is asked for, so that memory does not grow with their size.

use std::{
    collections::{HashMap, HashSet},
    fs::File,
    io::{BufRead, BufReader, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use super::{BatchError, BatchReport, line, line::ResultLine, report::Named};
use crate::{CallError, ChatReply, backend::Call, request::ReplyKey};

/// Every result, by the request that it answers.
#[derive(Debug)]
pub(super) struct Results {
    files: Vec<(PathBuf, Mutex<File>)>,
    spots: HashMap<ReplyKey, PlacedResult>,
    /// What the first reading found.
    found: BatchReport,
    /// Requests that no line answers.
    missing: Mutex<HashSet<ReplyKey>>,
}

/// Where a result stands.
#[derive(Debug)]
struct PlacedResult {
    file: usize,
    line: u64,
    offset: u64,
    length: usize,
    /// Why it is no reply.
    failed: Option<String>,
    /// A request asked for it.
    asked: AtomicBool,
}

impl Results {
    pub(super) fn open(paths: &[impl AsRef<Path>]) -> Result<Self, BatchError> {
        let mut results = Self {
            files: Vec::new(),
            spots: HashMap::new(),
            found: BatchReport::default(),
            missing: Mutex::default(),
        };
        paths.iter().try_for_each(|path| results.read(path.as_ref()))?;
        Ok(results)
    }

    fn read(&mut self, path: &Path) -> Result<(), BatchError> {
        let failed = |source| BatchError::Read { path: path.to_owned(), source };
        let file = File::open(path).map_err(failed)?;
        let mut reader = BufReader::with_capacity(1 << 18, File::open(path).map_err(failed)?);
        let (mut spot, mut buffer, mut good) = ((0, 0), Vec::new(), 0_u64);
        let mut first_fault = None;
        loop {
            buffer.clear();
            let length = reader.read_until(b'\n', &mut buffer).map_err(failed)?;
            if length == 0 {
                break;
            }
            spot.0 += 1;
            if !buffer.trim_ascii().is_empty() {
                match ResultLine::parse(&buffer) {
                    Ok(result) => {
                        good += 1;
                        self.add(result, path, spot, length);
                    }
                    Err(reason) => {
                        self.found.unreadable.name(|| format!("{}:{}: {reason}", path.display(), spot.0));
                        first_fault.get_or_insert(reason);
                    }
                }
            }
            spot.1 += length as u64;
        }
        if good == 0 {
            let reason = first_fault.unwrap_or_else(|| "it is empty".to_owned());
            return Err(BatchError::NoResults { path: path.to_owned(), reason });
        }
        self.files.push((path.to_owned(), Mutex::new(file)));
        Ok(())
    }

    /// Of several results of one request the first good one counts.
    fn add(&mut self, result: ResultLine, path: &Path, (line, offset): (u64, u64), length: usize) {
        self.found.lines += 1;
        let name = format!("{}:{line}", path.display());
        let Some(key) = line::key(&result.custom_id) else {
            self.found.unknown.name(|| format!("{name}: `{}`", result.custom_id));
            return;
        };
        let failed = result.reply().err();
        let spot = PlacedResult {
            file: self.files.len(),
            line,
            offset,
            length,
            failed,
            asked: AtomicBool::new(false),
        };
        match self.spots.get(&key) {
            None => drop(self.spots.insert(key, spot)),
            Some(before) => {
                self.found.duplicate.name(|| name);
                if before.failed.is_some() && spot.failed.is_none() {
                    self.spots.insert(key, spot);
                }
            }
        }
    }

    /// The result of a request; `None` if no line holds it.
    pub(super) fn take(&self, call: &Call<'_>) -> Option<Result<ChatReply, CallError>> {
        let Some(spot) = self.spots.get(call.key) else {
            self.missing.lock().unwrap_or_else(PoisonError::into_inner).insert(*call.key);
            return None;
        };
        spot.asked.store(true, Ordering::Relaxed);
        Some(match &spot.failed {
            Some(reason) => Err(line::failure(&self.name(spot), reason)),
            None => self.reply(spot),
        })
    }

    /// The cache holds the reply to this request already.
    pub(super) fn known(&self, call: &Call<'_>) {
        if let Some(spot) = self.spots.get(call.key) {
            spot.asked.store(true, Ordering::Relaxed);
        }
    }

    fn reply(&self, spot: &PlacedResult) -> Result<ChatReply, CallError> {
        let unreadable = |reason: String| CallError::Cache {
            message: format!("{} cannot be read any more: {reason}", self.name(spot)),
        };
        let mut text = vec![0; spot.length];
        {
            let mut file = self.files[spot.file].1.lock().unwrap_or_else(PoisonError::into_inner);
            let read = file.seek(SeekFrom::Start(spot.offset)).and_then(|_| file.read_exact(&mut text));
            read.map_err(|error| unreadable(error.to_string()))?;
        }
        ResultLine::parse(&text).and_then(ResultLine::reply).map_err(unreadable)
    }

    fn name(&self, spot: &PlacedResult) -> String {
        format!("{}:{}", self.files[spot.file].0.display(), spot.line)
    }

    /// What became of every line, as far as requests have asked for them.
    pub(super) fn report(&self) -> BatchReport {
        let mut report = self.found.clone();
        let mut spots: Vec<&PlacedResult> = self.spots.values().collect();
        spots.sort_by_key(|spot| (spot.file, spot.line));
        for spot in spots {
            match (&spot.failed, spot.asked.load(Ordering::Relaxed)) {
                (_, false) => report.unknown.name(|| self.name(spot)),
                (Some(reason), true) => report.failed.name(|| format!("{}: {reason}", self.name(spot))),
                (None, true) => report.answered += 1,
            }
        }
        let missing = self.missing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut ids: Vec<String> = missing.iter().map(line::custom_id).collect();
        ids.sort();
        let mut named = Named::default();
        ids.into_iter().for_each(|id| named.name(|| id));
        report.missing = named;
        report
    }
}
