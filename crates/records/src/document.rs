//! A JSON document whose members are the rows: a list of tables, or a table of tables such as `{"0": {…}}`. It is
//! read a member at a time, so its length does not matter.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::lenient::from_text;
use crate::{Origin, Row, RowError, Rows, until_error};

/// A longer member is taken for a document of another kind, before it fills the memory.
const LONGEST_MEMBER: usize = 256 << 20;

pub(super) fn read(path: &Path, name: Arc<str>) -> Result<Rows, RowError> {
    let file = File::open(path).map_err(|e| RowError::open(path, e))?;
    let mut members = Members {
        source: BufReader::with_capacity(1 << 18, file),
        name,
        line: 1,
        end: None,
        first: true,
        member: 0,
        buffer: Vec::new(),
    };
    members.start()?;
    Ok(until_error(move || members.next_row()))
}

struct Members {
    source: BufReader<File>,
    name: Arc<str>,
    line: u64,
    /// The bracket that closes the document; `None` behind it.
    end: Option<u8>,
    first: bool,
    member: u64,
    buffer: Vec<u8>,
}

impl Members {
    fn start(&mut self) -> Result<(), RowError> {
        let marked = match self.source.fill_buf() {
            Ok(bytes) => bytes.starts_with(b"\xef\xbb\xbf"),
            Err(error) => return Err(self.broken(error)),
        };
        if marked {
            self.source.consume(3);
        }
        self.end = match self.next_sign()? {
            None => return Err(RowError::Empty { file: self.name.to_string() }),
            Some(b'[') => Some(b']'),
            Some(b'{') => Some(b'}'),
            Some(_) => return Err(self.fault("expected a JSON list, or a table of tables")),
        };
        Ok(())
    }

    fn next_row(&mut self) -> Result<Option<Row>, RowError> {
        let Some(end) = self.end else { return Ok(None) };
        let mut sign = self.peek_sign()?;
        if sign == Some(b',') && !self.first {
            self.next_sign()?;
            sign = self.peek_sign()?;
        } else if sign != Some(end) && !self.first {
            return Err(self.cut_or("expected `,` between two members", sign));
        }
        if sign == Some(end) {
            return self.finish();
        }
        self.first = false;
        let key = if end == b'}' { Some(self.key()?) } else { None };
        self.member += 1;
        if self.peek_sign()?.is_none() {
            return Err(self.cut_or("", None));
        }
        let origin = Origin { file: self.name.clone(), line: self.line };
        self.take_value()?;
        let cells = self.table(&origin)?;
        Ok(Some(Row { origin, key, cells }))
    }

    fn finish(&mut self) -> Result<Option<Row>, RowError> {
        self.next_sign()?;
        self.end = None;
        match self.peek_sign()? {
            None => Ok(None),
            Some(_) => Err(self.fault("more text behind the end of the document")),
        }
    }

    fn key(&mut self) -> Result<String, RowError> {
        if self.peek_sign()? != Some(b'"') {
            return Err(self.fault("expected the name of a member in quotes"));
        }
        self.take_value()?;
        let key: Result<String, _> = serde_json::from_slice(&self.buffer);
        let key = key.map_err(|_| self.fault("a member's name is no JSON text"))?;
        match self.next_sign()? {
            Some(b':') => Ok(key),
            sign => Err(self.cut_or("expected `:` behind a member's name", sign)),
        }
    }

    fn table(&self, origin: &Origin) -> Result<Map<String, Value>, RowError> {
        let text = std::str::from_utf8(&self.buffer)
            .map_err(|e| RowError::NotUtf8 { at: origin.clone(), byte: e.valid_up_to() + 1 })?;
        let fault = |reason: String| RowError::Member { at: origin.clone(), member: self.member, reason };
        match from_text(text) {
            Ok(Value::Object(cells)) => Ok(cells),
            Ok(Value::Array(_)) => Err(fault("expected a table, found a list".to_owned())),
            Ok(other) => Err(fault(format!("expected a table, found `{}`", short(&other.to_string())))),
            Err(error) => Err(fault(error.to_string())),
        }
    }

    /// Everything up to the end of the value that comes next.
    fn take_value(&mut self) -> Result<(), RowError> {
        self.buffer.clear();
        let mut scan = Scan::default();
        loop {
            let bytes = match self.source.fill_buf() {
                Ok(bytes) => bytes,
                Err(error) => return Err(self.broken(error)),
            };
            if bytes.is_empty() {
                return Err(self.cut_or("", None));
            }
            let end = bytes.iter().position(|byte| scan.ends_before(*byte));
            let taken = end.unwrap_or(bytes.len());
            self.line += bytes[..taken].iter().filter(|byte| **byte == b'\n').count() as u64;
            self.buffer.extend_from_slice(&bytes[..taken]);
            self.source.consume(taken);
            if end.is_some() || scan.is_complete() {
                return Ok(());
            }
            if self.buffer.len() > LONGEST_MEMBER {
                return Err(self.fault(&format!("a member of more than {} MB", LONGEST_MEMBER >> 20)));
            }
        }
    }

