//! A row, seen through the names that its columns may have.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use plugin::nearest;
use serde_json::{Map, Value};

use super::{Named, conversation};
use crate::columns::{ANSWERS_BESIDE_A_REPLY, Columns, Field};
use crate::path::{Piece, lookup, template};
use crate::{DatasetError, Holds};
use records::Origin;
use records::Row;

/// What stands in a column.
pub(super) struct Cell<'a> {
    /// The column's path.
    pub(super) path: Cow<'a, str>,
    /// Its value, never null.
    pub(super) value: Cow<'a, Value>,
}

/// A table that stands alone has the columns of a row.
pub(crate) fn is_row(cells: &Map<String, Value>, columns: &Columns, holds: Holds) -> bool {
    let at = |field: Field| -> Option<Cow<'_, Value>> {
        let given: Vec<&str> = match columns.path(field) {
            Some(path) => template(path).map_or_else(|| vec![path], |pieces| named_by(&pieces)),
            None => field.aliases().to_vec(),
        };
        given.into_iter().find_map(|path| lookup(cells, path).filter(|value| !value.is_null()))
    };
    let is_conversation = at(Field::Messages).is_some_and(|value| conversation::is_conversation(&value));
    let response = at(Field::Response);
    match holds {
        Holds::Problems => is_conversation || at(Field::Problem).is_some(),
        Holds::Replies => at(Field::ProblemId).is_some(),
        Holds::Both => {
            let is_text = response.as_ref().is_some_and(|value| value.is_string());
            is_conversation || is_text || response.is_some() && at(Field::Problem).is_some()
        }
    }
}

/// The columns of a template.
fn named_by<'a>(pieces: &[Piece<'a>]) -> Vec<&'a str> {
    let columns = pieces.iter().filter_map(|piece| match piece {
        Piece::Column(column) => Some(*column),
        Piece::Text(_) => None,
    });
    columns.collect()
}

/// Finds columns, and remembers which ones were used.
pub(super) struct View<'a> {
    row: &'a Row,
    columns: &'a Columns,
    holds: Holds,
    named: &'a RefCell<BTreeMap<Field, Named>>,
    used: BTreeSet<String>,
}

impl<'a> View<'a> {
    pub(super) fn new(
        row: &'a Row,
        columns: &'a Columns,
        holds: Holds,
        named: &'a RefCell<BTreeMap<Field, Named>>,
    ) -> Self {
        Self { row, columns, holds, named, used: BTreeSet::new() }
    }

