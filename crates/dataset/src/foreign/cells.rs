//! The cells of a foreign row by their paths.

use std::borrow::Cow;

use chat::Ending;
use records::{Origin, Row};
use serde_json::{Map, Value};

use super::{Labels, Skipped};
use crate::mapping::{conversation, values};
use crate::path::lookup;

/// A row, or a table inside one.
#[derive(Clone, Copy)]
pub(crate) struct Cells<'a>(pub(crate) &'a Map<String, Value>);

impl<'a> Cells<'a> {
    /// What stands at a path; null is nothing.
    pub(crate) fn at(self, path: &str) -> Option<Cow<'a, Value>> {
        lookup(self.0, path).filter(|value| !value.is_null())
    }

    /// Text, or a number or a flag as text.
    pub(crate) fn text(self, path: &str) -> Option<String> {
        self.at(path).and_then(|value| values::scalar(&value))
    }

    /// The first of several paths that holds text with something in it.
    pub(crate) fn first_text(self, paths: &[&str]) -> Option<String> {
        paths.iter().find_map(|path| self.text(path).filter(|text| !text.trim().is_empty()))
    }

    /// A list.
    pub(crate) fn list(self, path: &str) -> Option<Vec<Value>> {
        match self.at(path)?.into_owned() {
            Value::Array(items) => Some(items),
            _ => None,
        }
    }

    /// A list; where there is none it has no items.
    pub(crate) fn items(self, path: &str) -> Vec<Value> {
        self.list(path).unwrap_or_default()
    }

    /// A list of texts.
    pub(crate) fn texts(self, path: &str) -> Option<Vec<String>> {
        self.list(path)?.iter().map(|item| item.as_str().map(str::to_owned)).collect()
    }

    /// A table.
    pub(crate) fn table(self, path: &str) -> Option<Map<String, Value>> {
        match self.at(path)?.into_owned() {
            Value::Object(table) => Some(table),
            _ => None,
        }
    }

    /// A table; where there is none it says nothing.
    pub(crate) fn inner(self, path: &str) -> Map<String, Value> {
        self.table(path).unwrap_or_default()
    }

    /// The options of a multiple choice: none where nothing is said, and no guess where they are no texts.
    pub(crate) fn choices(self, path: &str) -> Result<Vec<String>, Skipped> {
        let Some(items) = self.list(path) else { return Ok(Vec::new()) };
        let texts: Option<Vec<String>> = items.iter().map(values::scalar).collect();
        texts.ok_or_else(|| Skipped(format!("`{path}` holds options that are no texts").into()))
    }

    /// A whole number from 0 on.
    pub(crate) fn count(self, path: &str) -> Option<u64> {
        match self.at(path)?.as_ref() {
            Value::String(text) => text.trim().parse().ok(),
            value => value.as_u64().or_else(|| values::whole(value.as_f64()?)),
        }
    }

    /// A finite number.
    pub(crate) fn real(self, path: &str) -> Option<f64> {
        self.at(path)?.as_f64().filter(|number| number.is_finite())
    }

    /// Yes or no.
    pub(crate) fn flag(self, path: &str) -> Option<bool> {
        match self.at(path)?.as_ref() {
            Value::Bool(flag) => Some(*flag),
            value => match values::scalar(value)?.to_ascii_lowercase().as_str() {
                "1" | "true" | "yes" | "correct" => Some(true),
                "0" | "false" | "no" | "wrong" | "incorrect" => Some(false),
                _ => None,
            },
        }
    }

    /// Why a reply ended, by what stands there; nothing says nothing.
    pub(crate) fn ending(self, path: &str) -> Ending {
        self.at(path).map(|value| Ending::of_value(&value)).unwrap_or_default()
    }

    /// A rating from 0 to 9: a number, or a table that holds it as `level` or `score`.
    pub(crate) fn rating(self, path: &str) -> Option<u32> {
        let inner =
            || ["level", "score", "value"].iter().find_map(|key| self.count(&format!("{path}.{key}")));
        let rating = if self.table(path).is_some() { inner() } else { self.count(path) };
        rating.and_then(|rating| u32::try_from(rating).ok()).filter(|rating| *rating <= 9)
    }

    /// The row says where it comes from, as `thinkmeter curate` does.
    pub(crate) fn is_ours(self) -> bool {
        ["problem_id", "model", "sample"].iter().all(|name| self.at(name).is_some())
    }

    /// Ratings and validity under the names that EasyDistill uses, or that our own exports use. The short names mean
    /// this only in rows that say where they come from; elsewhere a `difficulty` may be anybody's.
    pub(crate) fn labels(self) -> Labels {
        let ours = ["problem_id", "model", "sample"].iter().all(|name| self.at(name).is_some());
        let either =
            |long: &str, short: &str| self.rating(long).or_else(|| self.rating(short).filter(|_| ours));
        Labels {
            verbosity: either("reasoning_verbosity", "verbosity"),
            difficulty: either("cognitive_difficulty", "difficulty"),
            reasoning_valid: self.flag("logical_correctness").or_else(|| self.flag("reasoning_valid")),
            solution_valid: self.flag("solution_valid"),
        }
    }

    /// The text of a question: text itself, or the last turn of the user.
    pub(crate) fn question(self, path: &str) -> Option<String> {
        let value = self.at(path)?;
        let text = if conversation::is_conversation(&value) {
            conversation::question(&value)
        } else {
            values::scalar(&value)
        };
        text.filter(|text| !text.trim().is_empty())
    }

    /// The columns that are not named here and hold something.
    pub(crate) fn rest(self, used: &[&str]) -> Map<String, Value> {
        let kept = self.0.iter().filter(|(name, value)| !value.is_null() && !used.contains(&name.as_str()));
        kept.map(|(name, value)| (name.clone(), value.clone())).collect()
    }
}

/// The acceptable answers in a cell: one, or a list. Numbers keep their digits or are refused.
pub(crate) fn golds(row: &Row, path: &str) -> Result<Vec<String>, Skipped> {
    let Some(value) = Cells(&row.cells).at(path) else { return Ok(Vec::new()) };
    let exact = |value: &Value| exact(value, &row.origin, path);
    let texts: Vec<String> = match value.as_ref() {
        Value::Array(items) => items.iter().map(exact).collect::<Result<_, _>>()?,
        value => vec![exact(value)?],
    };
    Ok(texts.into_iter().filter(|text| !text.trim().is_empty()).collect())
}

fn exact(value: &Value, at: &Origin, path: &str) -> Result<String, Skipped> {
    values::exact(value, at, path)
        .map_err(|_| Skipped(format!("`{path}` holds no text and no number that can be read exactly").into()))
}

/// What stands behind the last `####` of a worked solution, as GSM8K writes its answers.
pub(crate) fn last_hashes(solution: &str) -> Option<&str> {
    let (_, answer) = solution.rsplit_once("####")?;
    Some(answer.trim()).filter(|answer| !answer.is_empty())
}
