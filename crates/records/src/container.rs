//! What holds the rows of a file, told by its first bytes.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::document::Scan;
use crate::{Format, Members, RowError};

/// How much of a file is looked at.
const HEAD: u64 = 1 << 20;

/// What holds the rows of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    /// A file of lines or of columns.
    Plain(Format),
    /// One JSON document: a list of tables, or a table of tables.
    Document,
    /// Members of a ZIP archive.
    Members(Members),
}

impl From<Format> for Container {
    fn from(format: Format) -> Self {
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

/// Looks at the head of a file.
///
/// # Errors
/// The file is missing, empty, compressed, or neither JSON nor CSV nor Parquet nor ZIP.
pub fn sniff(path: &Path) -> Result<Sniffed, RowError> {
    let mut head = Vec::new();
    let file = File::open(path).map_err(|e| RowError::open(path, e))?;
    file.take(HEAD).read_to_end(&mut head).map_err(|e| RowError::open(path, e))?;
    let refuse = |reason: &str| RowError::Format { path: path.to_owned(), reason: reason.to_owned() };
    let packed = |advice: &str| refuse(&format!("compressed files are not read; unpack it first{advice}"));
    match head.as_slice() {
        [] => Err(RowError::Empty { file: path.display().to_string() }),
        [b'P', b'K', 3 | 5, 4 | 6, ..] => Ok(Sniffed::Zip),
        [b'P', b'A', b'R', b'1', ..] => Ok(Sniffed::Rows(Format::Parquet.into())),
        [0x1f, 0x8b, ..] => Err(packed(" with `gzip -dk`")),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Err(packed(" with `zstd -d`")),
        head => match Format::of(path) {
            Ok(format @ (Format::Csv(_) | Format::Parquet)) => Ok(Sniffed::Rows(format.into())),
            other => json(head).map(Sniffed::Rows).ok_or_else(|| match other {
                Err(error) => error,
                Ok(_) => refuse("no JSON: expected a table a line, a list of tables, or a table of tables"),
            }),
        },
    }
}

/// Lines or a document. A table of tables goes by numbers, as those that OpenCompass writes.
fn json(head: &[u8]) -> Option<Container> {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let start = head.iter().position(|byte| !byte.is_ascii_whitespace())?;
    let head = &head[start..];
    match head[0] {
        b'[' => Some(Container::Document),
        b'{' if is_numbered(head) => Some(Container::Document),
        b'{' => Some(Format::Jsonl.into()),
        _ => None,
    }
}

/// The table's first name is a number and holds a table.
fn is_numbered(table: &[u8]) -> bool {
    let mut rest = table[1..].trim_ascii_start();
    let mut scan = Scan::default();
    let Some(end) = rest.iter().position(|byte| scan.ends_before(*byte)) else { return false };
    let name = rest[..end].trim_ascii();
    rest = rest[end..].trim_ascii_start();
    let digits = name.strip_prefix(b"\"").and_then(|name| name.strip_suffix(b"\""));
    let is_number = digits.is_some_and(|name| !name.is_empty() && name.iter().all(u8::is_ascii_digit));
    let value = rest.strip_prefix(b":").map(<[u8]>::trim_ascii_start);
    scan.is_complete() && is_number && value.is_some_and(|value| value.starts_with(b"{"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bytes_tell() {
        let folder = tempfile::tempdir().unwrap();
        let check = |name: &str, content: &[u8], expect: Result<Sniffed, &str>| {
            let path = folder.path().join(name);
            std::fs::write(&path, content).unwrap();
            let found =
                sniff(&path).map_err(|e| e.to_string().replace(&format!("{}/", folder.path().display()), ""));
            assert_eq!(found, expect.map_err(str::to_owned), "{name}");
        };
        let rows = |format: Format| Ok(Sniffed::Rows(format.into()));
        let document = Ok(Sniffed::Rows(Container::Document));
        check("a", b"{\"a\": {}}\n", rows(Format::Jsonl));
        check("a.json", b" [{}]", document);
        check("a.json", b"{\n    \"0\": {\n", document);
        check("a.jsonl", b"\xef\xbb\xbf{\"0\": {}}", document);
        check("a.json", b"{\"0\": 5}", rows(Format::Jsonl));
        check("a.json", b"{\"x0\": {}}", rows(Format::Jsonl));
        check("a.json", b"{}", rows(Format::Jsonl));
        check("a.csv", b"a,b\n", rows(Format::Csv(b',')));
        check("a.txt", b"PAR1....", rows(Format::Parquet));
        check("a.log", b"PK\x03\x04", Ok(Sniffed::Zip));
        check(
            "a.jsonl",
            b"\x1f\x8b",
            Err("a.jsonl: compressed files are not read; unpack it first with `gzip -dk`"),
        );
        check("a.jsonl", b"", Err("a.jsonl is empty; expected at least one row"));
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
