//! The one Parquet reader: a bounded number of rows at a time, and nothing that it does not know.

use std::collections::BTreeMap;
use std::ops::{Range, RangeInclusive};
use std::path::{Path, PathBuf};

use arrow_array::RecordBatch;
use arrow_schema::Field;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use parquet::file::metadata::ParquetMetaData;
use parquet::schema::types::SchemaDescriptor;

use crate::checked::CheckedFile;
use crate::writer::{FINGERPRINT_KEY, NOTE_PREFIX, SCHEMA_KEY, VERSION_KEY};
use crate::{Provenance, Row, TableError, guarded};

/// A batch holds about this many bytes of decoded columns…
const BATCH_BYTES: i64 = 2 << 20;
/// …and at most this many rows.
const BATCH_ROWS: i64 = 1024;

/// Reads one table row by row, holding one batch in memory.
pub struct TableReader<R: Row> {
    table: Batches,
    rows: std::vec::IntoIter<R>,
}

impl<R: Row> TableReader<R> {
    /// Opens a table and checks that it is one of `R` in the version that this program reads. Only the columns of `R`
    /// are decoded, so a row type that names a few of a table's columns reads it at a fraction of the cost.
    pub fn open(path: &Path) -> Result<Self, TableError> {
        Self::of(path, &Wanted::All)
    }

    /// The same for the rows about one alone, where the table's note [`crate::ROWS_OF`] tells which these are; all rows where
    /// it tells nothing.
    pub fn open_about(path: &Path, name: &str) -> Result<Self, TableError> {
        Self::of(path, &Wanted::About(name))
    }

    /// The same behind so many rows, or all of them where there are no more than that; and how many were passed over.
    pub(crate) fn open_behind(path: &Path, row: u64) -> Result<(Self, u64), TableError> {
        let reader = Self::of(path, &Wanted::Behind(row))?;
        let passed = reader.table.passed;
        Ok((reader, passed))
    }

    fn of(path: &Path, wanted: &Wanted<'_>) -> Result<Self, TableError> {
        Ok(Self { table: Batches::open(path, &Shape::of::<R>(), wanted)?, rows: Vec::new().into_iter() })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.table.path
    }

    /// Rows in the table.
    pub fn len(&self) -> u64 {
        self.table.len
    }

    /// The table has no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Which stage wrote the table, and what it noted.
    pub fn provenance(&self) -> &Provenance {
        &self.table.provenance
    }

    fn refill(&mut self) -> Option<Result<(), TableError>> {
        let rows = self.table.next()?.and_then(|batch| {
            R::from_batch(&batch).map_err(|error| TableError::damaged(&self.table.path, error))
        });
        Some(rows.map(|rows| self.rows = rows.into_iter()))
    }
}

impl<R: Row> Iterator for TableReader<R> {
    type Item = Result<R, TableError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(row) = self.rows.next() {
                return Some(Ok(row));
            }
            if let Err(error) = self.refill()? {
                return Some(Err(error));
            }
        }
    }
}

/// What a row type expects of a table. What reads Parquet knows this instead of the type, so that it is compiled once.
pub(crate) struct Shape {
    name: &'static str,
    versions: RangeInclusive<u32>,
    fields: Vec<Field>,
}

impl Shape {
    pub(crate) fn of<R: Row>() -> Self {
        Self { name: R::NAME, versions: R::OLDEST..=R::VERSION, fields: R::fields() }
    }

    /// The columns of a file that the row type names.
    pub(crate) fn columns(&self, schema: &SchemaDescriptor) -> ProjectionMask {
        let roots = schema.root_schema().get_fields().iter().enumerate();
        let wanted = roots.filter(|(_, root)| self.fields.iter().any(|field| field.name() == root.name()));
        ProjectionMask::roots(schema, wanted.map(|(index, _)| index))
    }

    /// Refuses a file of another table or version.
    pub(crate) fn check(&self, path: &Path, footer: &BTreeMap<String, String>) -> Result<(), TableError> {
        let (path, expected) = (path.to_owned(), self.name);
        match footer.get(SCHEMA_KEY) {
            None => return Err(TableError::Foreign { path, expected }),
            Some(found) if found != self.name => {
                return Err(TableError::WrongTable { path, found: found.clone(), expected });
            }
            Some(_) => {}
        }
        let found = footer.get(VERSION_KEY).cloned().unwrap_or_else(|| "unknown".to_owned());
        if found.parse().is_ok_and(|found| self.versions.contains(&found)) {
            return Ok(());
        }
        Err(TableError::WrongVersion { path, table: self.name, found, expected: *self.versions.end() })
    }
}

/// Which rows of a table are read.
enum Wanted<'a> {
    All,
    /// Those that the note [`crate::ROWS_OF`] says to be about one; all where there is no such note.
    About(&'a str),
    /// Those behind so many; all where there are no more than that.
    Behind(u64),
}

