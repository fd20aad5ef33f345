//! Where verdicts go: JSON lines, CSV or Parquet, to a stream or to a file that appears when it is complete.

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use tables::{PendingFile, Provenance, TableWriter};

use crate::{GradeError, Graded};

/// How verdicts are written to a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineFormat {
    /// A JSON object a line.
    Jsonl,
    /// Comma-separated, with a header.
    Csv,
}

/// Where verdicts go.
pub enum Output<'a> {
    /// A stream, which is called `stdout` in messages.
    Stream(Box<dyn Write + 'a>, LineFormat),
    /// A file; its name tells the format: `.jsonl`, `.csv` or `.parquet`.
    File(PathBuf),
    /// Nowhere: only the counts matter.
    Nowhere,
}

/// An open output.
pub(crate) enum Sink<'a> {
    Stream(Text<Box<dyn Write + 'a>>),
    File(Text<BufWriter<PendingFile>>),
    Table(Box<TableWriter<Graded>>),
    Nowhere,
}

impl<'a> Sink<'a> {
    pub(crate) fn open(output: Output<'a>, provenance: &Provenance) -> Result<Self, GradeError> {
        let path = match output {
            Output::Nowhere => return Ok(Self::Nowhere),
            Output::Stream(stream, format) => return Ok(Self::Stream(Text::new(stream, format, "stdout"))),
            Output::File(path) => path,
        };
        let name = path.display().to_string();
        let format =
            match path.extension().unwrap_or_default().to_string_lossy().to_ascii_lowercase().as_str() {
                "jsonl" | "ndjson" | "json" => LineFormat::Jsonl,
                "csv" => LineFormat::Csv,
                "parquet" => return Ok(Self::Table(Box::new(TableWriter::create(&path, provenance)?))),
                _ => return Err(GradeError::Format { name }),
            };
        let file =
            PendingFile::create(&path).map_err(|source| GradeError::Write { name: name.clone(), source })?;
        Ok(Self::File(Text::new(BufWriter::new(file), format, &name)))
    }

    pub(crate) fn push(&mut self, graded: Graded) -> Result<(), GradeError> {
        match self {
            Self::Stream(text) => text.push(&graded),
            Self::File(text) => text.push(&graded),
            Self::Table(table) => Ok(table.push(graded)?),
            Self::Nowhere => Ok(()),
        }
    }

    /// Hands on what is complete, for whoever reads along.
    pub(crate) fn flush(&mut self) -> Result<(), GradeError> {
        match self {
            Self::Stream(text) => text.flush(),
            _ => Ok(()),
        }
    }

    pub(crate) fn finish(self) -> Result<(), GradeError> {
        match self {
            Self::Stream(mut text) => text.flush(),
            Self::File(mut text) => {
                text.flush()?;
                let Text { name, lines, .. } = text;
                let file = lines.into_inner().map_err(io::IntoInnerError::into_error);
                file.and_then(PendingFile::publish).map_err(|source| GradeError::Write { name, source })
            }
            Self::Table(table) => {
                table.finish()?;
                Ok(())
            }
            Self::Nowhere => Ok(()),
        }
    }
}

/// Rows as text. They are gathered in memory and handed on in pieces.
pub(crate) struct Text<W: Write> {
    lines: W,
    format: LineFormat,
    name: String,
    pending: Vec<u8>,
    started: bool,
}

/// A piece of about so many bytes is handed on at once.
const PIECE: usize = 1 << 16;

impl<W: Write> Text<W> {
    fn new(lines: W, format: LineFormat, name: &str) -> Self {
        Self { lines, format, name: name.to_owned(), pending: Vec::new(), started: false }
    }

    fn push(&mut self, graded: &Graded) -> Result<(), GradeError> {
        self.render(graded).map_err(|source| GradeError::Write { name: self.name.clone(), source })?;
        if self.pending.len() >= PIECE { self.hand_on() } else { Ok(()) }
    }

    fn render(&mut self, graded: &Graded) -> io::Result<()> {
        match self.format {
            LineFormat::Jsonl => {
                serde_json::to_writer(&mut self.pending, graded)?;
                self.pending.push(b'\n');
                Ok(())
            }
            LineFormat::Csv => {
                let header = !std::mem::replace(&mut self.started, true);
                let mut row = csv::WriterBuilder::new().has_headers(header).from_writer(Vec::new());
                row.serialize(graded).map_err(io::Error::other)?;
                let row = row.into_inner().map_err(|error| io::Error::other(error.to_string()))?;
                let mut cells = csv::ReaderBuilder::new().has_headers(false).from_reader(row.as_slice());
                let mut writer = csv::Writer::from_writer(&mut self.pending);
                for record in cells.records() {
                    let record = record.map_err(io::Error::other)?;
                    writer.write_record(record.iter().map(|cell| secrets::in_a_cell(cell).into_owned()))?;
                }
                writer.flush()
            }
        }
    }

    fn hand_on(&mut self) -> Result<(), GradeError> {
        let written = self.lines.write_all(&self.pending);
        self.pending.clear();
        written.map_err(|source| GradeError::Write { name: self.name.clone(), source })
    }

    fn flush(&mut self) -> Result<(), GradeError> {
        self.hand_on()?;
        self.lines.flush().map_err(|source| GradeError::Write { name: self.name.clone(), source })
    }
}
