//! Rows of a table by their place, without reading what stands before them.

use std::marker::PhantomData;
use std::path::{Path, PathBuf};

use arrow_array::RecordBatch;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder, RowSelection, RowSelector,
};

use crate::checked::CheckedFile;
use crate::reader::{Shape, footer, rows_in};
use crate::{Row, TableError, guarded};

/// A table that is opened once and read at any place. Tables of one model are aligned, so the place that one of them
/// gives holds for all.
pub struct Lookup<R: Row> {
    table: Places,
    row_type: PhantomData<fn() -> R>,
}

impl<R: Row> Lookup<R> {
    /// Opens a table and checks that it is one of `R` in the version that this program reads.
    pub fn open(path: &Path) -> Result<Self, TableError> {
        Ok(Self { table: Places::open(path, &Shape::of::<R>())?, row_type: PhantomData })
    }

    /// Rows in the table.
    pub fn len(&self) -> u64 {
        self.table.len
    }

    /// The table has no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The row at a place, from 0; `None` behind the end.
    pub fn row(&self, place: u64) -> Result<Option<R>, TableError> {
        let Some(batches) = self.table.at(place)? else { return Ok(None) };
        Ok(self.decoded(&batches)?.into_iter().next())
    }

    /// The rows at rising places in one pass over the file; places behind the end give nothing.
    pub fn rows(&self, places: &[u64]) -> Result<Vec<R>, TableError> {
        self.decoded(&self.table.among(places)?)
    }

    fn decoded(&self, batches: &[RecordBatch]) -> Result<Vec<R>, TableError> {
        let mut rows = Vec::new();
        for batch in batches {
            // Whatever the bytes were: a value that does not fit its type is a damaged file, not a panic.
            let decoded = guarded(|| R::from_batch(batch)).and_then(|rows| rows.map_err(|e| e.to_string()));
            rows.extend(decoded.map_err(|e| TableError::damaged(&self.table.path, e))?);
        }
        Ok(rows)
    }
}

/// What knows Parquet and no row type, so that it is compiled once.
struct Places {
    path: PathBuf,
    file: CheckedFile,
    metadata: ArrowReaderMetadata,
    columns: ProjectionMask,
    len: u64,
}

impl Places {
    fn open(path: &Path, shape: &Shape) -> Result<Self, TableError> {
        let file = CheckedFile::open(path)?;
        let metadata = guarded(|| ArrowReaderMetadata::load(&file, ArrowReaderOptions::default()))
            .and_then(|metadata| metadata.map_err(|e| e.to_string()))
            .map_err(|reason| TableError::NotParquet { path: path.to_owned(), reason })?;
        shape.check(path, &footer(metadata.metadata()))?;
        let columns = shape.columns(metadata.parquet_schema());
        let len = rows_in(path, metadata.metadata().file_metadata().num_rows())?;
        Ok(Self { path: path.to_owned(), file, metadata, columns, len })
    }

    fn at(&self, place: u64) -> Result<Option<Vec<RecordBatch>>, TableError> {
        let Some((group, before)) = self.group_of(place) else { return Ok(None) };
        let selection = RowSelection::from(vec![RowSelector::skip(before), RowSelector::select(1)]);
        let builder =
            self.builder().with_row_groups(vec![group]).with_row_selection(selection).with_batch_size(1);
        self.batches(builder).map(Some)
    }

    fn among(&self, places: &[u64]) -> Result<Vec<RecordBatch>, TableError> {
        let mut selectors = Vec::new();
        let mut at = 0;
        for place in places.iter().copied().filter(|place| *place < self.len) {
            let Some(skipped) = place.checked_sub(at) else { continue };
            selectors.push(RowSelector::skip(usize::try_from(skipped).unwrap_or(usize::MAX)));
            selectors.push(RowSelector::select(1));
            at = place + 1;
        }
        self.batches(self.builder().with_row_selection(RowSelection::from(selectors)))
    }

    fn builder(&self) -> ParquetRecordBatchReaderBuilder<CheckedFile> {
        ParquetRecordBatchReaderBuilder::new_with_metadata(self.file.clone(), self.metadata.clone())
            .with_projection(self.columns.clone())
    }

    fn batches(
        &self,
        builder: ParquetRecordBatchReaderBuilder<CheckedFile>,
    ) -> Result<Vec<RecordBatch>, TableError> {
        guarded(|| {
            builder.build().map_err(|e| e.to_string())?.collect::<Result<_, _>>().map_err(|e| e.to_string())
        })
        .and_then(|batches| batches)
        .map_err(|e| TableError::damaged(&self.path, e))
    }

    /// The row group that holds a place, and the rows of that group before it.
    fn group_of(&self, place: u64) -> Option<(usize, usize)> {
        let mut left = place;
        for (at, group) in self.metadata.metadata().row_groups().iter().enumerate() {
            let rows = group.num_rows().unsigned_abs();
            if left < rows {
                return Some((at, usize::try_from(left).ok()?));
            }
            left -= rows;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Generation, Provenance, Score, TableReader, TableWriter};

    #[test]
    fn any_row_of_any_group_is_the_one_that_reading_through_gives() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("g.parquet");
        let mut writer = TableWriter::<Generation>::create(&path, &Provenance::default()).unwrap();
        for at in 0..700_u32 {
            // Large enough for several row groups.
            let reasoning = format!("{at} ").repeat(30_000);
            writer
                .push(Generation { problem_id: format!("p{at}"), reasoning, ..Generation::default() })
                .unwrap();
        }
        writer.finish().unwrap();
        let lookup = Lookup::<Generation>::open(&path).unwrap();
        assert!(lookup.table.metadata.metadata().num_row_groups() > 1);
        let all: Vec<Generation> = TableReader::open(&path).unwrap().map(Result::unwrap).collect();
        for place in [0, 1, 255, 256, 511, 699] {
            assert_eq!(lookup.row(place).unwrap().unwrap(), all[place as usize]);
        }
        assert_eq!(lookup.row(700).unwrap(), None);
        let some = [0, 3, 255, 256, 600, 699, 700];
        let expect: Vec<&Generation> = some[..6].iter().map(|place| &all[*place as usize]).collect();
        assert_eq!(lookup.rows(&some).unwrap().iter().collect::<Vec<_>>(), expect);
        assert_eq!(lookup.rows(&[]).unwrap(), []);
        assert!(matches!(Lookup::<Score>::open(&path), Err(TableError::WrongTable { .. })));
    }
}
