//! A row as a pair of answers.

use records::Row;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::GradeError;

/// What a pair holds, and so what is done with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Two bare answers: they are compared as they are.
    #[default]
    Answer,
    /// `pred` is a reply, from which the answer is extracted; `gold` is taken as it is written. In a row `reply_raw`
    /// says the same.
    Reply,
    /// Extraction alone: `expected` lists what may come out of `pred`.
    Extract,
}

impl Kind {
    const WORDS: [(&'static str, Self); 4] = [
        ("answer", Self::Answer),
        ("reply", Self::Reply),
        ("reply_raw", Self::Reply),
        ("extract", Self::Extract),
    ];

    fn named(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(name, _)| *name == word).map(|(_, kind)| *kind)
    }
}

/// What the row says is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Whether the two answers are equal.
    Equal(bool),
    /// What may come out of an extraction; nothing may, if the list is empty.
    Texts(Vec<String>),
}

/// One row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pair {
    /// The row's own name.
    pub id: Option<String>,
    /// The acceptable answers; empty only for [`Kind::Extract`].
    pub golds: Vec<String>,
    /// The options of a multiple-choice question: each side may give a letter or a value.
    pub choices: Vec<String>,
    /// The given answer, or a reply that holds it.
    pub pred: String,
    /// What is done.
    pub kind: Kind,
    /// The group that it is counted in.
    pub family: Option<String>,
    /// The truth, where it is known.
    pub expected: Option<Expected>,
    /// A question of convention: counted apart.
    pub policy: bool,
}

impl Pair {
    /// Reads a row; `kind` is what a row without one is.
    pub fn read(row: &Row, kind: Kind) -> Result<Self, GradeError> {
        let fault = |reason| GradeError::Pair { at: row.origin.clone(), reason };
        Self::of(&row.cells, kind).map_err(fault)
    }

    fn of(cells: &Map<String, Value>, kind: Kind) -> Result<Self, String> {
        let kind = match optional(cells, "kind") {
            Some(Value::String(word)) => Kind::named(word).ok_or_else(|| unknown_kind(word))?,
            Some(other) => return Err(unknown_kind(&other.to_string())),
            None => kind,
        };
        let pred = cells.get("pred").ok_or_else(|| missing(cells, "pred"))?;
        Ok(Self {
            id: optional(cells, "id").map(plain),
            golds: golds(cells, kind)?,
            choices: optional(cells, "choices").map(choices).transpose()?.unwrap_or_default(),
            pred: scalar(pred).ok_or_else(|| wrong("pred", "a text or a number", pred))?,
            kind,
            family: optional(cells, "family").map(plain),
            expected: optional(cells, "expected").map(|value| expected(value, kind)).transpose()?,
            policy: optional(cells, "policy")
                .map(|value| flag("policy", value))
                .transpose()?
                .unwrap_or(false),
        })
    }
}

fn golds(cells: &Map<String, Value>, kind: Kind) -> Result<Vec<String>, String> {
    if kind == Kind::Extract {
        return Ok(vec![]);
    }
    let gold = cells.get("gold").ok_or_else(|| missing(cells, "gold"))?;
    let wrong = || wrong("gold", "a text, a number, or a list of them", gold);
    match gold {
        Value::Null => Err(wrong()),
        Value::Array(items) if items.is_empty() || items.contains(&Value::Null) => Err(wrong()),
        Value::Array(items) => items.iter().map(|item| scalar(item).ok_or_else(wrong)).collect(),
        one => Ok(vec![scalar(one).ok_or_else(wrong)?]),
    }
}

fn choices(value: &Value) -> Result<Vec<String>, String> {
    let texts = match value {
        Value::Array(items) => items.iter().map(scalar).collect(),
        Value::String(text) => written_list(text),
        _ => None,
    };
    texts.ok_or_else(|| wrong("choices", "a list of texts", value))
}

fn expected(value: &Value, kind: Kind) -> Result<Expected, String> {
    if kind != Kind::Extract {
        return flag("expected", value).map(Expected::Equal);
    }
    let wrong = || wrong("expected", "a text or a list of texts, as the row's `kind` is `extract`", value);
    let texts = match value {
        Value::Array(items) => {
            items.iter().map(|item| scalar(item).ok_or_else(wrong)).collect::<Result<_, _>>()?
        }
        Value::String(text) => written_list(text).unwrap_or_else(|| vec![text.clone()]),
        other => vec![scalar(other).ok_or_else(wrong)?],
    };
    Ok(Expected::Texts(texts))
}

