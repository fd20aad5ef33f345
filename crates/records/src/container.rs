//! What holds the rows of a file, told by its first bytes.

use std::io::Read;
use std::path::Path;

use serde_json::{Map, Value};

use crate::head::{Head, Json};
use crate::{FileFormat, Layout, Members, RowError, unpack};

/// How much of a file is looked at, unpacked.
const HEAD: u64 = 1 << 20;

/// What holds the rows of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    /// A file of lines or of columns.
    Plain(FileFormat),
    /// JSON that is no table a line.
    Document(Layout),
    /// Members of a ZIP archive.
    Members(Members),
}

impl From<FileFormat> for Container {
    fn from(format: FileFormat) -> Self {
        Self::Plain(format)
    }
}

/// What a file's first bytes, and for CSV its name, tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sniffed {
    /// Lines, columns, or a JSON document.
    Rows(Container),
    /// A ZIP archive; what in it is a row depends on who wrote it.
    Zip,
}

/// Looks at the head of a file, which may be packed. `named` is what somebody says the file is, for what JSON and magic
/// bytes do not tell; else its name says it. `is_row` decides about a table that stands alone and has one list of tables
/// in it: it may be a row, or hold the rows.
///
/// # Errors
/// The file is missing, empty, packed in a way that is not read, or neither JSON nor CSV nor Parquet nor ZIP.
pub fn sniff(
    path: &Path,
    named: Option<FileFormat>,
    is_row: &dyn Fn(&Map<String, Value>) -> bool,
) -> Result<Sniffed, RowError> {
    let mut bytes = Vec::new();
    unpack::open(path)?.take(HEAD).read_to_end(&mut bytes).map_err(|e| RowError::open(path, e))?;
    let refuse = |reason: &str| RowError::Format { path: path.to_owned(), reason: reason.to_owned() };
    match bytes.as_slice() {
        [] => Err(RowError::Empty { file: path.display().to_string() }),
        [b'P', b'K', 3 | 5, 4 | 6, ..] => Ok(Sniffed::Zip),
        [b'P', b'A', b'R', b'1', ..] => Ok(Sniffed::Rows(FileFormat::Parquet.into())),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => {
            Err(refuse("UTF-16; convert it, for instance with `iconv -f utf-16 -t utf-8`"))
        }
        head => of_text(path, head, named, is_row),
    }
}

/// JSON, or what the name says.
fn of_text(
    path: &Path,
    head: &[u8],
    named: Option<FileFormat>,
    is_row: &dyn Fn(&Map<String, Value>) -> bool,
) -> Result<Sniffed, RowError> {
    let head = Head { bytes: trimmed(head), is_whole: (head.len() as u64) < HEAD };
    let container = match (head.json(is_row), named.map_or_else(|| FileFormat::of(path), Ok)) {
        (Some(Json::Lines), _) => FileFormat::Jsonl.into(),
        (Some(Json::Document(layout)), _) => Container::Document(layout),
        (None, Ok(format @ (FileFormat::Csv(_) | FileFormat::Parquet))) => format.into(),
        // Reading it tells what is wrong.
        (None, _) if head.bytes.starts_with(b"[") || head.bytes.starts_with(b"{") => {
            Container::Document(Layout::Values)
        }
        (None, Ok(FileFormat::Jsonl)) if head.bytes.is_empty() => {
            return Err(RowError::Empty { file: path.display().to_string() });
        }
        (None, Ok(FileFormat::Jsonl)) => {
            let reason =
                "no JSON: expected a table a line, a list of tables, or a table of tables".to_owned();
            return Err(RowError::Format { path: path.to_owned(), reason });
        }
        (None, Err(error)) => return Err(error),
    };
    Ok(Sniffed::Rows(container))
}

