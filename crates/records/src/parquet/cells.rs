//! Values of Arrow columns as JSON: what JSON has no word for becomes the text that people write.

use std::fmt::Write;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    DurationMicrosecondType, DurationMillisecondType, DurationNanosecondType, DurationSecondType,
    Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, ArrowPrimitiveType, RecordBatch};
use arrow_schema::{DataType, FieldRef, TimeUnit};
use serde_json::{Map, Value};

use super::written::written;
use crate::{Mended, text};

/// The only member of the table that stands for bytes that are no text.
pub const BYTES: &str = "bytes that are no text";

/// Reads rows, and counts what is read.
#[derive(Default)]
pub(super) struct Cells {
    /// Bytes of text, and of a number for every value: there may be millions of nulls in a few bytes.
    pub(super) bytes: u64,
    pub(super) mended: Mended,
}

impl Cells {
    /// A row of decoded columns. A null column is still a column, for messages about missing ones.
    pub(super) fn row(&mut self, batch: &RecordBatch, row: usize) -> Result<Map<String, Value>, String> {
        let schema = batch.schema();
        let columns = schema.fields().iter().zip(batch.columns());
        let named = |(field, column): (&FieldRef, &ArrayRef)| match self.value(column, row) {
            Ok(value) => Ok((field.name().clone(), value)),
            Err(why) => Err(format!("column `{}`: {why}", field.name())),
        };
        columns.map(named).collect()
    }

    fn value(&mut self, column: &dyn Array, row: usize) -> Result<Value, String> {
        self.bytes += size_of::<f64>() as u64;
        if column.is_null(row) {
            return Ok(Value::Null);
        }
        Ok(match column.data_type() {
            DataType::Null => Value::Null,
            DataType::Boolean => column.as_boolean().value(row).into(),
            DataType::Utf8View => self.text(column.as_string_view().value(row)),
            DataType::Utf8 => self.text(column.as_string::<i32>().value(row)),
            DataType::LargeUtf8 => self.text(column.as_string::<i64>().value(row)),
            DataType::Binary => self.binary(column.as_binary::<i32>().value(row)),
            DataType::LargeBinary => self.binary(column.as_binary::<i64>().value(row)),
            DataType::Dictionary(_, _) => self.entry(column, row)?,
            DataType::BinaryView => self.binary(column.as_binary_view().value(row)),
            DataType::FixedSizeBinary(_) => self.binary(column.as_fixed_size_binary().value(row)),
            DataType::List(_) => self.list(&column.as_list::<i32>().value(row))?,
            DataType::LargeList(_) => self.list(&column.as_list::<i64>().value(row))?,
            DataType::FixedSizeList(_, _) => self.list(&column.as_fixed_size_list().value(row))?,
            DataType::Struct(_) => self.table(column, row)?,
            DataType::Map(_, _) => self.map(column, row)?,
            kind => match self.number(kind, column, row) {
                Some(number) => number,
                None => self.text(&written(column, row)?),
            },
        })
    }

    /// What stands in a dictionary for the row, as categories of data frames do.
    fn entry(&mut self, column: &dyn Array, row: usize) -> Result<Value, String> {
        let dictionary = column.as_any_dictionary();
        let keys = dictionary.keys();
        let key = self.number(keys.data_type(), keys, row).and_then(|key| key.as_u64());
        let key = key.and_then(|key| usize::try_from(key).ok());
        let key = key.filter(|key| *key < dictionary.values().len());
        self.value(dictionary.values(), key.ok_or("a dictionary without the entry that a row names")?)
    }

    fn text(&mut self, text: &str) -> Value {
        self.bytes += text.len() as u64;
        text.into()
    }

    /// Some writers do not mark text as text. Bytes that are none stay a table, so that nobody takes them for text.
    fn binary(&mut self, bytes: &[u8]) -> Value {
        if let Ok((text, halves)) = text::of_bytes(bytes) {
            self.mended.halves += halves;
            return self.text(&text);
        }
        let mut digits = String::with_capacity(2 * bytes.len());
        for byte in bytes {
            // Writing to a text cannot fail.
            let _ = write!(digits, "{byte:02x}");
        }
        Value::Object(Map::from_iter([(BYTES.to_owned(), self.text(&digits))]))
    }

    fn list(&mut self, items: &dyn Array) -> Result<Value, String> {
        (0..items.len()).map(|item| self.value(items, item)).collect()
    }

    fn table(&mut self, column: &dyn Array, row: usize) -> Result<Value, String> {
        let table = column.as_struct();
        let members = table.fields().iter().zip(table.columns());
        let members = members.map(|(field, member)| Ok((field.name().clone(), self.value(member, row)?)));
        Ok(Value::Object(members.collect::<Result<_, String>>()?))
    }

    /// A table where the keys are texts and each stands once, as JSON has it; else a list of pairs.
    fn map(&mut self, column: &dyn Array, row: usize) -> Result<Value, String> {
        let entries = column.as_map().value(row);
        let (keys, values) = (self.list(entries.column(0))?, self.list(entries.column(1))?);
        let (Value::Array(keys), Value::Array(values)) = (keys, values) else { return Ok(Value::Null) };
        let mut table = Map::new();
        for (key, value) in keys.iter().zip(&values) {
            let named = key.as_str().map(|key| table.insert(key.to_owned(), value.clone()));
            if !matches!(named, Some(None)) {
                let pairs = keys.into_iter().zip(values);
                return Ok(pairs
                    .map(|(key, value)| serde_json::json!({"key": key, "value": value}))
                    .collect());
            }
        }
        Ok(Value::Object(table))
    }

    /// A number; one that is none says nothing.
    fn number(&mut self, kind: &DataType, column: &dyn Array, row: usize) -> Option<Value> {
        let float = match kind {
            DataType::Int8 => return whole::<Int8Type>(column, row),
            DataType::Int16 => return whole::<Int16Type>(column, row),
            DataType::Int32 => return whole::<Int32Type>(column, row),
            DataType::Int64 => return whole::<Int64Type>(column, row),
            DataType::UInt8 => return whole::<UInt8Type>(column, row),
            DataType::UInt16 => return whole::<UInt16Type>(column, row),
            DataType::UInt32 => return whole::<UInt32Type>(column, row),
            DataType::UInt64 => return whole::<UInt64Type>(column, row),
            // As Parquet has them: a number of their unit.
            DataType::Duration(TimeUnit::Second) => return whole::<DurationSecondType>(column, row),
            DataType::Duration(TimeUnit::Millisecond) => {
                return whole::<DurationMillisecondType>(column, row);
            }
            DataType::Duration(TimeUnit::Microsecond) => {
                return whole::<DurationMicrosecondType>(column, row);
            }
            DataType::Duration(TimeUnit::Nanosecond) => return whole::<DurationNanosecondType>(column, row),
            DataType::Float16 => short(column.as_primitive::<Float16Type>().value(row).to_f32()),
            DataType::Float32 => short(column.as_primitive::<Float32Type>().value(row)),
            DataType::Float64 => column.as_primitive::<Float64Type>().value(row),
            _ => return None,
        };
        self.mended.words += u64::from(!float.is_finite());
        Some(serde_json::Number::from_f64(float).map_or(Value::Null, Value::Number))
    }
}

fn whole<T: ArrowPrimitiveType>(column: &dyn Array, row: usize) -> Option<Value>
where
    Value: From<T::Native>,
{
    Some(column.as_primitive::<T>().value(row).into())
}

/// The digits of a short float and no more: 0.1 stays 0.1.
fn short(float: f32) -> f64 {
    float.to_string().parse().unwrap_or_else(|_| f64::from(float))
}
