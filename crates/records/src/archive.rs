//! ZIP archives whose members are JSON tables, unpacked one at a time.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;
use std::sync::Arc;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::{Map, Value};
use zip::ZipArchive;
use zip::result::ZipError;

use crate::lenient::from_text;
use crate::{Origin, Row, RowError, Rows, until_error};

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
}

impl Archive {
    /// Opens an archive.
    ///
    /// # Errors
    /// The file is missing, no ZIP archive, or cut off.
    pub fn open(path: &Path) -> Result<Self, RowError> {
        let file = File::open(path).map_err(|e| RowError::open(path, e))?;
        let name: Arc<str> = path.display().to_string().into();
        if file.metadata().is_ok_and(|metadata| metadata.len() == 0) {
            return Err(RowError::Empty { file: name.to_string() });
        }
        let zip = ZipArchive::new(BufReader::with_capacity(1 << 16, file));
        let zip = zip.map_err(|e| RowError::Zip { file: name.to_string(), reason: reason_of(&e) })?;
        Ok(Self { zip, file: name })
    }

    /// The members' names in the archive's order.
    pub fn names(&self) -> Vec<String> {
        let names = (0..self.zip.len()).map(|index| self.zip.name_for_index(index));
        names
            // A name that is no text fits no member that is looked for.
            .map(|name| name.and_then(Result::ok).map(|name| name.into_owned()).unwrap_or_default())
            .collect()
    }

    /// A member as a JSON table, without the keys of `skip`.
    ///
    /// # Errors
    /// It cannot be unpacked, or is no JSON table.
    pub fn table(&mut self, index: usize, skip: &[&str]) -> Result<Row, RowError> {
        // It only names the member in messages; unpacking says that there is none.
        let name = self.names().get(index).cloned().unwrap_or_default();
        let origin = Origin { file: format!("{}/{name}", self.file).into(), line: 1 };
        let fault = |reason: String| RowError::Unpack { member: origin.file.to_string(), reason };
        let bytes = self.unpack(index).map_err(fault)?;
        let text = std::str::from_utf8(&bytes)
            .map_err(|e| RowError::NotUtf8 { at: origin.clone(), byte: e.valid_up_to() + 1 })?;
        let cells = table_without(text, skip).map_err(|error| fault(format!("no JSON table: {error}")))?;
        Ok(Row { origin, key: None, cells })
    }

    fn unpack(&mut self, index: usize) -> Result<Vec<u8>, String> {
        let member = self.zip.by_index(index).map_err(|e| reason_of(&e))?;
        let mut bytes = Vec::new();
        member.take(LONGEST_MEMBER + 1).read_to_end(&mut bytes).map_err(|e| e.to_string())?;
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

fn table_without(text: &str, skip: &[&str]) -> Result<Map<String, Value>, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let read = Without(skip).deserialize(&mut deserializer).and_then(|map| deserializer.end().map(|()| map));
    read.or_else(|error| match from_text(text) {
        Ok(Value::Object(mut map)) => {
            map.retain(|key, _| !skip.contains(&key.as_str()));
            Ok(map)
        }
        _ => Err(error),
    })
}

/// A table without some of its keys; their values are passed over and never built.
struct Without<'a>(&'a [&'a str]);

impl<'de> DeserializeSeed<'de> for Without<'_> {
    type Value = Map<String, Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Without<'_> {
    type Value = Map<String, Value>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a table")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = access.next_key::<String>()? {
            if self.0.contains(&key.as_str()) {
                access.next_value::<IgnoredAny>()?;
            } else {
                map.insert(key, access.next_value()?);
            }
        }
        Ok(map)
    }
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
