//! Values of cells as text, numbers and lists.

use serde_json::Value;

use super::view::Cell;
use crate::DatasetError;
use records::{BYTES, Origin};

/// From here on a JSON number that is read as a float may have lost digits.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// A scalar as text; `None` for lists and tables. Whole floats lose their `.0`.
pub(crate) fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Number(number) => Some(match number.as_f64() {
            Some(float) if number.is_f64() && float.fract() == 0.0 && float.abs() < EXACT => {
                format!("{float:.0}")
            }
            _ => number.to_string(),
        }),
        _ => None,
    }
}

/// A scalar whose digits matter: a number that JSON readers round is refused.
pub(crate) fn exact(value: &Value, at: &Origin, path: &str) -> Result<String, DatasetError> {
    if let Value::Number(number) = value
        && number.is_f64()
        && number.as_f64().is_some_and(|float| float.abs() >= EXACT)
    {
        let reason = format!("holds a number too large to be read exactly ({number}); write it as text");
        return Err(DatasetError::value(at, path, reason));
    }
    scalar(value).ok_or_else(|| expected("text or a number", value, at, path))
}

/// A whole number from 0 on; CSV has it as text.
pub(super) fn count(cell: &Cell<'_>, at: &Origin) -> Result<u64, DatasetError> {
    let number = match &*cell.value {
        Value::String(text) => text.trim().parse().ok(),
        value => value.as_u64().or_else(|| whole(value.as_f64()?)),
    };
    number.ok_or_else(|| ignorable("a whole number from 0 on", cell, at))
}

pub(crate) fn whole(float: f64) -> Option<u64> {
    // Parquet written by way of pandas has whole numbers as floats.
    let fits = float >= 0.0 && float.fract() == 0.0 && float < EXACT;
    if fits { format!("{float:.0}").parse().ok() } else { None }
}

/// A number.
pub(super) fn real(cell: &Cell<'_>, at: &Origin) -> Result<f64, DatasetError> {
    let number = match &*cell.value {
        Value::String(text) => text.trim().parse().ok(),
        value => value.as_f64(),
    };
    number.filter(|n: &f64| n.is_finite()).ok_or_else(|| ignorable("a number", cell, at))
}

/// Yes or no, as a boolean, 0/1, or a word.
pub(super) fn flag(cell: &Cell<'_>, at: &Origin) -> Result<bool, DatasetError> {
    let flag = match &*cell.value {
        Value::Bool(flag) => Some(*flag),
        // A list or a table is no word, as an empty text is none.
        value => match scalar(value).unwrap_or_default().to_ascii_lowercase().as_str() {
            "1" | "true" | "yes" => Some(true),
            "0" | "false" | "no" => Some(false),
            _ => None,
        },
    };
    flag.ok_or_else(|| ignorable("true or false", cell, at))
}

/// A list of scalars.
pub(super) fn list(cell: &Cell<'_>, at: &Origin) -> Result<Vec<String>, DatasetError> {
    match &*cell.value {
        Value::Array(items) => items.iter().map(|item| exact(item, at, &cell.path)).collect(),
        _ => Err(ignorable("a list", cell, at)),
    }
}

/// The error about a value of another kind.
pub(super) fn expected(what: &str, found: &Value, at: &Origin, path: &str) -> DatasetError {
    DatasetError::value(at, path, format!("should hold {what}, found {}", describe(found)))
}

/// The same about a column that one can do without.
pub(super) fn ignorable(what: &str, cell: &Cell<'_>, at: &Origin) -> DatasetError {
    let reason = format!(
        "should hold {what}, found {}; map another column, or none with an empty path, under [dataset.columns]",
        describe(&cell.value)
    );
    DatasetError::value(at, &cell.path, reason)
}

/// A value in a message.
pub(super) fn describe(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("a list of {}", items.len()),
        Value::Object(members) if members.contains_key(BYTES) => BYTES.to_owned(),
        Value::Object(_) => "a table".to_owned(),
        Value::String(text) if text.chars().count() > 40 => {
            format!("the text `{}…`", text.chars().take(40).collect::<String>())
        }
        Value::String(text) => format!("the text `{text}`"),
        other => format!("`{other}`"),
    }
}

/// What the last `\boxed{…}` of a solution holds.
pub(crate) fn last_boxed(text: &str) -> Option<&str> {
    let start = text.rfind("\\boxed{")? + "\\boxed{".len();
    let mut depth = 1_usize;
    for (at, c) in text[start..].char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(&text[start..start + at]);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn scalars_keep_their_digits() {
        let check =
            |value: Value, expect: Option<&str>| assert_eq!(scalar(&value).as_deref(), expect, "{value}");
        check(json!("x"), Some("x"));
        check(json!(18), Some("18"));
        check(json!(18.0), Some("18"));
        check(json!(-0.5), Some("-0.5"));
        check(json!(true), Some("true"));
        check(json!([1]), None);
        let at = Origin { file: "a".into(), line: 1 };
        let big: Value = serde_json::from_str("123456789012345678901234567890").unwrap();
        let error = exact(&big, &at, "answer").unwrap_err().to_string();
        assert!(
            error.starts_with("a:1: column `answer` holds a number too large to be read exactly"),
            "{error}"
        );
        assert_eq!(exact(&json!(9_007_199_254_740_993_u64), &at, "answer").unwrap(), "9007199254740993");
    }

    #[test]
    fn boxes_nest() {
        let check = |text, expect| assert_eq!(last_boxed(text), expect, "{text}");
        check("so \\boxed{1} or $\\boxed{\\frac{1}{2}}$.", Some("\\frac{1}{2}"));
        check("\\boxed{1", None);
        check("none", None);
    }
}
