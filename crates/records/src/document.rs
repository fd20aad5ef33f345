//! JSON documents whose members are the rows: lists of tables, tables one after the other however they are laid out,
//! a table of tables such as `{"0": {…}}`, or a table with one list of tables in it. They are read a member at a time.

use std::path::Path;
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::scan::Signs;
use crate::{Mended, Origin, Row, RowError, Rows, lenient, text, until_error};

/// How the rows lie in a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Tables, or lists of tables, one after the other.
    Values,
    /// Members of one table, each with a name.
    Named,
    /// The items of the only list of tables in a table; what else is said there holds for each of them.
    Wrapped,
}

/// Names of a table itself: they name none of the rows in it.
const OWN_NAMES: [&str; 3] = ["id", "uuid", "index"];

pub(super) fn read(path: &Path, name: Arc<str>, layout: Layout) -> Result<Rows, RowError> {
    let mut document = Document {
        signs: Signs::open(path, name.clone())?,
        layout,
        inside: None,
        first: true,
        shared: Map::new(),
    };
    match (document.signs.peek()?, layout) {
        (None, _) => return Err(RowError::Empty { file: name.to_string() }),
        (Some(b'{'), Layout::Wrapped) => document.unwrap(path)?,
        (Some(b'{'), Layout::Named) => document.enter(b'}')?,
        (Some(b'[' | b'{'), _) => {}
        (Some(_), _) => return Err(document.signs.fault("expected a JSON list, or a table")),
    }
    Ok(until_error(move || document.next_row()))
}

struct Document {
    signs: Signs,
    layout: Layout,
    /// The bracket that closes what the next row stands in; `None` between documents.
    inside: Option<u8>,
    /// No row was read in there yet.
    first: bool,
    /// Columns of every row that does not have them itself.
    shared: Map<String, Value>,
}

impl Document {
    fn next_row(&mut self) -> Result<Option<Row>, RowError> {
        loop {
            let Some(end) = self.inside else {
                match self.signs.peek()? {
                    None => return Ok(None),
                    Some(b'[') => self.enter(b']')?,
                    Some(b'{') if self.layout == Layout::Values => return self.row(None).map(Some),
                    Some(_) => return Err(self.signs.fault("more text behind the end of the document")),
                }
                continue;
            };
            if self.signs.next_member(end, self.first)? {
                self.first = false;
                let key = if end == b'}' { Some(self.signs.key()?) } else { None };
                return self.row(key).map(Some);
            }
            self.inside = None;
            if self.layout == Layout::Wrapped {
                return Ok(None);
            }
        }
    }

    /// Takes the bracket that opens what rows stand in.
    fn enter(&mut self, end: u8) -> Result<(), RowError> {
        self.signs.next()?;
        (self.inside, self.first) = (Some(end), true);
        Ok(())
    }

    fn row(&mut self, key: Option<String>) -> Result<Row, RowError> {
        self.signs.member += 1;
        if self.signs.peek()?.is_none() {
            return Err(self.signs.cut_or("", None));
        }
        let origin = self.signs.origin();
        self.signs.take_value()?;
        let (mut cells, mended) = table(&self.signs, &origin)?;
        for (name, value) in &self.shared {
            cells.entry(name.clone()).or_insert_with(|| value.clone());
        }
        Ok(Row { origin, key, cells, mended })
    }

    /// Goes into the only list of tables, with what stands around it.
    fn unwrap(&mut self, path: &Path) -> Result<(), RowError> {
        let list = self.look_around(path)?;
        self.signs.next()?;
        let mut first = true;
        while self.signs.next_member(b'}', first)? {
            first = false;
            let key = self.signs.key()?;
            if key == list {
                return self.enter(b']');
            }
            self.signs.skip_value(false)?;
        }
        Err(self.signs.fault("the document changed while it was read"))
    }

    /// The name of the only list of tables; keeps the texts, numbers and flags beside it.
    fn look_around(&mut self, path: &Path) -> Result<String, RowError> {
        let mut signs = Signs::open(path, self.signs.name().into())?;
        let (mut lists, mut first) = (Vec::new(), true);
        signs.next()?;
        while signs.next_member(b'}', first)? {
            first = false;
            let key = signs.key()?;
            if signs.peek()? == Some(b'[') {
                signs.next()?;
                if signs.peek()? == Some(b'{') {
                    lists.push(key);
                }
                signs.skip_value(true)?;
            } else if signs.peek()? == Some(b'{') {
                signs.skip_value(false)?;
            } else {
                signs.take_value()?;
                let said = text::of_bytes(&signs.value).ok().and_then(|(text, _)| lenient::value(&text).ok());
                let (value, _) = said.ok_or_else(|| signs.fault(&format!("`{key}` holds no JSON")))?;
                if !value.is_null() && !OWN_NAMES.contains(&key.as_str()) {
                    self.shared.insert(key, value);
                }
            }
        }
        match lists.as_slice() {
            [list] => Ok(list.clone()),
            several => {
                let reason =
                    format!("a table with several lists in it: {}; make a file of each", several.join(", "));
                Err(signs.fault(&reason))
            }
        }
    }
}

