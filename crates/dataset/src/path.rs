//! Dotted paths into a row: `extra.level`, `messages.0.content`, `reasoning.*.full_response`.

use std::borrow::Cow;

use serde_json::{Map, Value};

/// What stands at a path. A column whose own name holds dots is found first; a number picks from a list, `*`
/// takes a member of every element, and text that holds JSON is looked into.
pub(crate) fn lookup<'a>(cells: &'a Map<String, Value>, path: &str) -> Option<Cow<'a, Value>> {
    if let Some(value) = cells.get(path) {
        return Some(Cow::Borrowed(value));
    }
    let (first, rest) = path.split_once('.')?;
    walk(cells.get(first)?, rest)
}

fn walk<'a>(value: &'a Value, path: &str) -> Option<Cow<'a, Value>> {
    let (step, rest) = match path.split_once('.') {
        Some((step, rest)) => (step, Some(rest)),
        None => (path, None),
    };
    let go_on = |inner: &'a Value| match rest {
        Some(rest) => walk(inner, rest),
        None => Some(Cow::Borrowed(inner)),
    };
    match value {
        // A row without the outer table simply has no value there.
        Value::Null => Some(Cow::Owned(Value::Null)),
        Value::Object(members) => go_on(members.get(step)?),
        Value::Array(items) if step == "*" => {
            let each = items.iter().map(|item| go_on(item).map_or(Value::Null, Cow::into_owned));
            Some(Cow::Owned(Value::Array(each.collect())))
        }
        Value::Array(items) => go_on(items.get(step.parse::<usize>().ok()?)?),
        Value::String(text) if text.starts_with(['{', '[']) => {
            let (parsed, _) = records::json(text).ok()?;
            walk(&parsed, path).map(|found| Cow::Owned(found.into_owned()))
        }
        _ => None,
    }
}

/// A value as the text that a template puts in its place; nothing for null.
pub(crate) fn lookup_text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The paths between the braces of `{body} {question}`, and the text around them; `None` for a plain path.
pub(crate) fn template(path: &str) -> Option<Vec<Piece<'_>>> {
    if !path.contains('{') {
        return None;
    }
    let mut pieces = Vec::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{') {
        let (column, tail) = after.split_once('}')?;
        pieces.push(Piece::Text(before));
        pieces.push(Piece::Column(column));
        rest = tail;
    }
    pieces.push(Piece::Text(rest));
    Some(pieces)
}

/// A part of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// Stands as it is.
    Text(&'a str),
    /// Is replaced by a column.
    Column(&'a str),
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn paths_reach_into_lists_tables_and_json_text() {
        let row = json!({
            "a.b": 1, "a": {"b": 2, "c": [10, {"d": "x"}]}, "none": null,
            "list": [{"t": "p"}, {}], "text": "{\"level\": 3}", "number": 5,
        });
        let check = |path: &str, expect: Option<Value>| {
            let found = lookup(row.as_object().unwrap(), path).map(Cow::into_owned);
            assert_eq!(found, expect, "{path}");
        };
        check("a.b", Some(json!(1)));
        check("a.c.0", Some(json!(10)));
        check("a.c.1.d", Some(json!("x")));
        check("a.c.7", None);
        check("a.x", None);
        check("x", None);
        check("none.deep.er", Some(json!(null)));
        check("list.*.t", Some(json!(["p", null])));
        check("text.level", Some(json!(3)));
        check("number.level", None);
    }

    #[test]
    fn templates_are_cut_at_braces() {
        let check =
            |path, expect: Option<&[Piece<'_>]>| assert_eq!(template(path).as_deref(), expect, "{path}");
        check("question", None);
        check("{body", None);
        check(
            "{a} and {b.c}!",
            Some(&[
                Piece::Text(""),
                Piece::Column("a"),
                Piece::Text(" and "),
                Piece::Column("b.c"),
                Piece::Text("!"),
            ]),
        );
    }
}
