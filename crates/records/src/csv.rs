//! CSV and TSV with a header; every value is text, an empty one is none.

use std::io::BufRead;
use std::path::Path;
use std::sync::Arc;

use csv::{ByteRecord, ErrorKind, Reader, ReaderBuilder};
use serde_json::{Map, Value};

use crate::{Mended, Origin, Row, RowError, Rows, text, unpack, until_error};

pub(super) fn read(path: &Path, name: Arc<str>, delimiter: u8) -> Result<Rows, RowError> {
    let mut file = unpack::open(path)?;
    if file.fill_buf().map_err(|e| RowError::open(path, e))?.is_empty() {
        return Err(RowError::Empty { file: name.to_string() });
    }
    let mut reader = ReaderBuilder::new().delimiter(delimiter).from_reader(file);
    let header = header(&mut reader, &name)?;
    let mut records = Records { reader, header, name };
    Ok(until_error(move || records.next_row()))
}

struct Records {
    reader: Reader<Box<dyn BufRead + Send>>,
    header: Vec<String>,
    name: Arc<str>,
}

impl Records {
    fn next_row(&mut self) -> Result<Option<Row>, RowError> {
        let mut record = ByteRecord::new();
        let more = self.reader.read_byte_record(&mut record).map_err(|e| explain(&e, &self.name))?;
        if !more {
            return Ok(None);
        }
        let line = record.position().map_or(0, csv::Position::line);
        let origin = Origin { file: self.name.clone(), line };
        let (mut cells, mut mended) = (Map::new(), Mended::default());
        for (name, value) in self.header.iter().zip(&record) {
            let (text, halves) =
                text::of_bytes(value).map_err(|byte| RowError::NotUtf8 { at: origin.clone(), byte })?;
            mended = mended.and_halves(halves);
            cells.insert(name.clone(), if text.is_empty() { Value::Null } else { text.into() });
        }
        Ok(Some(Row { origin, key: None, cells, mended }))
    }
}

fn header(reader: &mut Reader<Box<dyn BufRead + Send>>, name: &Arc<str>) -> Result<Vec<String>, RowError> {
    let at = Origin { file: name.clone(), line: 1 };
    let names = reader.byte_headers().map_err(|e| explain(&e, name))?.clone();
    let mut header: Vec<String> = Vec::new();
    for column in &names {
        let column = std::str::from_utf8(column)
            .map_err(|e| RowError::NotUtf8 { at: at.clone(), byte: e.valid_up_to() + 1 })?;
        if header.iter().any(|known| known == column) {
            let reason = format!("the header names column `{column}` twice; rename one of them");
            return Err(RowError::Csv { at, reason });
        }
        header.push(column.to_owned());
    }
    Ok(header)
}

fn explain(error: &csv::Error, name: &Arc<str>) -> RowError {
    let line = error.position().map_or(1, csv::Position::line);
    let at = Origin { file: name.clone(), line };
    let reason = match error.kind() {
        ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("{len} values, but the header names {expected_len}; quote values that hold the separator")
        }
        _ => error.to_string(),
    };
    RowError::Csv { at, reason }
}

#[cfg(test)]
mod tests {
    use crate::testing::read;

    fn check(content: &[u8], expect: &str) {
        assert_eq!(read("a.csv", content), expect);
    }

    #[test]
    fn values_are_text_and_empty_ones_are_none() {
        check(
            b"question,answer\n\"1, 2\nand \"\"3\"\"?\",6\nnext,\n",
            "a.csv:2 {\"answer\":\"6\",\"question\":\"1, 2\\nand \\\"3\\\"?\"}\n\
             a.csv:4 {\"answer\":null,\"question\":\"next\"}",
        );
        check(b"\xef\xbb\xbfa\n1\n", "a.csv:2 {\"a\":\"1\"}");
        assert_eq!(read("a.tsv", b"a\tb\n1,5\t2\n"), "a.tsv:2 {\"a\":\"1,5\",\"b\":\"2\"}");
    }

    #[test]
    fn bad_files_say_where_and_what() {
        check(b"", "error: a.csv is empty; expected at least one row");
        check(b"a,b\n", "error: a.csv is empty; expected at least one row");
        check(
            b"a,b\n1,2\n3\n",
            "a.csv:2 {\"a\":\"1\",\"b\":\"2\"}\n\
             error: a.csv:3: 1 values, but the header names 2; quote values that hold the separator",
        );
        check(b"a,a\n1,2\n", "error: a.csv:1: the header names column `a` twice; rename one of them");
        check(
            b"a\n\"x\xff\"\n",
            "error: a.csv:2, byte 2: not UTF-8; convert the file, for instance with `iconv -t utf-8`",
        );
    }
}
