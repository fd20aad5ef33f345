//! Components named on the command line instead of in a pipeline file.

use pipeline::{Document, Override, PipelineError};
use plugin::{ConfigErrors, Value};
use serde_json::json;

use crate::exit::Result;

/// The table that `--splitter KIND --set key=value …` stands for.
pub(crate) fn table(kind: Option<&str>, keys: &[(&str, Option<Value>)], set: &[String]) -> Result<Value> {
    let mut value = json!({});
    if let (Some(kind), Some(table)) = (kind, value.as_object_mut()) {
        table.insert("kind".to_owned(), Value::from(kind));
    }
    let mut overrides: Vec<Override> = Vec::new();
    for (key, given) in keys {
        overrides.extend(given.clone().map(|given| Override::new(key, given)));
    }
    for text in set {
        overrides.push(Override::parse(text)?);
    }
    let mut document = Document { origin: "the command line".to_owned(), name: String::new(), value };
    document.apply(&overrides, |_, _| None)?;
    Ok(document.value)
}

/// What is wrong in a table that came from the command line.
pub(crate) fn invalid(faults: ConfigErrors) -> PipelineError {
    PipelineError::Invalid { origin: "the command line".to_owned(), faults }
}