    pub(super) fn origin(&self) -> &'a Origin {
        &self.row.origin
    }

    /// The configured path of a field.
    pub(super) fn path(&self, field: Field) -> Option<&'a str> {
        self.columns.path(field)
    }

    /// The value of a field; `None` if there is no such column or it holds nothing here.
    pub(super) fn find(&mut self, field: Field) -> Option<Cell<'a>> {
        match self.columns.path(field) {
            Some("") => None,
            Some(path) => {
                let found = lookup(&self.row.cells, path);
                self.remember(field, path, found.is_some());
                found.and_then(|value| self.take(Cow::Borrowed(path), value))
            }
            None => self.find_by_name(self.aliases(field)),
        }
    }

    /// The value of a field that the row must have, though it may be null.
    pub(super) fn require(&mut self, field: Field) -> Result<Option<Cell<'a>>, DatasetError> {
        match self.find(field) {
            Some(cell) => Ok(Some(cell)),
            None if self.columns.path(field) == Some("") || self.has(field) => Ok(None),
            None => Err(self.missing(field)),
        }
    }

    /// What stands at a path that is none of the fields', such as that of the subset.
    pub(super) fn at(&self, path: &str) -> Option<Cow<'a, Value>> {
        lookup(&self.row.cells, path)
    }

    /// There is such a column, be it null.
    pub(super) fn has(&self, field: Field) -> bool {
        match self.columns.path(field) {
            Some(path) => lookup(&self.row.cells, path).is_some(),
            None => {
                let mut names = self.aliases(field).iter();
                names.any(|name| lookup(&self.row.cells, name).is_some() || self.in_any_case(name).is_some())
            }
        }
    }

    fn aliases(&self, field: Field) -> &'static [&'static str] {
        if field == Field::Answer && self.holds == Holds::Both {
            ANSWERS_BESIDE_A_REPLY
        } else {
            field.aliases()
        }
    }

    fn find_by_name(&mut self, names: &'static [&'static str]) -> Option<Cell<'a>> {
        let cells: &'a Map<String, Value> = &self.row.cells;
        for &name in names {
            if let Some(cell) = lookup(cells, name).and_then(|value| self.take(Cow::Borrowed(name), value)) {
                return Some(cell);
            }
        }
        for &name in names {
            let Some((key, value)) = self.in_any_case(name) else { continue };
            if let Some(cell) = self.take(Cow::Borrowed(key), Cow::Borrowed(value)) {
                return Some(cell);
            }
        }
        None
    }

    fn in_any_case(&self, name: &str) -> Option<(&'a str, &'a Value)> {
        let row: &'a Row = self.row;
        let found = row.cells.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(key, value)| (key.as_str(), value))
    }

    fn take(&mut self, path: Cow<'a, str>, value: Cow<'a, Value>) -> Option<Cell<'a>> {
        if value.is_null() {
            return None;
        }
        self.used.insert(path.clone().into_owned());
        Some(Cell { path, value })
    }

    /// A column was read although it turned out not to say anything we keep: it stays among the others.
    pub(super) fn give_back(&mut self, cell: &Cell<'_>) {
        self.used.remove(cell.path.as_ref());
    }

    /// Columns that a template takes its text from.
    pub(super) fn mark_used(&mut self, path: &str) {
        self.used.insert(path.to_owned());
    }

    /// The columns that nothing used, as one JSON object; `None` if there are none. Null says nothing.
    pub(super) fn rest(&self) -> Option<String> {
        let rest: Map<String, Value> = (self.row.cells.iter())
            .filter(|(name, value)| !value.is_null() && !self.used.contains(*name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        // Our own tables keep the others in one column, which must not grow a shell at each reading.
        match (rest.len(), rest.get("extra")) {
            (0, _) => None,
            (1, Some(Value::String(text))) if text.starts_with('{') => Some(text.clone()),
            _ => Some(Value::Object(rest).to_string()),
        }
    }

    fn remember(&self, field: Field, path: &str, found: bool) {
        let mut named = self.named.borrow_mut();
        if found {
            named.insert(field, Named::Found);
        } else {
            named.entry(field).or_insert_with(|| Named::Missing(self.missing_path(field.key(), path)));
        }
    }

    /// The column of a field that is there and holds nothing.
    fn empty(&self, field: Field) -> Option<String> {
        let is_there = |name: &str| lookup(&self.row.cells, name).is_some();
        match self.columns.path(field) {
            Some(path) => Some(path.to_owned()).filter(|path| is_there(path)),
            None => self.aliases(field).iter().find_map(|name| {
                let exact = Some((*name).to_owned()).filter(|name| is_there(name));
                exact.or_else(|| self.in_any_case(name).map(|(key, _)| key.to_owned()))
            }),
        }
    }

    /// The error about a field without a column, or with one that holds nothing.
    pub(super) fn missing(&self, field: Field) -> DatasetError {
        if let Some(column) = self.empty(field) {
            let reason = format!(
                "holds nothing in this row; fill it in, leave the row out, or name another column with \
                 `columns.{} = \"…\"`",
                field.key()
            );
            return DatasetError::value(self.origin(), &column, reason);
        }
        match self.columns.path(field) {
            Some(path) => self.missing_path(field.key(), path),
            None => {
                let names = self.aliases(field);
                let hint = self.hint(names, &format!("; name it with `columns.{} = \"…\"`", field.key()));
                self.missing_column(field.key(), format!("known names: {}", names.join(", ")), hint)
            }
        }
    }

    /// The error about a path that leads nowhere.
    pub(super) fn missing_path(&self, wanted: &'static str, path: &str) -> DatasetError {
        self.missing_column(wanted, format!("looked for `{path}`"), self.hint(&[path], ""))
    }

    fn missing_column(&self, wanted: &'static str, looked_for: String, hint: String) -> DatasetError {
        let columns: Vec<&str> = self.row.cells.keys().map(String::as_str).collect();
        let columns = if columns.is_empty() { "nothing".to_owned() } else { columns.join(", ") };
        DatasetError::MissingColumn { at: self.origin().clone(), wanted, looked_for, columns, hint }
    }

    fn hint(&self, names: &[&str], otherwise: &str) -> String {
        let keys = || self.paths().into_iter();
        let near = names.iter().find_map(|name| {
            let paths: Vec<String> = keys().collect();
            nearest(name, paths.iter().map(String::as_str)).map(str::to_owned)
        });
        near.map_or_else(|| otherwise.to_owned(), |near| format!(" (did you mean `{near}`?){otherwise}"))
    }

    /// The columns and the members of tables in them.
    fn paths(&self) -> Vec<String> {
        let mut paths = Vec::new();
        for (name, value) in &self.row.cells {
            paths.push(name.clone());
            let members = value.as_object().into_iter().flat_map(Map::keys);
            paths.extend(members.map(|member| format!("{name}.{member}")));
        }
        paths
    }
}
