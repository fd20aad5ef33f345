//! How JSON lies in a file, told by its first bytes.

use serde_json::{Map, Value};

use crate::scan::Scan;
use crate::{Layout, lenient, text};

/// How JSON lies in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Json {
    /// A table a line.
    Lines,
    /// Otherwise.
    Document(Layout),
}

/// The first bytes of a text, as far as one looks.
#[derive(Clone, Copy)]
pub(crate) struct Head<'a> {
    pub(crate) bytes: &'a [u8],
    /// There are no more.
    pub(crate) is_whole: bool,
}

impl Head<'_> {
    /// How JSON lies there; `None` for what is none. A table of tables goes by numbers, as those that OpenCompass writes.
    pub(crate) fn json(self, is_row: &dyn Fn(&Map<String, Value>) -> bool) -> Option<Json> {
        let inside = self.bytes.get(1..)?.trim_ascii_start().first();
        match (self.bytes.first()?, inside) {
            (b'[', Some(b'{' | b'[' | b']') | None) => Some(Json::Document(Layout::Values)),
            (b'{', Some(b'"' | b'}') | None) => Some(self.of_tables(is_row)),
            _ => None,
        }
    }

    fn of_tables(self, is_row: &dyn Fn(&Map<String, Value>) -> bool) -> Json {
        if self.is_numbered() {
            return Json::Document(Layout::Named);
        }
        let mut scan = Scan::default();
        let end = self.bytes.iter().position(|byte| scan.ends_before(*byte)).unwrap_or(self.bytes.len());
        let (first, rest) = self.bytes.split_at(end);
        let next = rest.trim_ascii_start();
        let is_alone = if scan.is_complete() { self.is_whole && next.is_empty() } else { !self.is_whole };
        if is_alone && self.members().is_some_and(|around| around.holds_rows(is_row)) {
            return Json::Document(Layout::Wrapped);
        }
        // A table a line: the first one is on one, and what follows begins another.
        let gap = rest.get(..rest.len() - next.len()).unwrap_or_default();
        let ends_line = next.is_empty() || gap.contains(&b'\n');
        let first = first.trim_ascii();
        let is_spread = first.contains(&b'\n') && (scan.is_complete() || goes_on(first));
        if is_spread || !ends_line { Json::Document(Layout::Values) } else { Json::Lines }
    }

    /// The table's first name is a number and holds a table.
    fn is_numbered(self) -> bool {
        let Some((name, value)) = member(self.bytes.get(1..).unwrap_or_default()) else { return false };
        let digits = name.strip_prefix(b"\"").and_then(|name| name.strip_suffix(b"\""));
        let is_number = digits.is_some_and(|name| !name.is_empty() && name.iter().all(u8::is_ascii_digit));
        is_number && value.starts_with(b"{")
    }

    /// The members of the table that begins here, as far as they can be seen.
    fn members(self) -> Option<Around> {
        let mut around = Around::default();
        let mut rest = self.bytes.get(1..)?;
        while let Some((name, value)) = member(rest) {
            let mut scan = Scan::default();
            let end = value.iter().position(|byte| scan.ends_before(*byte));
            let (value, behind) = value.split_at(end.unwrap_or(value.len()));
            around.add(name, value, end.is_some() || scan.is_complete())?;
            rest = behind.trim_ascii_start().strip_prefix(b",").unwrap_or_default();
        }
        Some(around)
    }
}

/// A table's first line ends where it goes on in the next one, and is not cut off.
fn goes_on(table: &[u8]) -> bool {
    let line = table.split(|byte| *byte == b'\n').next().unwrap_or_default();
    matches!(line.trim_ascii_end().last(), Some(b'{' | b'[' | b',' | b':'))
}

/// The name of the member that begins here, and everything that begins with its value.
fn member(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let text = text.trim_ascii_start();
    let mut scan = Scan::default();
    let end = text.iter().position(|byte| scan.ends_before(*byte))?;
    let (name, rest) = text.split_at(end);
    let value = rest.trim_ascii_start().strip_prefix(b":")?.trim_ascii_start();
    (scan.is_complete() && name.starts_with(b"\"")).then_some((name, value))
}

/// What the members of a table are.
#[derive(Default)]
struct Around {
    /// Those that are seen whole.
    cells: Map<String, Value>,
    /// There is a list of tables.
    has_list: bool,
}

impl Around {
    fn add(&mut self, name: &[u8], value: &[u8], is_whole: bool) -> Option<()> {
        let inside = value.strip_prefix(b"[").map(<[u8]>::trim_ascii_start);
        if inside.is_some_and(|inside| inside.starts_with(b"{")) {
            self.has_list = true;
        }
        if is_whole {
            let read = |bytes| Some(lenient::value(&text::of_bytes(bytes).ok()?.0).ok()?.0);
            let name = read(name)?.as_str()?.to_owned();
            self.cells.insert(name, read(value.trim_ascii())?);
        }
        Some(())
    }

    /// There are lists of tables, and the rest is no row. Reading tells that there is one such list.
    fn holds_rows(&self, is_row: &dyn Fn(&Map<String, Value>) -> bool) -> bool {
        self.has_list && !is_row(&self.cells)
    }
}