/// Without a byte order mark and white space in front.
fn trimmed(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A row has a column `a`.
    fn sniffed(path: &Path) -> Result<Sniffed, RowError> {
        sniff(path, None, &|cells| cells.contains_key("a"))
    }

    fn check(name: &str, content: &[u8], expect: Result<Sniffed, &str>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        let found =
            sniffed(&path).map_err(|e| e.to_string().replace(&format!("{}/", folder.path().display()), ""));
        assert_eq!(found, expect.map_err(str::to_owned), "{name} {}", String::from_utf8_lossy(content));
    }

    fn rows(format: FileFormat) -> Result<Sniffed, &'static str> {
        Ok(Sniffed::Rows(format.into()))
    }

    fn document(layout: Layout) -> Result<Sniffed, &'static str> {
        Ok(Sniffed::Rows(Container::Document(layout)))
    }

    #[test]
    fn the_first_bytes_tell() {
        check("a", b"{\"a\": {}}\n", rows(FileFormat::Jsonl));
        check("a.json", b" [{}]", document(Layout::Values));
        check("a.csv", b"[\n {\"a\": 1},", document(Layout::Values));
        check("a.json", b"{\n    \"0\": {\n", document(Layout::Named));
        check("a.jsonl", b"\xef\xbb\xbf{\"0\": {}}", document(Layout::Named));
        check("a.json", b"{\"0\": 5}", rows(FileFormat::Jsonl));
        check("a.json", b"{\"x0\": {}}", rows(FileFormat::Jsonl));
        check("a.json", b"{}", rows(FileFormat::Jsonl));
        check("a.csv", b"a,b\n", rows(FileFormat::Csv(b',')));
        check("a.csv", b"[a],b\n", rows(FileFormat::Csv(b',')));
        check("a.json", b"[1, 2]", document(Layout::Values));
        check("a.json", b"{1: 2}", document(Layout::Values));
        check("a.txt", b"PAR1....", rows(FileFormat::Parquet));
        check("a.log", b"PK\x03\x04", Ok(Sniffed::Zip));
    }

    #[test]
    fn tables_lie_in_lines_or_in_other_ways() {
        check("a.json", b"{\"a\": 1}\n{\"a\": 2}\n", rows(FileFormat::Jsonl));
        check("a.json", b"{\"a\": 1}\n\n", rows(FileFormat::Jsonl));
        check("a.json", b"{\"a\": \"cut", rows(FileFormat::Jsonl));
        check("a.jsonl", b"{\n  \"a\": 1\n}\n{\n  \"a\": 2\n}\n", document(Layout::Values));
        check("a.jsonl", b"{\n  \"a\": 1\n}\n", document(Layout::Values));
        check("a.jsonl", b"{\n  \"a\": 1,\n", document(Layout::Values));
        check("a.jsonl", b"{\"a\": \"cut\n{\"a\": 1}\n", rows(FileFormat::Jsonl));
        check("a.jsonl", b"{\"a\": 1}{\"a\": 2}", document(Layout::Values));
        check("a.jsonl", b"{\"a\": 1} {\"a\": 2}\n", document(Layout::Values));
    }

    #[test]
    fn a_table_that_stands_alone_may_hold_the_rows() {
        check("a.json", b"{\"n\": 1, \"data\": [{\"x\": 1}]}", document(Layout::Wrapped));
        check("a.json", b"{\n \"data\": [\n {\"x\": 1}]\n}\n", document(Layout::Wrapped));
        check("a.json", b"{\"a\": 1, \"data\": [{\"x\": 1}]}", rows(FileFormat::Jsonl));
        check("a.json", b"{\"n\": 1, \"data\": [1]}", rows(FileFormat::Jsonl));
        check("a.json", b"{\"n\": [{}], \"data\": [{\"x\": 1}]}", document(Layout::Wrapped));
        check("a.json", b"{\"data\": [{\"x\": 1}]}\n{\"data\": [{\"x\": 1}]}\n", rows(FileFormat::Jsonl));
        let long = format!("{{\"n\": 1, \"data\": [{{\"x\": \"{}\"}}, {{}}]}}", "x".repeat(2 << 20));
        check("a.json", long.as_bytes(), document(Layout::Wrapped));
        let long = format!("{{\"a\": 1, \"data\": [{{\"x\": \"{}\"}}, {{}}]}}", "x".repeat(2 << 20));
        check("a.json", long.as_bytes(), rows(FileFormat::Jsonl));
    }

    #[test]
    fn what_holds_no_rows_says_why() {
        check(
            "a.jsonl",
            b"BZh91AY",
            Err("a.jsonl: files that are packed like this are not read; unpack it first with `bzip2 -dk`"),
        );
        check("a.jsonl", b"", Err("a.jsonl is empty; expected at least one row"));
        check(
            "a.jsonl",
            b"\xff\xfe{\0",
            Err("a.jsonl: UTF-16; convert it, for instance with `iconv -f utf-16 -t utf-8`"),
        );
        check(
            "a.jsonl",
            b"hello",
            Err("a.jsonl: no JSON: expected a table a line, a list of tables, or a table of tables"),
        );
        check(
            "a.txt",
            b"hello",
            Err("a.txt: cannot tell the format from the name; expected .jsonl, .csv, .tsv or .parquet"),
        );
    }
}
