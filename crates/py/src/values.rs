//! Python's own values as JSON has them, without a detour through text: a float keeps its last bit.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyFloat, PyInt, PyList, PyMapping, PyString, PyTuple};
use serde_json::{Map, Number, Value};

/// Deeper than any row of data, and not as deep as the stack.
const DEEPEST: usize = 64;

/// A row: a dict, or what is like one.
pub(crate) fn row(object: &Bound<'_, PyAny>) -> PyResult<Map<String, Value>> {
    table(object.cast::<PyMapping>()?, 0)
}

fn table(mapping: &Bound<'_, PyMapping>, depth: usize) -> PyResult<Map<String, Value>> {
    let pair = |pair: Bound<'_, PyAny>| {
        let (key, item): (Bound<'_, PyAny>, Bound<'_, PyAny>) = pair.extract()?;
        Ok((key.str()?.to_string(), value(&item, depth + 1)?))
    };
    mapping.items()?.iter().map(pair).collect()
}

fn value(object: &Bound<'_, PyAny>, depth: usize) -> PyResult<Value> {
    if depth > DEEPEST {
        return Err(PyTypeError::new_err(format!("nested deeper than {DEEPEST} levels")));
    }
    if object.is_none() {
        return Ok(Value::Null);
    }
    if let Ok(text) = object.cast::<PyString>() {
        return Ok(text.to_cow()?.into_owned().into());
    }
    if let Ok(flag) = object.cast::<PyBool>() {
        return Ok(flag.is_true().into());
    }
    if object.is_instance_of::<PyInt>() {
        return whole(object);
    }
    if let Ok(number) = object.cast::<PyFloat>() {
        // One that is none says nothing.
        return Ok(Number::from_f64(number.value()).map_or(Value::Null, Value::Number));
    }
    nested(object, depth)
}

/// A whole number; one beyond what readers of JSON hold is the text of its digits, as in a file.
fn whole(object: &Bound<'_, PyAny>) -> PyResult<Value> {
    match (object.extract::<i64>(), object.extract::<u64>()) {
        (Ok(number), _) => Ok(number.into()),
        (_, Ok(number)) => Ok(number.into()),
        _ => Ok(object.str()?.to_string().into()),
    }
}

fn nested(object: &Bound<'_, PyAny>, depth: usize) -> PyResult<Value> {
    if let Ok(mapping) = object.cast::<PyMapping>() {
        return table(mapping, depth).map(Value::Object);
    }
    if object.is_instance_of::<PyList>() || object.is_instance_of::<PyTuple>() {
        return object.try_iter()?.map(|item| value(&item?, depth + 1)).collect();
    }
    // Numbers and arrays of numpy; dates and times.
    for method in ["tolist", "isoformat"] {
        if object.hasattr(method)? {
            return value(&object.call_method0(method)?, depth + 1);
        }
    }
    Err(PyTypeError::new_err(format!("a value of type `{}` cannot be read", object.get_type().name()?)))
}
