//! For the tests of stages, compiled into each of them: a folder with a stage's tables, and an observer that remembers.

use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use stage::{Observer, Tick};
use tables::{Provenance, Row, TableReader, TableWriter};
use tempfile::TempDir;

/// A folder with a stage's tables.
pub(crate) struct Place(TempDir);

impl Place {
    pub(crate) fn empty() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write<R: Row>(&self, name: &str, rows: Vec<R>) {
        let mut writer = TableWriter::create(&self.path(name), &Provenance::default()).unwrap();
        rows.into_iter().for_each(|row| writer.push(row).unwrap());
        writer.finish().unwrap();
    }

    pub(crate) fn rows<R: Row>(&self, name: &str) -> Vec<R> {
        TableReader::open(&self.path(name)).unwrap().map(Result::unwrap).collect()
    }
}

/// Adds up what it hears; interrupts after so many rows.
#[derive(Default)]
pub(crate) struct Ear {
    total: AtomicU64,
    rows: AtomicU64,
    failed: AtomicU64,
    cached: AtomicU64,
    notes: Mutex<Vec<String>>,
    stop_after: Option<u64>,
}

impl Observer for Ear {
    fn total(&self, rows: u64) {
        self.total.fetch_add(rows, Ordering::SeqCst);
    }

    fn advance(&self, tick: Tick) {
        self.rows.fetch_add(tick.rows, Ordering::SeqCst);
        self.failed.fetch_add(tick.failed, Ordering::SeqCst);
        self.cached.fetch_add(tick.cached, Ordering::SeqCst);
    }

    fn note(&self, message: &str) {
        self.notes.lock().unwrap().push(message.to_owned());
    }

    fn interrupted(&self) -> bool {
        self.stop_after.is_some_and(|rows| self.rows.load(Ordering::SeqCst) >= rows)
    }
}

impl Ear {
    pub(crate) fn stopping_after(rows: u64) -> Self {
        Self { stop_after: Some(rows), ..Self::default() }
    }

    pub(crate) fn notes(&self) -> Vec<String> {
        self.notes.lock().unwrap().clone()
    }

    /// How many rows were to come, came, failed and lay in the cache.
    pub(crate) fn heard(&self) -> (u64, u64, u64, u64) {
        let load = |number: &AtomicU64| number.load(Ordering::SeqCst);
        (load(&self.total), load(&self.rows), load(&self.failed), load(&self.cached))
    }
}
