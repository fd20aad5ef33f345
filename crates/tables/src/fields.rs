//! Short names for the Arrow fields that row types are made of.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Fields};

/// Marks a column of labels.
const LABEL: &str = "thinkmeter.label";

pub(crate) fn text(name: &str) -> Field {
    Field::new(name, DataType::Utf8, false)
}

/// A short text that stands in many rows.
pub(crate) fn label(name: &str) -> Field {
    text(name).with_metadata([(LABEL.to_owned(), String::new())])
}

pub(crate) fn is_label(field: &Field) -> bool {
    field.metadata().contains_key(LABEL)
}

pub(crate) fn flag(name: &str) -> Field {
    Field::new(name, DataType::Boolean, false)
}

pub(crate) fn count(name: &str) -> Field {
    Field::new(name, DataType::UInt32, false)
}

pub(crate) fn total(name: &str) -> Field {
    Field::new(name, DataType::UInt64, false)
}

pub(crate) fn signed(name: &str) -> Field {
    Field::new(name, DataType::Int64, false)
}

pub(crate) fn real(name: &str) -> Field {
    Field::new(name, DataType::Float64, false)
}

pub(crate) fn maybe(field: Field) -> Field {
    field.with_nullable(true)
}

pub(crate) fn list(name: &str, of: Field) -> Field {
    Field::new(name, DataType::List(Arc::new(of.with_name("item"))), false)
}

pub(crate) fn record(name: &str, of: Vec<Field>) -> Field {
    Field::new(name, DataType::Struct(Fields::from(of)), false)
}
