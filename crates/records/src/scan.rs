//! The signs of a JSON text, and where its values end, without looking into them: so the length of a text does not
//! matter.

use std::io::BufRead;
use std::path::Path;
use std::sync::Arc;

use crate::{Origin, RowError, unpack};

/// A longer value is taken for a document of another kind, before it fills the memory.
const LONGEST_VALUE: usize = 256 << 20;

/// A JSON text, read a sign or a value at a time.
pub(crate) struct Signs {
    source: Box<dyn BufRead + Send>,
    name: Arc<str>,
    line: u64,
    /// Members that were read, for messages.
    pub(crate) member: u64,
    /// The value that was taken last.
    pub(crate) value: Vec<u8>,
}

impl Signs {
    /// The text of a file, without a byte order mark.
    pub(crate) fn open(path: &Path, name: Arc<str>) -> Result<Self, RowError> {
        let source = unpack::open(path)?;
        let mut signs = Self { source, name, line: 1, member: 0, value: Vec::new() };
        if signs.bytes()?.starts_with(b"\xef\xbb\xbf") {
            signs.source.consume(3);
        }
        Ok(signs)
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Where the next sign stands.
    pub(crate) fn origin(&self) -> Origin {
        Origin { file: self.name.clone(), line: self.line }
    }

    fn bytes(&mut self) -> Result<&[u8], RowError> {
        self.source.fill_buf().map_err(|error| RowError::open(Path::new(&*self.name), error))
    }

    /// The next byte that is no white space, left where it is.
    pub(crate) fn peek(&mut self) -> Result<Option<u8>, RowError> {
        loop {
            let Some(byte) = self.bytes()?.first().copied() else { return Ok(None) };
            if !byte.is_ascii_whitespace() {
                return Ok(Some(byte));
            }
            self.line += u64::from(byte == b'\n');
            self.source.consume(1);
        }
    }

    /// The next byte that is no white space.
    pub(crate) fn next(&mut self) -> Result<Option<u8>, RowError> {
        let sign = self.peek()?;
        if sign.is_some() {
            self.source.consume(1);
        }
        Ok(sign)
    }

    /// Takes the value that comes next.
    pub(crate) fn take_value(&mut self) -> Result<(), RowError> {
        self.value.clear();
        self.pass(Scan::default(), true)
    }

    /// Passes over the value that comes next; `inside` tells that its first bracket was taken.
    pub(crate) fn skip_value(&mut self, inside: bool) -> Result<(), RowError> {
        self.pass(if inside { Scan::inside() } else { Scan::default() }, false)
    }

    fn pass(&mut self, mut scan: Scan, keep: bool) -> Result<(), RowError> {
        loop {
            let bytes = self.source.fill_buf().map_err(|e| RowError::open(Path::new(&*self.name), e))?;
            if bytes.is_empty() {
                return Err(self.cut_or("", None));
            }
            let end = bytes.iter().position(|byte| scan.ends_before(*byte));
            let taken = end.unwrap_or(bytes.len());
            let passed = bytes.get(..taken).unwrap_or_default();
            self.line += passed.iter().filter(|byte| **byte == b'\n').count() as u64;
            if keep {
                self.value.extend_from_slice(passed);
            }
            self.source.consume(taken);
            if end.is_some() || scan.is_complete() {
                return Ok(());
            }
            if self.value.len() > LONGEST_VALUE {
                return Err(self.fault(&format!("a member of more than {} MB", LONGEST_VALUE >> 20)));
            }
        }
    }

    /// The name of a member and the sign behind it.
    pub(crate) fn key(&mut self) -> Result<String, RowError> {
        if self.peek()? != Some(b'"') {
            return Err(self.fault("expected the name of a member in quotes"));
        }
        self.take_value()?;
        let key: Option<String> = std::str::from_utf8(&self.value)
            .ok()
            .and_then(|text| crate::lenient::value(text).ok()?.0.as_str().map(str::to_owned));
        let key = key.ok_or_else(|| self.fault("a member's name is no JSON text"))?;
        match self.next()? {
            Some(b':') => Ok(key),
            sign => Err(self.cut_or("expected `:` behind a member's name", sign)),
        }
    }

    /// Goes on to the next member of a list or table that ends with this bracket; false behind the last one.
    pub(crate) fn next_member(&mut self, end: u8, first: bool) -> Result<bool, RowError> {
        let mut sign = self.peek()?;
        if sign == Some(b',') && !first {
            self.next()?;
            sign = self.peek()?;
        } else if sign != Some(end) && !first {
            return Err(self.cut_or("expected `,` between two members", sign));
        }
        match sign {
            None => Err(self.cut_or("", None)),
            Some(sign) if sign == end => self.next().map(|_| false),
            Some(_) => Ok(true),
        }
    }

    pub(crate) fn cut_or(&self, reason: &str, sign: Option<u8>) -> RowError {
        self.fault(if sign.is_none() { "the document is cut off" } else { reason })
    }

    pub(crate) fn fault(&self, reason: &str) -> RowError {
        RowError::Member { at: self.origin(), member: self.member, reason: reason.to_owned() }
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
    /// Within a list or a table whose first bracket was taken.
    fn inside() -> Self {
        Self { depth: 1, started: true, ..Self::default() }
    }

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
