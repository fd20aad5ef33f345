//! JSON lines: one object a line, blank lines between them allowed.

use std::borrow::Cow;
use std::io::{BufRead, Read};
use std::path::Path;
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::lenient::Taken;
use crate::{Mended, Origin, Row, RowError, Rows, Wanted, lenient, text, unpack, until_error};

/// A longer line is taken for a file of another kind, before it fills the memory.
const LONGEST_LINE: u64 = 256 << 20;
/// Characters of a bad line that a message shows.
const SHOWN: usize = 60;

pub(super) fn read(path: &Path, name: Arc<str>, wanted: Option<Wanted>) -> Result<Rows, RowError> {
    Ok(lines(unpack::open(path)?, name, wanted))
}

pub(super) fn lines(source: Box<dyn BufRead + Send>, name: Arc<str>, wanted: Option<Wanted>) -> Rows {
    let mut lines = Lines { source, name, wanted, line: 0, buffer: Vec::new() };
    until_error(move || lines.next_row())
}

struct Lines {
    source: Box<dyn BufRead + Send>,
    name: Arc<str>,
    /// The columns that are read, if not all.
    wanted: Option<Wanted>,
    line: u64,
    buffer: Vec<u8>,
}

impl Lines {
    fn next_row(&mut self) -> Result<Option<Row>, RowError> {
        while self.next_line()? {
            let origin = Origin { file: self.name.clone(), line: self.line };
            let (text, halves) = text_of(&self.buffer, &origin)?;
            if !text.trim().is_empty() {
                let (cells, mended) = object(&text, &origin, self.wanted.as_ref())?;
                return Ok(Some(Row { cells, key: None, origin, mended: mended.and_halves(halves) }));
            }
        }
        Ok(None)
    }

    fn next_line(&mut self) -> Result<bool, RowError> {
        self.buffer.clear();
        self.line += 1;
        let read = self.source.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut self.buffer);
        let read = read.map_err(|e| RowError::open(Path::new(&*self.name), e))?;
        if read as u64 == LONGEST_LINE {
            let at = Origin { file: self.name.clone(), line: self.line };
            let reason =
                format!("a line of more than {} MB; is this a file of JSON lines", LONGEST_LINE >> 20);
            return Err(RowError::Json { at, column: 1, reason, excerpt: String::new() });
        }
        Ok(read > 0)
    }
}

fn text_of<'a>(line: &'a [u8], at: &Origin) -> Result<(Cow<'a, str>, u64), RowError> {
    // Some editors put a byte order mark in front.
    let line = if at.line == 1 { line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line) } else { line };
    text::of_bytes(line).map_err(|byte| RowError::NotUtf8 { at: at.clone(), byte })
}

fn object(
    text: &str,
    at: &Origin,
    wanted: Option<&Wanted>,
) -> Result<(Map<String, Value>, Mended), RowError> {
    let taken =
        |name: &str| if wanted.is_none_or(|wanted| wanted(name)) { Taken::Value } else { Taken::Name };
    let fault = |column: usize, reason: String| RowError::Json {
        at: at.clone(),
        column,
        reason,
        excerpt: excerpt(text, column),
    };
    match text.trim_start().as_bytes().first() {
        Some(b'{') => {}
        Some(b'[') => return Err(fault(1, "expected a table a line, found a list behind tables".to_owned())),
        _ => return Err(fault(1, "expected a JSON object".to_owned())),
    }
    lenient::table(text, &taken).map_err(|error| match error.is_eof() {
        true => fault(text.trim_end().len(), "the line is cut off".to_owned()),
        false => fault(error.column(), reason_of(&error)),
    })
}

/// The parser's words without its own line number, which is always 1.
fn reason_of(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split_once(" at line ").map_or(text.as_str(), |(reason, _)| reason).to_owned()
}

/// The end of what stands before a column.
fn excerpt(text: &str, column: usize) -> String {
    let text = text.trim_end();
    let mut end = column.min(text.len());
    while !text.is_char_boundary(end) {
        end += 1;
    }
    let before = &text[..end];
    let skipped = before.chars().count().saturating_sub(SHOWN);
    let shown: String = before.chars().skip(skipped).collect();
    if skipped > 0 { format!("…{shown}") } else { shown }
}

#[cfg(test)]
mod tests {
    use crate::testing::read;

    fn check(content: &[u8], expect: &str) {
        assert_eq!(read("a.jsonl", content), expect);
    }

    #[test]
    fn lines_are_rows_and_blank_ones_only_count() {
        check(b"{\"a\":1}\n\n{\"a\":2}", "a.jsonl:1 {\"a\":1}\na.jsonl:3 {\"a\":2}");
        check(b"\xef\xbb\xbf{\"a\":1}\r\n{\"a\":2}\r\n", "a.jsonl:1 {\"a\":1}\na.jsonl:2 {\"a\":2}");
    }

    #[test]
    fn half_a_character_is_a_sign_whether_it_is_escaped_or_bytes() {
        check(b"{\"a\":\"x\\ud835y\"}\n", "a.jsonl:1 {\"a\":\"x\u{fffd}y\"}");
        check(b"{\"a\":\"x\xed\xa0\xb5y\"}\n", "a.jsonl:1 {\"a\":\"x\u{fffd}y\"}");
        check(b"{\"a\":\"x\xe2\x82\"}\n", "a.jsonl:1 {\"a\":\"x\u{fffd}\"}");
    }

    #[test]
    fn bad_lines_say_where_and_what() {
        check(b"", "error: a.jsonl is empty; expected at least one row");
        check(b"\n \n", "error: a.jsonl is empty; expected at least one row");
        check(
            b"{\"a\":1}\n{\"problem\": \"What is",
            "a.jsonl:1 {\"a\":1}\n\
             error: a.jsonl:2, column 20: the line is cut off; read `{\"problem\": \"What is`",
        );
        check(
            b"{\"a\": 1,, \"b\": 2}\n",
            "error: a.jsonl:1, column 9: key must be a string; read `{\"a\": 1,,`",
        );
        check(
            b"{\"a\": \"\xff\"}\n",
            "error: a.jsonl:1, byte 8: not UTF-8; convert the file, for instance with `iconv -t utf-8`",
        );
        check(
            b"{}\n[{\"a\": 1}]\n",
            "a.jsonl:1 {}\nerror: a.jsonl:2, column 1: expected a table a line, found a list behind tables; read `[`",
        );
        check(b"{}\n5\n", "a.jsonl:1 {}\nerror: a.jsonl:2, column 1: expected a JSON object; read `5`");
        check(
            b"{\"a\": 1}\n{\n  \"a\": 1\n}\n",
            "a.jsonl:1 {\"a\":1}\nerror: a.jsonl:2, column 1: the line is cut off; read `{`",
        );
        check(
            b"{\"a\": 1, \"a\": 2}\n",
            "error: a.jsonl:1, column 12: the column `a` stands twice; rename one of them; read `{\"a\": 1, \"a\"`",
        );
    }

    #[test]
    fn long_lines_are_shown_by_their_end() {
        let line = format!("{{\"text\": \"{}", "ä".repeat(200));
        let shown = read("a.jsonl", line.as_bytes());
        assert!(shown.ends_with(&format!("read `…{}`", "ä".repeat(60))), "{shown}");
    }
}
