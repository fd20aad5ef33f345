//! Requests out: a file for each model, published as a whole.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    io::{BufWriter, IntoInnerError, Write},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use secrets::Names;
use stage::FileNames;
use tables::PendingFile;

use super::{BatchError, Written, line};
use crate::{CallError, backend::Call, request::ReplyKey};

/// The requests of a run.
#[derive(Debug)]
pub(super) struct Requests {
    place: Place,
    secret: Names,
    state: Mutex<State>,
}

#[derive(Debug)]
enum Place {
    File(PathBuf),
    Folder(PathBuf),
}

#[derive(Debug, Default)]
struct State {
    files: BTreeMap<String, Open>,
    names: FileNames,
    written: HashSet<ReplyKey>,
    deferred: u64,
}

#[derive(Debug)]
struct Open {
    path: PathBuf,
    writer: BufWriter<PendingFile>,
    requests: u64,
    bytes: u64,
    hidden: BTreeSet<String>,
}

impl Requests {
    pub(super) fn to_file(path: &Path) -> Self {
        Self::to(Place::File(path.to_owned()))
    }

    pub(super) fn to_folder(folder: &Path) -> Self {
        Self::to(Place::Folder(folder.to_owned()))
    }

    fn to(place: Place) -> Self {
        Self { place, secret: Names::default(), state: Mutex::default() }
    }

    /// What stands in a body under one of these names is hidden.
    pub(super) fn hiding(self, secret: Names) -> Self {
        Self { secret, ..self }
    }

    /// Questions that were deferred, equal ones counted as often as they came.
    pub(super) fn deferred(&self) -> u64 {
        self.state().deferred
    }

    /// Writes a request down, and says so; an equal one is not written again.
    pub(super) fn add(&self, call: &Call<'_>) -> Result<String, CallError> {
        let mut state = self.state();
        state.deferred += 1;
        let path = self.path_for(call.model, &mut state);
        let told = format!("not asked yet: it stands in {}", path.display());
        if !state.written.insert(*call.key) {
            return Ok(told);
        }
        let failed = |error: std::io::Error| CallError::Cache {
            message: format!("cannot write {}: {error}", path.display()),
        };
        let open = match state.files.entry(self.file_of(call.model)) {
            std::collections::btree_map::Entry::Occupied(open) => open.into_mut(),
            std::collections::btree_map::Entry::Vacant(place) => {
                place.insert(Open::create(&path).map_err(failed)?)
            }
        };
        let (line, hidden) = line::request(call, &self.secret);
        open.write(&line).map_err(failed)?;
        open.hidden.extend(hidden);
        Ok(told)
    }

    /// Gives the files their names.
    pub(super) fn finish(&self) -> Result<Vec<Written>, BatchError> {
        let files = std::mem::take(&mut self.state().files);
        let publish = |(model, open): (String, Open)| {
            let path = open.path.clone();
            open.publish(model).map_err(|source| BatchError::Write { path, source })
        };
        files.into_iter().map(publish).collect()
    }

    /// All models share one file if it is named.
    fn file_of(&self, model: &str) -> String {
        match &self.place {
            Place::File(_) => String::new(),
            Place::Folder(_) => model.to_owned(),
        }
    }

    fn path_for(&self, model: &str, state: &mut State) -> PathBuf {
        match &self.place {
            Place::File(path) => path.clone(),
            Place::Folder(folder) => match state.files.get(model) {
                Some(open) => open.path.clone(),
                None => folder.join(format!("{}.jsonl", state.names.next(model))),
            },
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    fn create(path: &Path) -> std::io::Result<Self> {
        let writer = BufWriter::new(PendingFile::create(path)?);
        Ok(Self { path: path.to_owned(), writer, requests: 0, bytes: 0, hidden: BTreeSet::new() })
    }

    fn write(&mut self, line: &str) -> std::io::Result<()> {
        self.writer.write_all(line.as_bytes())?;
        self.writer.write_all(b"\n")?;
        self.requests += 1;
        self.bytes += line.len() as u64 + 1;
        Ok(())
    }

    fn publish(self, model: String) -> std::io::Result<Written> {
        self.writer.into_inner().map_err(IntoInnerError::into_error)?.publish()?;
        let hidden = self.hidden.into_iter().collect();
        Ok(Written { path: self.path, model, requests: self.requests, bytes: self.bytes, hidden })
    }
}