impl Wanted<'_> {
    /// Their places among so many rows; `None` for all of them.
    fn among(&self, footer: &BTreeMap<String, String>, rows: u64) -> Option<Range<u64>> {
        match self {
            Self::All => None,
            Self::About(name) => {
                let note = footer.get(&format!("{NOTE_PREFIX}{}", crate::ROWS_OF))?;
                Some(crate::range_in(note, name).unwrap_or(0..0))
            }
            Self::Behind(row) => (0 < *row && *row < rows).then_some(*row..rows),
        }
    }
}

/// The batches of one table.
struct Batches {
    path: PathBuf,
    provenance: Provenance,
    len: u64,
    /// Rows before the first that is read.
    passed: u64,
    batches: ParquetRecordBatchReader,
}

impl Batches {
    fn open(path: &Path, shape: &Shape, wanted: &Wanted<'_>) -> Result<Self, TableError> {
        let builder = builder(path)?;
        let metadata = builder.metadata().clone();
        let footer = footer(&metadata);
        shape.check(path, &footer)?;
        let columns = shape.columns(builder.parquet_schema());
        let builder = builder.with_projection(columns).with_batch_size(batch_rows(&metadata));
        let all = rows_in(path, metadata.file_metadata().num_rows())?;
        let (builder, rows) = match wanted.among(&footer, all) {
            None => (builder, 0..all),
            Some(rows) => (only(builder, &metadata, &rows), rows),
        };
        let batches = guarded(|| builder.build()).map_err(|e| TableError::damaged(path, e))?;
        let batches = batches.map_err(|e| TableError::damaged(path, e))?;
        let (len, passed) = (rows.end - rows.start, rows.start);
        Ok(Self { path: path.to_owned(), provenance: provenance(footer), len, passed, batches })
    }

    fn next(&mut self) -> Option<Result<RecordBatch, TableError>> {
        Some(match guarded(|| self.batches.next()) {
            Ok(batch) => batch?.map_err(|error| TableError::damaged(&self.path, error)),
            Err(reason) => Err(TableError::damaged(&self.path, reason)),
        })
    }
}

/// The name of the table in a file and who wrote it, without reading a row; `None` for a Parquet file that
/// is not ours.
pub fn peek(path: &Path) -> Result<Option<(String, Provenance)>, TableError> {
    let mut footer = footer(builder(path)?.metadata());
    Ok(footer.remove(SCHEMA_KEY).map(|name| (name, provenance(footer))))
}

fn builder(path: &Path) -> Result<ParquetRecordBatchReaderBuilder<CheckedFile>, TableError> {
    let file = CheckedFile::open(path)?;
    guarded(|| ParquetRecordBatchReaderBuilder::try_new(file))
        .and_then(|builder| builder.map_err(|e| e.to_string()))
        .map_err(|reason| TableError::NotParquet { path: path.to_owned(), reason })
}

/// These rows alone: of the groups that hold some of them.
fn only(
    builder: ParquetRecordBatchReaderBuilder<CheckedFile>,
    metadata: &ParquetMetaData,
    rows: &Range<u64>,
) -> ParquetRecordBatchReaderBuilder<CheckedFile> {
    let (mut groups, mut before, mut start) = (Vec::new(), 0, 0);
    for (number, group) in metadata.row_groups().iter().enumerate() {
        let end = start + group.num_rows().unsigned_abs();
        if start < rows.end && rows.start < end {
            before = if groups.is_empty() { rows.start.saturating_sub(start) } else { before };
            groups.push(number);
        }
        start = end;
    }
    let count = |rows: u64| usize::try_from(rows).unwrap_or(usize::MAX);
    builder.with_row_groups(groups).with_offset(count(before)).with_limit(count(rows.end - rows.start))
}

/// A number of rows as the footer says it.
pub(crate) fn rows_in(path: &Path, said: i64) -> Result<u64, TableError> {
    u64::try_from(said).map_err(|_| TableError::damaged(path, format!("its footer counts {said} rows")))
}

pub(crate) fn footer(metadata: &ParquetMetaData) -> BTreeMap<String, String> {
    let pairs = metadata.file_metadata().key_value_metadata().into_iter().flatten();
    // A key without a value says as much as an empty one.
    pairs.map(|pair| (pair.key.clone(), pair.value.clone().unwrap_or_default())).collect()
}

fn provenance(footer: BTreeMap<String, String>) -> Provenance {
    // Empty is what a stage run by hand writes, too: its maker is unknown.
    let fingerprint = footer.get(FINGERPRINT_KEY).cloned().unwrap_or_default();
    let note = |(key, value): (String, String)| Some((key.strip_prefix(NOTE_PREFIX)?.to_owned(), value));
    Provenance { fingerprint, notes: footer.into_iter().filter_map(note).collect() }
}

fn batch_rows(metadata: &ParquetMetaData) -> usize {
    let bytes: i64 = metadata.row_groups().iter().map(|group| group.total_byte_size()).sum();
    let rows = metadata.file_metadata().num_rows().max(1);
    let fit = BATCH_BYTES / (bytes / rows).max(1);
    usize::try_from(fit.clamp(1, BATCH_ROWS)).unwrap_or(1)
}
