//! How a format is told by the columns of a row.

use serde_json::{Map, Value};

use super::Cells;
use crate::mapping::conversation;

/// A column that a format's rows have.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Need {
    pub(crate) path: &'static str,
    pub(crate) shape: Shape,
    /// A row of nothing else is likely to have it.
    pub(crate) own: bool,
    /// It speaks for the format where it is there.
    pub(crate) optional: bool,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// The column, be it null.
    There,
    Text,
    Number,
    Flag,
    List,
    Texts,
    Flags,
    Table,
    Tables,
    Turns,
    /// Turns, one of the assistant among them.
    Dialogue,
    /// Text or turns.
    Prompt,
    /// Text, turns, or a single turn.
    Reply,
}

/// A column that the rows have, as those of other formats may.
pub(crate) const fn must(path: &'static str, shape: Shape) -> Need {
    Need { path, shape, own: false, optional: false }
}

/// A column that the rows have and that tells the format.
pub(crate) const fn own(path: &'static str, shape: Shape) -> Need {
    Need { path, shape, own: true, optional: false }
}

/// A column that the rows may have, and that makes the format likelier.
pub(crate) const fn may(path: &'static str, shape: Shape) -> Need {
    Need { path, shape, own: false, optional: true }
}

/// How well a row fits a format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fit {
    /// It has these columns.
    Yes(Vec<&'static str>),
    /// It has some that tell the format, and lacks others.
    Half {
        has: Vec<&'static str>,
        lacks: Vec<&'static str>,
    },
    No,
}

/// Compares a row with a format's columns.
pub(crate) fn fit(needs: &[Need], cells: &Map<String, Value>) -> Fit {
    let holds = |need: &&Need| need.shape.is_held(cells, need.path);
    let has: Vec<&'static str> = needs.iter().filter(holds).map(|need| need.path).collect();
    let lacking = needs.iter().filter(|need| !need.optional && !holds(need));
    let lacks: Vec<&'static str> = lacking.map(|need| need.path).collect();
    let told = needs.iter().filter(holds).any(|need| need.own);
    match (lacks.is_empty(), told) {
        (true, _) => Fit::Yes(has),
        // One column alone is a coincidence.
        (false, true) if has.len() > 1 => Fit::Half { has, lacks },
        (false, _) => Fit::No,
    }
}

impl Shape {
    fn is_held(self, cells: &Map<String, Value>, path: &str) -> bool {
        if self == Self::There {
            return cells.contains_key(path);
        }
        let Some(value) = Cells(cells).at(path) else { return false };
        let all = |test: fn(&Value) -> bool| {
            value.as_array().is_some_and(|items| !items.is_empty() && items.iter().all(test))
        };
        match self {
            Self::There => true,
            Self::Text => value.is_string(),
            Self::Number => value.is_number(),
            Self::Flag => value.is_boolean(),
            Self::List => value.is_array(),
            Self::Texts => all(Value::is_string),
            Self::Flags => all(|item| item.is_boolean() || matches!(item.as_i64(), Some(0 | 1))),
            Self::Table => value.is_object(),
            Self::Tables => all(Value::is_object),
            Self::Turns => conversation::is_conversation(&value),
            Self::Dialogue => conversation::is_conversation(&value) && conversation::reply(&value).is_some(),
            Self::Reply => value.is_string() || value.is_object() || conversation::is_conversation(&value),
            Self::Prompt => value.is_string() || conversation::is_conversation(&value),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn all_some_or_none_of_the_columns() {
        const NEEDS: &[Need] = &[own("a.b", Shape::Text), must("c", Shape::Texts), may("d", Shape::Flag)];
        let check =
            |row: Value, expect: Fit| assert_eq!(fit(NEEDS, row.as_object().unwrap()), expect, "{row}");
        check(json!({"a": {"b": "x"}, "c": ["y"], "d": true}), Fit::Yes(vec!["a.b", "c", "d"]));
        check(json!({"a": {"b": "x"}, "c": ["y"]}), Fit::Yes(vec!["a.b", "c"]));
        let half = |has: &[&'static str]| Fit::Half { has: has.to_vec(), lacks: vec!["c"] };
        check(json!({"a": {"b": "x"}, "c": [1], "d": true}), half(&["a.b", "d"]));
        check(json!({"a": {"b": "x"}, "c": null, "d": false}), half(&["a.b", "d"]));
        check(json!({"a": {"b": "x"}, "c": [1]}), Fit::No);
        check(json!({"a": {"b": 1}, "c": ["y"]}), Fit::No);
        check(json!({}), Fit::No);
    }
}
