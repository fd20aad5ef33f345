//! Rows of foreign files, one at a time: a JSON object and where it stands.

mod archive;
mod budget;
mod container;
mod csv;
mod document;
mod environment;
mod error;
mod head;
mod jsonl;
mod lenient;
mod mended;
mod parquet;
mod scan;
mod text;
mod unpack;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Value};

pub use archive::{Archive, Members};
pub use container::{Container, Sniffed, sniff};
pub use document::Layout;
pub use error::{Origin, RowError};
pub use lenient::value as json;
pub use mended::Mended;
pub use parquet::{BYTES, row_in};
pub use unpack::{bare_name, open as unpacked};

/// A row of a source.
#[derive(Clone, Debug)]
pub struct Row {
    /// Where it stands.
    pub origin: Origin,
    /// Its name, in a document that is a table of tables.
    pub key: Option<String>,
    /// Its columns.
    pub cells: Map<String, Value>,
    /// What was forgiven in it.
    pub mended: Mended,
}

/// Rows in file order; after an error there is no further row.
pub type Rows = Box<dyn Iterator<Item = Result<Row, RowError>> + Send>;

/// Rows from a reader that gives them one at a time; what comes behind an error is never asked for.
fn until_error(mut next: impl FnMut() -> Result<Option<Row>, RowError> + Send + 'static) -> Rows {
    let mut ended = false;
    Box::new(std::iter::from_fn(move || {
        if ended {
            return None;
        }
        let row = next().transpose();
        ended = !matches!(row, Some(Ok(_)));
        row
    }))
}

/// How a file is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileFormat {
    /// One JSON object a line.
    Jsonl,
    /// Values with a header, separated by this byte.
    Csv(u8),
    /// Parquet of whoever.
    Parquet,
}

impl FileFormat {
    /// The format that a file's name tells.
    pub fn of(path: &Path) -> Result<Self, RowError> {
        let refuse =
            |reason: &str| Err(RowError::Format { path: path.to_owned(), reason: reason.to_owned() });
        // No ending is none that tells a format.
        let ending =
            unpack::bare_name(path).extension().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
        match ending.as_str() {
            "jsonl" | "ndjson" | "json" => Ok(Self::Jsonl),
            "csv" => Ok(Self::Csv(b',')),
            "tsv" => Ok(Self::Csv(b'\t')),
            "parquet" => Ok(Self::Parquet),
            "xz" | "bz2" | "zip" => refuse("files that are packed like this are not read; unpack it first"),
            _ => refuse("cannot tell the format from the name; expected .jsonl, .csv, .tsv or .parquet"),
        }
    }

    /// The `kind` of the source that reads files of this format.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Jsonl => "jsonl",
            Self::Csv(_) => "csv",
            Self::Parquet => "parquet",
        }
    }
}

/// Whether a column is wanted, by its name.
pub type Wanted = Arc<dyn Fn(&str) -> bool + Send + Sync>;

/// Something to read rows from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A file.
    File(PathBuf, Container),
    /// JSON lines that are part of the program, with a name for messages.
    Embedded(&'static str, &'static [u8]),
    /// JSON lines that were made of files, with the name of the first of them.
    Made(Arc<str>, Arc<[u8]>),
}

impl Input {
    /// The name that messages and the defaults of other settings use.
    pub fn name(&self) -> String {
        match self {
            Self::File(path, _) => path.display().to_string(),
            Self::Embedded(name, _) => (*name).to_owned(),
            Self::Made(name, _) => name.to_string(),
        }
    }

    /// The file's name without its folder and without an ending that names a packing.
    pub fn file_name(&self) -> String {
        match self {
            // What was opened as a file has a name.
            Self::File(path, _) => {
                unpack::bare_name(path).file_name().unwrap_or_default().to_string_lossy().into_owned()
            }
            Self::Embedded(name, _) => (*name).to_owned(),
            Self::Made(name, _) => {
                Path::new(&**name).file_name().unwrap_or_default().to_string_lossy().into_owned()
            }
        }
    }

