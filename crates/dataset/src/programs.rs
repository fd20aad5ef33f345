//! The tests of a problem that is answered by a program, out of the columns that hold them.

mod errata;
mod outputs;
mod pickle;
mod private;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tables::Test;

pub(crate) use outputs::replies_of;

use crate::DatasetError;
use crate::path::lookup;
use records::Row;

/// Which columns hold the tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TestColumns {
    /// `tests`: a list of `input` and `output`, or that list as text; `public = false` in those that are not to be shown. A
    /// column `function` names the function whose arguments and value they are, one JSON value a line.
    Tests,
    /// `public_test_cases`, `private_test_cases` and `metadata` with `func_name`, as LiveCodeBench has them. A pickle among
    /// them is read without being run.
    Livecodebench,
}

impl TestColumns {
    /// The columns: nothing of them goes anywhere else.
    pub(crate) fn names(self) -> &'static [&'static str] {
        match self {
            Self::Tests => &["tests", "function"],
            Self::Livecodebench => &["public_test_cases", "private_test_cases", "metadata"],
        }
    }

    /// Why the row's problem is graded unfairly, where its makers know it.
    pub(crate) fn flaw(self, row: &Row, problem_id: &str) -> Option<&'static str> {
        let title = text_at(row, "question_title");
        (self == Self::Livecodebench).then(|| errata::known(problem_id, title.as_deref()))?
    }

    /// The tests of a row: at least one.
    pub(crate) fn read(self, row: &Row, problem_id: &str) -> Result<Vec<Test>, DatasetError> {
        let mut tests = match self {
            Self::Tests => own(row)?,
            Self::Livecodebench => livecodebench(row)?,
        };
        if tests.is_empty() {
            let reason = "holds no test, and without any no program is right";
            return Err(DatasetError::value(&row.origin, self.names()[0], reason));
        }
        for (index, test) in (0..).zip(&mut tests) {
            problem_id.clone_into(&mut test.problem_id);
            test.index = index;
        }
        Ok(tests)
    }
}

fn own(row: &Row) -> Result<Vec<Test>, DatasetError> {
    let function = text_at(row, "function").filter(|name| !name.is_empty());
    let listed = listed(row, "tests", text_or_list(row, "tests")?)?;
    tests_of(row, "tests", &listed, function.as_deref(), true)
}

fn livecodebench(row: &Row) -> Result<Vec<Test>, DatasetError> {
    let metadata = text_at(row, "metadata").and_then(|text| serde_json::from_str::<Value>(&text).ok());
    let metadata = metadata.or_else(|| lookup(&row.cells, "metadata").map(|value| value.into_owned()));
    let function = metadata.as_ref().and_then(|table| table.get("func_name")?.as_str());
    let public = listed(row, "public_test_cases", text_or_list(row, "public_test_cases")?)?;
    let mut tests = tests_of(row, "public_test_cases", &public, function, true)?;
    let column = "private_test_cases";
    let private = match text_at(row, column).filter(|text| !text.trim().is_empty()) {
        Some(text) => listed(row, column, Value::String(unpacked(row, column, &text)?))?,
        None => listed(row, column, text_or_list(row, column)?)?,
    };
    tests.extend(tests_of(row, column, &private, function, false)?);
    Ok(tests)
}

fn unpacked(row: &Row, column: &str, text: &str) -> Result<String, DatasetError> {
    private::read(text).map_err(|reason| DatasetError::value(&row.origin, column, reason))
}

fn text_at(row: &Row, column: &str) -> Option<String> {
    lookup(&row.cells, column)?.as_str().map(str::to_owned)
}

/// Null where there is no such column.
fn text_or_list(row: &Row, column: &str) -> Result<Value, DatasetError> {
    match lookup(&row.cells, column).map(std::borrow::Cow::into_owned).unwrap_or_default() {
        found @ (Value::Null | Value::String(_) | Value::Array(_)) => Ok(found),
        other => Err(DatasetError::value(
            &row.origin,
            column,
            format!("should hold a list of tests, found {other}"),
        )),
    }
}

/// A list, be it as text.
fn listed(row: &Row, column: &str, found: Value) -> Result<Vec<Value>, DatasetError> {
    let fault = |reason: String| DatasetError::value(&row.origin, column, reason);
    match found {
        Value::Array(tests) => Ok(tests),
        Value::String(text) if !text.trim().is_empty() => {
            let said = serde_json::from_str::<Value>(&text)
                .map_err(|error| fault(format!("is no JSON: {error}")))?;
            let Value::Array(tests) = said else {
                return Err(fault("is JSON, but no list of tests".to_owned()));
            };
            Ok(tests)
        }
        _ => Ok(Vec::new()),
    }
}

fn tests_of(
    row: &Row,
    column: &str,
    listed: &[Value],
    function: Option<&str>,
    public: bool,
) -> Result<Vec<Test>, DatasetError> {
    let test = |value: &Value| {
        let found = value.as_object().map(|cells| test_of(cells, function, public));
        let fault = |reason: String| DatasetError::value(&row.origin, column, reason);
        found.ok_or_else(|| fault(format!("holds a test that is no table: {value}")))?.map_err(fault)
    };
    listed.iter().map(test).collect()
}

fn test_of(cells: &Map<String, Value>, function: Option<&str>, public: bool) -> Result<Test, String> {
    let text = |name: &str| match cells.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(other) if function.is_some() => Ok(Some(other.to_string())),
        Some(other) => Err(format!("holds a test whose `{name}` is no text: {other}")),
    };
    let kind = cells.get("testtype").and_then(Value::as_str);
    let function = match (kind, function) {
        (Some("functional"), None) => {
            return Err("holds a test of a function, and no `func_name` names it".to_owned());
        }
        (Some("stdin"), _) => None,
        (_, function) => function.map(str::to_owned),
    };
    let input = text("input")?.ok_or("holds a test without `input`")?;
    let output = text("output")?;
    if function.is_some() {
        let values = input.lines().filter(|line| !line.trim().is_empty()).chain(output.as_deref());
        for value in values {
            serde_json::from_str::<serde::de::IgnoredAny>(value)
                .map_err(|error| format!("holds a test of a function with what is no JSON value: {error}"))?;
        }
    }
    let public = cells.get("public").and_then(Value::as_bool).unwrap_or(public);
    Ok(Test { input, output, public, function, ..Test::default() })
}
