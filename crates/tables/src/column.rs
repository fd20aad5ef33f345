//! What a column of a table can hold, and the Arrow field that it becomes.

use std::sync::Arc;

use arrow_schema::{DataType, Field};

/// Marks a column of labels.
const LABEL: &str = "thinkmeter.label";

/// A type that a column can hold.
pub trait Column {
    /// The column of this name.
    fn column(name: &str) -> Field;
}

macro_rules! plain {
    ($($kind:ty => $arrow:ident),* $(,)?) => {$(
        impl Column for $kind {
            fn column(name: &str) -> Field {
                Field::new(name, DataType::$arrow, false)
            }
        }
    )*};
}

plain! { bool => Boolean, u32 => UInt32, u64 => UInt64, i64 => Int64, f64 => Float64, String => Utf8 }

impl<T: Column> Column for Option<T> {
    fn column(name: &str) -> Field {
        T::column(name).with_nullable(true)
    }
}

impl<T: Column> Column for Vec<T> {
    fn column(name: &str) -> Field {
        Field::new(name, DataType::List(Arc::new(T::column("item"))), false)
    }
}

/// A column of short texts that stand in many rows, such as a model's name.
pub fn label<T: Column>(name: &str) -> Field {
    T::column(name).with_metadata([(LABEL.to_owned(), String::new())])
}

pub(crate) fn is_label(field: &Field) -> bool {
    field.metadata().contains_key(LABEL)
}