    /// The next byte that is no white space, left where it is.
    fn peek_sign(&mut self) -> Result<Option<u8>, RowError> {
        loop {
            let bytes = match self.source.fill_buf() {
                Ok(bytes) => bytes,
                Err(error) => return Err(self.broken(error)),
            };
            let Some(byte) = bytes.first().copied() else { return Ok(None) };
            if !byte.is_ascii_whitespace() {
                return Ok(Some(byte));
            }
            self.line += u64::from(byte == b'\n');
            self.source.consume(1);
        }
    }

    fn next_sign(&mut self) -> Result<Option<u8>, RowError> {
        let sign = self.peek_sign()?;
        if sign.is_some() {
            self.source.consume(1);
        }
        Ok(sign)
    }

    fn cut_or(&self, reason: &str, sign: Option<u8>) -> RowError {
        self.fault(if sign.is_none() { "the document is cut off" } else { reason })
    }

    fn fault(&self, reason: &str) -> RowError {
        let at = Origin { file: self.name.clone(), line: self.line };
        RowError::Member { at, member: self.member, reason: reason.to_owned() }
    }

    fn broken(&self, error: std::io::Error) -> RowError {
        RowError::open(Path::new(&*self.name), error)
    }
}

/// Finds the end of a JSON value without looking into it.
#[derive(Default)]
pub(crate) struct Scan {
    depth: u32,
    in_text: bool,
    escaped: bool,
    complete: bool,
    started: bool,
}

impl Scan {
    /// Takes the next byte; true if the value ended before it.
    pub(crate) fn ends_before(&mut self, byte: u8) -> bool {
        if self.complete {
            return true;
        }
        if self.in_text {
            self.in_text = self.escaped || byte != b'"';
            self.escaped = !self.escaped && byte == b'\\';
            self.complete = !self.in_text && self.depth == 0;
            return false;
        }
        match byte {
            b'"' => self.in_text = true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' if self.depth > 0 => {
                self.depth -= 1;
                self.complete = self.depth == 0;
            }
            // A bare number or word ends where something else begins.
            b',' | b'}' | b']' if self.depth == 0 => return true,
            _ if byte.is_ascii_whitespace() && self.depth == 0 && self.started => return true,
            _ => {}
        }
        self.started = true;
        false
    }

    /// The value's last byte was taken.
    pub(crate) fn is_complete(&self) -> bool {
        self.complete
    }
}

fn short(text: &str) -> String {
    text.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use crate::testing::show;
    use crate::{Container, Input};

    fn check(content: &str, expect: &str) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        std::fs::write(&path, content).unwrap();
        let shown = show(Input::File(path, Container::Document).open());
        assert_eq!(shown.replace(&format!("{}/", folder.path().display()), ""), expect, "{content}");
    }

    #[test]
    fn members_are_rows_with_the_line_they_start_in() {
        check("[{\"a\": 1},\n {\"a\": \"]\\\"}{\"}]\n", "a.json:1 {\"a\":1}\na.json:2 {\"a\":\"]\\\"}{\"}");
        check(
            "{\n  \"0\": {\"a\": [1, {\"b\": 2}]},\n  \"1\":\n  {\"a\": NaN}\n}",
            "a.json:2 0={\"a\":[1,{\"b\":2}]}\na.json:4 1={\"a\":null}",
        );
        check("\u{feff}[ ]", "error: a.json is empty; expected at least one row");
    }

    #[test]
    fn what_is_cut_or_something_else_says_where() {
        check("", "error: a.json is empty; expected at least one row");
        check(
            "[{\"a\": 1},\n{\"a\":",
            "a.json:1 {\"a\":1}\nerror: a.json:2, member 2: the document is cut off",
        );
        check("[{\"a\": 1}", "a.json:1 {\"a\":1}\nerror: a.json:1, member 1: the document is cut off");
        check(
            "{\"0\": {\"a\": 1}, \"1\"",
            "a.json:1 0={\"a\":1}\nerror: a.json:1, member 1: the document is cut off",
        );
        check("[5, {}]", "error: a.json:1, member 1: expected a table, found `5`");
        check("[{}\n{}]", "a.json:1 {}\nerror: a.json:2, member 1: expected `,` between two members");
        check("[{}] x", "a.json:1 {}\nerror: a.json:1, member 1: more text behind the end of the document");
        check("[{\"a\" 1}]", "error: a.json:1, member 1: expected `:` at line 1 column 6");
        check("{1: 2}", "error: a.json:1, member 0: expected the name of a member in quotes");
    }

    #[test]
    fn text_that_is_longer_than_a_buffer_is_whole() {
        let long = "ä\\\"".repeat(400_000);
        let content = format!("[{{\"a\": \"{long}\"}}, {{\"b\": 1}}]");
        let expect = format!("a.json:1 {{\"a\":\"{long}\"}}\na.json:1 {{\"b\":1}}");
        check(&content, &expect);
    }
}
