//! Reading a table on a thread of its own, a few rows ahead of whoever uses them.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

use tables::{Row, TableError, TableReader};

use crate::projections::Owned;

/// Rows handed over at once: enough that handing over costs nothing, few enough that long ones fit.
const ROWS: usize = 64;
/// So many batches wait at most: as many rows as a chunk has, so that reading goes on while a chunk is worked on.
const WAITING: usize = 16;

type Batch<R> = Result<Vec<R>, TableError>;

/// The rows of a table, in order.
pub(crate) struct Prefetch<R> {
    path: PathBuf,
    len: u64,
    row: u64,
    batches: Receiver<Batch<R>>,
    rows: std::vec::IntoIter<R>,
}

impl<R: Row> Prefetch<R> {
    pub(crate) fn open(path: &Path) -> Result<Self, TableError> {
        let reader = TableReader::<R>::open(path)?;
        let (sender, batches) = sync_channel(WAITING);
        let len = reader.len();
        thread::spawn(move || {
            let mut reader = reader.peekable();
            while reader.peek().is_some() {
                let batch: Batch<R> = reader.by_ref().take(ROWS).collect();
                let broken = batch.is_err();
                // Nobody waits any more when the user of the rows has stopped.
                if sender.send(batch).is_err() || broken {
                    break;
                }
            }
        });
        Ok(Self { path: path.to_owned(), len, row: 0, batches, rows: Vec::new().into_iter() })
    }

    /// Rows in the table.
    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    /// The 1-based number of the row that was given last.
    pub(crate) fn row(&self) -> u64 {
        self.row
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl<R> Iterator for Prefetch<R> {
    type Item = Result<R, TableError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(row) = self.rows.next() {
                self.row += 1;
                return Some(Ok(row));
            }
            match self.batches.recv().ok()? {
                Ok(rows) => self.rows = rows.into_iter(),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

impl<R: Row + Owned> Prefetch<R> {
    /// The row that belongs to a generation of the table `leader`; it must be the next one.
    pub(crate) fn next_for(&mut self, owner: (&str, u32), leader: &Path) -> Result<R, TableError> {
        let row = self.next().transpose()?;
        match row {
            Some(row) if row.owner() == owner => Ok(row),
            row => Err(TableError::Misaligned {
                left: leader.to_owned(),
                right: self.path.clone(),
                row: self.row.max(1),
                left_key: render(owner),
                right_key: row.map_or_else(|| "missing".to_owned(), |row| render(row.owner())),
            }),
        }
    }

    /// Checks at the leader's end that this table ends there too.
    pub(crate) fn finish(mut self, leader: &Path) -> Result<(), TableError> {
        let Some(row) = self.next().transpose()? else { return Ok(()) };
        Err(TableError::Misaligned {
            left: leader.to_owned(),
            right: self.path.clone(),
            row: self.row,
            left_key: "missing".to_owned(),
            right_key: render(row.owner()),
        })
    }
}

fn render((problem_id, sample): (&str, u32)) -> String {
    format!("`{problem_id}` sample {sample}")
}

#[cfg(test)]
mod tests {
    use tables::{Provenance, Split, TableWriter};

    use super::*;

    fn table(folder: &Path, rows: u32) -> PathBuf {
        let path = folder.join("splits.parquet");
        let mut writer = TableWriter::create(&path, &Provenance::default()).unwrap();
        for sample in 0..rows {
            writer.push(Split { problem_id: "p".into(), sample, ..Split::default() }).unwrap();
        }
        writer.finish().unwrap();
        path
    }

    #[test]
    fn every_row_comes_in_order_and_strangers_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = table(folder.path(), 1000);
        let samples: Vec<u32> =
            Prefetch::<Split>::open(&path).unwrap().map(|row| row.unwrap().sample).collect();
        assert_eq!(samples, (0..1000).collect::<Vec<_>>());
        let leader = Path::new("g.parquet");
        let mut rows = Prefetch::<Split>::open(&path).unwrap();
        rows.next_for(("p", 0), leader).unwrap();
        let error = rows.next_for(("p", 7), leader).unwrap_err().to_string();
        assert!(
            error.contains("row 2 is `p` sample 7 in the first and `p` sample 1 in the second"),
            "{error}"
        );
        assert!(rows.finish(leader).is_err());
    }
}