    /// A file, read as its content tells; `named` and `is_row` as in [`sniff`].
    ///
    /// # Errors
    /// As [`sniff`]; it is a ZIP archive.
    pub fn of(
        path: &Path,
        named: Option<FileFormat>,
        is_row: &dyn Fn(&Map<String, Value>) -> bool,
    ) -> Result<Self, RowError> {
        match sniff(path, named, is_row)? {
            Sniffed::Rows(container) => Ok(Self::File(path.to_owned(), container)),
            Sniffed::Zip => {
                let reason = "a ZIP archive; unpack it first".to_owned();
                Err(RowError::Format { path: path.to_owned(), reason })
            }
        }
    }

    /// Starts reading. An input without a single row is an error.
    pub fn open(&self) -> Result<Rows, RowError> {
        self.rows(None)
    }

    /// The same for who wants some columns only: where it spares work, the others are null.
    pub fn open_for(&self, wanted: Wanted) -> Result<Rows, RowError> {
        self.rows(Some(wanted))
    }

    fn rows(&self, wanted: Option<Wanted>) -> Result<Rows, RowError> {
        let name: Arc<str> = self.name().into();
        let mut rows = match self {
            Self::File(path, Container::Plain(FileFormat::Jsonl)) => jsonl::read(path, name.clone(), wanted)?,
            Self::File(path, Container::Plain(FileFormat::Csv(delimiter))) => {
                csv::read(path, name.clone(), *delimiter)?
            }
            Self::File(path, Container::Plain(FileFormat::Parquet)) => parquet::read(path, name.clone())?,
            Self::File(path, Container::Document(layout)) => document::read(path, name.clone(), *layout)?,
            Self::File(path, Container::Members(members)) => archive::read(path, *members)?,
            Self::Embedded(_, text) => jsonl::lines(Box::new(*text), name.clone(), wanted),
            Self::Made(_, text) => {
                jsonl::lines(Box::new(std::io::Cursor::new(Arc::clone(text))), name.clone(), wanted)
            }
        };
        let first = rows.next().ok_or_else(|| RowError::Empty { file: name.to_string() })?;
        Ok(Box::new(std::iter::once(first).chain(rows)))
    }
}

#[cfg(test)]
pub(crate) mod testing {
    use super::*;

    /// Writes a file and reads it: a line `origin {cells}` a row, the error at the end.
    pub(crate) fn read(name: &str, content: &[u8]) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        let shown = read_path(&path);
        shown.replace(&format!("{}/", folder.path().display()), "")
    }

    pub(crate) fn read_path(path: &Path) -> String {
        show(Input::of(path, None, &|_| true).and_then(|input| input.open()))
    }

    /// A line `origin {cells}` a row, with `name=` before a named one; the error at the end.
    pub(crate) fn show(rows: Result<Rows, RowError>) -> String {
        let name = |row: &Row| row.key.as_ref().map(|key| format!("{key}=")).unwrap_or_default();
        let show = |row: Result<Row, RowError>| match row {
            Ok(row) => format!("{} {}{}", row.origin, name(&row), Value::Object(row.cells)),
            Err(error) => format!("error: {error}"),
        };
        match rows {
            Ok(rows) => rows.map(show).collect::<Vec<_>>().join("\n"),
            Err(error) => format!("error: {error}"),
        }
    }

    #[test]
    fn names_tell_the_format_or_say_what_to_do() {
        let check =
            |name: &str, expect: Result<FileFormat, &str>| match (FileFormat::of(Path::new(name)), expect) {
                (Ok(found), Ok(expect)) => assert_eq!(found, expect, "{name}"),
                (Err(error), Err(expect)) => assert_eq!(error.to_string(), format!("{name}: {expect}")),
                (found, _) => panic!("{name}: {found:?}"),
            };
        check("a.jsonl", Ok(FileFormat::Jsonl));
        check("a.JSON", Ok(FileFormat::Jsonl));
        check("a.tsv", Ok(FileFormat::Csv(b'\t')));
        check("b/a.parquet", Ok(FileFormat::Parquet));
        check("a.jsonl.gz", Ok(FileFormat::Jsonl));
        check("a.csv.zst", Ok(FileFormat::Csv(b',')));
        check("a.jsonl.xz", Err("files that are packed like this are not read; unpack it first"));
        check("a", Err("cannot tell the format from the name; expected .jsonl, .csv, .tsv or .parquet"));
    }
}
