//! A temporary file between reading rows and writing tables: text goes there, only places stay in memory.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Serialize, de::DeserializeOwned};

use crate::DatasetError;

/// Where a record stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SpillRange {
    offset: u64,
    len: u32,
}

/// Takes records; the file has no name and goes with its owner.
pub(crate) struct Spill {
    file: BufWriter<File>,
    end: u64,
    folder: PathBuf,
    buffer: Vec<u8>,
}

impl Spill {
    /// Starts one in `folder`, where the tables will stand: a system's own temporary folder may be memory.
    pub(crate) fn create(folder: &Path) -> Result<Self, DatasetError> {
        let start = || {
            std::fs::create_dir_all(folder)?;
            tempfile::tempfile_in(folder)
        };
        let file = start().map_err(|e| at(folder, e))?;
        Ok(Self {
            file: BufWriter::with_capacity(1 << 18, file),
            end: 0,
            folder: folder.to_owned(),
            buffer: Vec::new(),
        })
    }

    /// Adds a record.
    pub(crate) fn push(&mut self, record: &impl Serialize) -> Result<SpillRange, DatasetError> {
        self.buffer.clear();
        serde_json::to_writer(&mut self.buffer, record).map_err(|e| at(&self.folder, e.into()))?;
        self.file.write_all(&self.buffer).map_err(|e| at(&self.folder, e))?;
        let too_long = |_| at(&self.folder, std::io::Error::other("a row of more than 4 GB"));
        let place = SpillRange { offset: self.end, len: u32::try_from(self.buffer.len()).map_err(too_long)? };
        self.end += u64::from(place.len);
        Ok(place)
    }

    /// No more records come; they can be read.
    pub(crate) fn into_reader(self) -> Result<SpillReader, DatasetError> {
        let Self { file, folder, .. } = self;
        let mut file = file.into_inner().map_err(|e| at(&folder, e.into_error()))?;
        file.seek(SeekFrom::Start(0)).map_err(|e| at(&folder, e))?;
        Ok(SpillReader { file: BufReader::with_capacity(1 << 16, file), at: 0, folder, buffer: Vec::new() })
    }
}

/// Reads records in any order; those that stand one after the other without seeking.
pub(crate) struct SpillReader {
    file: BufReader<File>,
    at: u64,
    folder: PathBuf,
    buffer: Vec<u8>,
}

impl SpillReader {
    /// The record at a place.
    pub(crate) fn get<T: DeserializeOwned>(&mut self, place: SpillRange) -> Result<T, DatasetError> {
        self.fill(place).map_err(|e| at(&self.folder, e))?;
        serde_json::from_slice(&self.buffer).map_err(|e| at(&self.folder, e.into()))
    }

    fn fill(&mut self, place: SpillRange) -> std::io::Result<()> {
        // Files are far below 2^63 bytes, so the difference fits.
        let by = place.offset.cast_signed() - self.at.cast_signed();
        self.file.seek_relative(by)?;
        self.buffer.resize(place.len as usize, 0);
        self.file.read_exact(&mut self.buffer)?;
        self.at = place.offset + u64::from(place.len);
        Ok(())
    }
}

fn at(folder: &Path, source: std::io::Error) -> DatasetError {
    DatasetError::Temporary { folder: folder.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_come_back_in_any_order() {
        let folder = tempfile::tempdir().unwrap();
        let mut spill = Spill::create(&folder.path().join("new")).unwrap();
        let texts: Vec<String> = (0..500).map(|n| "ä\n".repeat(n)).collect();
        let places: Vec<SpillRange> = texts.iter().map(|text| spill.push(text).unwrap()).collect();
        let mut reader = spill.into_reader().unwrap();
        for index in (0..500).rev().chain(0..500).chain([250, 3, 3]) {
            assert_eq!(reader.get::<String>(places[index]).unwrap(), texts[index]);
        }
        drop(reader);
        assert_eq!(std::fs::read_dir(folder.path().join("new")).unwrap().count(), 0, "the file has no name");
    }
}