/// CSV knows no lists, so one may be written as text: `["a", "b"]`, or as Python prints it.
fn written_list(text: &str) -> Option<Vec<String>> {
    if let Ok(items) = serde_json::from_str(text) {
        return Some(items);
    }
    let inside = text.trim().strip_prefix('[')?.strip_suffix(']')?;
    let item = |item: &str| Some(item.trim().strip_prefix('\'')?.strip_suffix('\'')?.to_owned());
    inside.split(',').map(item).collect()
}

/// A column that is there and not null; CSV has nothing but text, so an empty one is null.
fn optional<'a>(cells: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    cells.get(name).filter(|value| !value.is_null())
}

/// Text of a text, number or truth value. Null is the empty text: a model may well have said nothing.
fn scalar(value: &Value) -> Option<String> {
    (!value.is_array() && !value.is_object()).then(|| plain(value))
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn flag(column: &str, value: &Value) -> Result<bool, String> {
    match plain(value).trim().to_ascii_lowercase().as_str() {
        "true" | "1" | "1.0" => Ok(true),
        "false" | "0" | "0.0" => Ok(false),
        _ => Err(wrong(column, "true or false", value)),
    }
}

fn wrong(column: &str, wanted: &str, found: &Value) -> String {
    const SHOWN: usize = 60;
    let text = found.to_string();
    let shown: String = text.chars().take(SHOWN).collect();
    let more = if shown.len() < text.len() { "…" } else { "" };
    format!("column `{column}` should hold {wanted}, found {shown}{more}")
}

fn missing(cells: &Map<String, Value>, wanted: &str) -> String {
    let names: Vec<&str> = cells.keys().map(String::as_str).collect();
    format!("no column `{wanted}`; the row has: {}", names.join(", "))
}

fn unknown_kind(word: &str) -> String {
    let known = Kind::WORDS.map(|(name, _)| name);
    format!("unknown kind `{word}`; expected one of {}", known.join(", "))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(cells: &Value) -> Result<Pair, String> {
        Pair::of(cells.as_object().unwrap(), Kind::Answer)
    }

    fn text(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn a_row_may_say_little_or_much() {
        let little = Pair { golds: vec!["1".into()], pred: "2".into(), ..Pair::default() };
        assert_eq!(read(&json!({"gold": 1, "pred": 2})), Ok(little));
        let row = json!({
            "id": 7, "gold": ["a", 2.5], "pred": null, "kind": "reply_raw", "family": "f", "expected": 1,
            "policy": "True", "choices": ["x", 1], "note": "anything",
        });
        let much = Pair {
            id: text("7"),
            golds: vec!["a".into(), "2.5".into()],
            choices: vec!["x".into(), "1".into()],
            pred: String::new(),
            kind: Kind::Reply,
            family: text("f"),
            expected: Some(Expected::Equal(true)),
            policy: true,
        };
        assert_eq!(read(&row), Ok(much));
    }

    #[test]
    fn what_an_extraction_may_give_is_a_text_or_a_list_in_any_dress() {
        let check = |expected: Value, expect: &[&str]| {
            let row = json!({"pred": "The answer is A.", "kind": "extract", "expected": expected});
            let expect = expect.iter().map(|text| (*text).to_owned()).collect();
            assert_eq!(read(&row).unwrap().expected, Some(Expected::Texts(expect)), "{row}");
        };
        check(json!(["A", 5]), &["A", "5"]);
        check(json!("[\"A\", \"B, C\"]"), &["A", "B, C"]);
        check(json!("['a', 'A']"), &["a", "A"]);
        check(json!("[1, 2)"), &["[1, 2)"]);
        check(json!([]), &[]);
    }

    #[test]
    fn broken_rows_say_what_was_expected() {
        let check = |row: Value, expect: &str| assert_eq!(read(&row), Err(expect.to_owned()), "{row}");
        check(json!({"answer": 1, "pred": 2}), "no column `gold`; the row has: answer, pred");
        check(json!({"gold": 1, "prediction": 2}), "no column `pred`; the row has: gold, prediction");
        let gold = "column `gold` should hold a text, a number, or a list of them, found ";
        check(json!({"gold": null, "pred": 2}), &format!("{gold}null"));
        check(json!({"gold": [], "pred": 2}), &format!("{gold}[]"));
        check(json!({"gold": {"a": 1}, "pred": 2}), &format!("{gold}{{\"a\":1}}"));
        check(
            json!({"gold": 1, "pred": 2, "expected": "maybe"}),
            "column `expected` should hold true or false, found \"maybe\"",
        );
        check(
            json!({"gold": 1, "pred": 2, "kind": "anwser"}),
            "unknown kind `anwser`; expected one of answer, reply, reply_raw, extract",
        );
    }
}