/// The value that was taken last, as a row.
fn table(signs: &Signs, origin: &Origin) -> Result<(Map<String, Value>, Mended), RowError> {
    let (text, halves) =
        text::of_bytes(&signs.value).map_err(|byte| RowError::NotUtf8 { at: origin.clone(), byte })?;
    let fault = |reason: String| RowError::Member { at: origin.clone(), member: signs.member, reason };
    match text.as_bytes().first() {
        Some(b'{') => {
            let (cells, mended) = lenient::table(&text, &|_| lenient::Taken::Value)
                .map_err(|error| fault(error.to_string()))?;
            Ok((cells, mended.and_halves(halves)))
        }
        Some(b'[') => Err(fault("expected a table, found a list".to_owned())),
        _ => Err(fault(format!("expected a table, found `{}`", short(&text)))),
    }
}

fn short(text: &str) -> String {
    text.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::Layout;
    use crate::testing::show;
    use crate::{Container, Input};

    fn check_as(layout: Layout, content: &str, expect: &str) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        std::fs::write(&path, content).unwrap();
        let shown = show(Input::File(path, Container::Document(layout)).open());
        assert_eq!(shown.replace(&format!("{}/", folder.path().display()), ""), expect, "{content}");
    }

    fn check(content: &str, expect: &str) {
        check_as(Layout::Values, content, expect);
    }

    #[test]
    fn members_are_rows_with_the_line_they_start_in() {
        check("[{\"a\": 1},\n {\"a\": \"]\\\"}{\"}]\n", "a.json:1 {\"a\":1}\na.json:2 {\"a\":\"]\\\"}{\"}");
        check_as(
            Layout::Named,
            "{\n  \"0\": {\"a\": [1, {\"b\": 2}]},\n  \"1\":\n  {\"a\": NaN}\n}",
            "a.json:2 0={\"a\":[1,{\"b\":2}]}\na.json:4 1={\"a\":null}",
        );
        check("\u{feff}[ ]", "error: a.json is empty; expected at least one row");
    }

    #[test]
    fn tables_and_lists_may_stand_one_after_the_other() {
        check("{\n  \"a\": 1\n}\n{\n  \"a\": 2\n}\n", "a.json:1 {\"a\":1}\na.json:4 {\"a\":2}");
        check(
            "{\"a\": 1}{\"a\": 2} {\"a\": 3}",
            "a.json:1 {\"a\":1}\na.json:1 {\"a\":2}\na.json:1 {\"a\":3}",
        );
        check("[{\"a\": 1}]\n[]\n[{\"a\": 2}]\n", "a.json:1 {\"a\":1}\na.json:3 {\"a\":2}");
        check("[{\"a\": 1}] {\"a\": 2}", "a.json:1 {\"a\":1}\na.json:1 {\"a\":2}");
        check(r#"[{"a": "\ud835"}]"#, "a.json:1 {\"a\":\"\u{fffd}\"}");
    }

    #[test]
    fn the_list_in_a_table_is_its_rows() {
        let check = |content: &str, expect: &str| check_as(Layout::Wrapped, content, expect);
        check(
            "{\"id\": 7, \"model\": \"m\", \"seeds\": [1], \"config\": {\"x\": [{}]},\n\"data\": [{\"a\": 1}, \
             {\"a\": 2, \"model\": \"n\"}], \"count\": 2, \"none\": null}",
            "a.json:2 {\"a\":1,\"count\":2,\"model\":\"m\"}\na.json:2 {\"a\":2,\"count\":2,\"model\":\"n\"}",
        );
        check(
            "{\"a\": [{}], \"b\": [{}]}",
            "error: a.json:1, member 0: a table with several lists in it: a, b; make a file of each",
        );
        check("{\"a\": [{\"b\": 1}, {\"b\"", "error: a.json:1, member 0: the document is cut off");
    }

    #[test]
    fn what_is_cut_or_something_else_says_where() {
        check("", "error: a.json is empty; expected at least one row");
        check(
            "[{\"a\": 1},\n{\"a\":",
            "a.json:1 {\"a\":1}\nerror: a.json:2, member 2: the document is cut off",
        );
        check("[{\"a\": 1}", "a.json:1 {\"a\":1}\nerror: a.json:1, member 1: the document is cut off");
        check_as(
            Layout::Named,
            "{\"0\": {\"a\": 1}, \"1\"",
            "a.json:1 0={\"a\":1}\nerror: a.json:1, member 1: the document is cut off",
        );
        check("[5, {}]", "error: a.json:1, member 1: expected a table, found `5`");
        check("[[]]", "error: a.json:1, member 1: expected a table, found a list");
        check("[{}\n{}]", "a.json:1 {}\nerror: a.json:2, member 1: expected `,` between two members");
        check("[{}] x", "a.json:1 {}\nerror: a.json:1, member 1: more text behind the end of the document");
        check("[{\"a\" 1}]", "error: a.json:1, member 1: expected `:` at line 1 column 6");
        check_as(
            Layout::Named,
            "{1: 2}",
            "error: a.json:1, member 0: expected the name of a member in quotes",
        );
        check("x", "error: a.json:1, member 0: expected a JSON list, or a table");
    }

    #[test]
    fn text_that_is_longer_than_a_buffer_is_whole() {
        let long = "ä\\\"".repeat(400_000);
        let content = format!("[{{\"a\": \"{long}\"}}, {{\"b\": 1}}]");
        let expect = format!("a.json:1 {{\"a\":\"{long}\"}}\na.json:1 {{\"b\":1}}");
        check(&content, &expect);
    }
}
