//! ZIP archives whose members are JSON tables, unpacked one at a time.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use zip::ZipArchive;
use zip::result::ZipError;

use crate::budget::Budget;
use crate::lenient::Taken;
use crate::{Origin, Row, RowError, Rows, lenient, text, unpack, until_error};

/// A member that is longer when unpacked is refused before it fills the memory.
const LONGEST_MEMBER: u64 = 512 << 20;

/// Which members are rows, and which of their keys are passed over without being kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Members {
    /// What a member's name starts with; it ends in `.json`.
    pub prefix: &'static str,
    /// Keys that may be large and that nobody wants.
    pub skip: &'static [&'static str],
}

/// An open archive.
pub struct Archive {
    zip: ZipArchive<BufReader<File>>,
    file: Arc<str>,
    /// For all of its members together.
    budget: Budget,
}

impl Archive {
    /// Opens an archive.
    ///
    /// # Errors
    /// The file is missing, no ZIP archive, or cut off.
    pub fn open(path: &Path) -> Result<Self, RowError> {
        let mut file = unpack::file(path)?;
        let size = file.seek(SeekFrom::End(0)).map_err(|e| RowError::open(path, e))?;
        let name: Arc<str> = path.display().to_string().into();
        if size == 0 {
            return Err(RowError::Empty { file: name.to_string() });
        }
        let fault = |reason: String| RowError::Zip { file: name.to_string(), reason };
        let zip =
            ZipArchive::new(BufReader::with_capacity(1 << 16, file)).map_err(|e| fault(reason_of(&e)))?;
        Ok(Self { zip, budget: Budget::of(size).map_err(fault)?, file: name })
    }

    /// The members' names in the archive's order.
    pub fn names(&self) -> Vec<String> {
        (0..self.zip.len()).map(|index| self.name(index)).collect()
    }

    fn name(&self, index: usize) -> String {
        let name = self.zip.name_for_index(index).and_then(Result::ok);
        // A name that is no text fits no member that is looked for.
        name.map(|name| name.into_owned()).unwrap_or_default()
    }

    /// A member as a JSON table, without the keys of `skip`.
    ///
    /// # Errors
    /// It cannot be unpacked, or is no JSON table.
    pub fn table(&mut self, index: usize, skip: &[&str]) -> Result<Row, RowError> {
        // It only names the member in messages; unpacking says that there is none.
        let name = self.name(index);
        let origin = Origin { file: format!("{}/{name}", self.file).into(), line: 1 };
        let fault = |reason: String| RowError::Unpack { member: origin.file.to_string(), reason };
        let bytes = self.unpack(index).map_err(fault)?;
        let (text, halves) =
            text::of_bytes(&bytes).map_err(|byte| RowError::NotUtf8 { at: origin.clone(), byte })?;
        let taken = |name: &str| if skip.contains(&name) { Taken::Nothing } else { Taken::Value };
        let table = lenient::table(text.trim_start_matches('\u{feff}'), &taken);
        let (cells, mended) = table.map_err(|error| fault(format!("no JSON table: {error}")))?;
        Ok(Row { mended: mended.and_halves(halves), origin, key: None, cells })
    }

    fn unpack(&mut self, index: usize) -> Result<Vec<u8>, String> {
        let member = self.zip.by_index(index).map_err(|e| reason_of(&e))?;
        let mut bytes = Vec::new();
        let most = self.budget.left().min(LONGEST_MEMBER + 1);
        member.take(most).read_to_end(&mut bytes).map_err(|e| e.to_string())?;
        self.budget.take(bytes.len() as u64)?;
        if bytes.len() as u64 > LONGEST_MEMBER {
            return Err(format!("it holds more than {} MB", LONGEST_MEMBER >> 20));
        }
        Ok(bytes)
    }
}

pub(super) fn read(path: &Path, members: Members) -> Result<Rows, RowError> {
    let mut archive = Archive::open(path)?;
    let wanted = move |name: &String| name.starts_with(members.prefix) && name.ends_with(".json");
    let names = archive.names();
    let mut indices = (0..names.len()).filter(move |index| wanted(&names[*index]));
    Ok(until_error(move || indices.next().map(|index| archive.table(index, members.skip)).transpose()))
}

fn reason_of(error: &ZipError) -> String {
    match error {
        ZipError::Io(error) => error.to_string(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::CompressionMethod;
    use zip::write::SimpleFileOptions;

    use super::*;
    use crate::testing::show;
    use crate::{Container, Input};

    const ALL: Members = Members { prefix: "samples/", skip: &["events"] };

    fn archive(members: &[(&str, &str, CompressionMethod)]) -> Vec<u8> {
        let mut bytes = std::io::Cursor::new(Vec::new());
        let mut zip = zip::ZipWriter::new(&mut bytes);
        for (name, text, method) in members {
            zip.start_file(*name, SimpleFileOptions::default().compression_method(*method)).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        zip.finish().unwrap();
        bytes.into_inner()
    }

    fn read_bytes(bytes: &[u8]) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.eval");
        std::fs::write(&path, bytes).unwrap();
        let shown = show(Input::File(path, Container::Members(ALL)).open());
        shown.replace(&format!("{}/", folder.path().display()), "")
    }

    #[test]
    fn members_are_rows_however_they_are_packed() {
        let bytes = archive(&[
            ("header.json", "{}", CompressionMethod::Stored),
            ("samples/b.json", "{\"a\": 1, \"events\": [{\"deep\": NaN}]}", CompressionMethod::Zstd),
            ("samples/a.json", "{\"a\": 2, \"events\": [1]}", CompressionMethod::Deflated),
        ]);
        assert_eq!(
            read_bytes(&bytes),
            "a.eval/samples/b.json:1 {\"a\":1}\na.eval/samples/a.json:1 {\"a\":2}"
        );
    }

    #[test]
    fn broken_archives_say_what_and_which_member() {
        let text = format!("{{\"a\": \"{}\"}}", (0..9999).map(|n| n.to_string()).collect::<String>());
        let bytes = archive(&[("samples/a.json", &text, CompressionMethod::Zstd)]);
        assert!(read_bytes(&bytes).starts_with("a.eval/samples/a.json:1 {\"a\":\"012"), "whole");
        let cut = read_bytes(&bytes[..bytes.len() / 2]);
        assert!(cut.starts_with("error: a.eval cannot be read as a ZIP archive: "), "{cut}");
        let mut broken = bytes.clone();
        broken[2000..2100].fill(0x55);
        let shown = read_bytes(&broken);
        assert!(shown.starts_with("error: a.eval/samples/a.json cannot be unpacked: "), "{shown}");
        let shown = read_bytes(&archive(&[("samples/a.json", "[1]", CompressionMethod::Stored)]));
        assert!(
            shown.starts_with("error: a.eval/samples/a.json cannot be unpacked: no JSON table: "),
            "{shown}"
        );
        let none = read_bytes(&archive(&[("header.json", "{}", CompressionMethod::Stored)]));
        assert_eq!(none, "error: a.eval is empty; expected at least one row");
        let no_zip = read_bytes(b"PK\x03\x04 this is none");
        assert!(no_zip.starts_with("error: a.eval cannot be read as a ZIP archive: "), "{no_zip}");
        assert_eq!(read_bytes(b""), "error: a.eval is empty; expected at least one row");
    }
}
