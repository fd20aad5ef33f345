//! Dates, times and decimals, which JSON has no type for, as people write them.

use arrow_array::Array;
use arrow_array::cast::AsArray;
use arrow_array::temporal_conversions::{as_datetime, as_time};
use arrow_array::types::{
    ArrowTemporalType, ArrowTimestampType, Date32Type, Date64Type, Decimal128Type, Decimal256Type,
    DecimalType, Time32MillisecondType, Time32SecondType, Time64MicrosecondType, Time64NanosecondType,
    TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType,
};
use arrow_schema::{DataType, TimeUnit};

/// A value of one of the types that Parquet alone can say: times in ISO 8601, decimals with all their digits.
///
/// # Errors
/// A date outside the calendar, and types that no column of a dataset has (intervals).
pub(super) fn written(column: &dyn Array, row: usize) -> Result<String, String> {
    let written = match column.data_type() {
        DataType::Date32 => {
            let days = column.as_primitive::<Date32Type>().value(row);
            as_datetime::<Date32Type>(days.into()).map(|time| time.date().to_string())
        }
        // Parquet has none of these; tables in memory do.
        DataType::Date64 => {
            let millis = column.as_primitive::<Date64Type>().value(row);
            as_datetime::<Date64Type>(millis).map(|time| time.date().to_string())
        }
        DataType::Time32(TimeUnit::Second) => clock::<Time32SecondType>(column, row),
        DataType::Timestamp(TimeUnit::Second, zone) => {
            moment::<TimestampSecondType>(column, row, zone.is_some())
        }
        DataType::Time32(TimeUnit::Millisecond) => clock::<Time32MillisecondType>(column, row),
        DataType::Time64(TimeUnit::Microsecond) => clock::<Time64MicrosecondType>(column, row),
        DataType::Time64(TimeUnit::Nanosecond) => clock::<Time64NanosecondType>(column, row),
        DataType::Timestamp(TimeUnit::Millisecond, zone) => {
            moment::<TimestampMillisecondType>(column, row, zone.is_some())
        }
        DataType::Timestamp(TimeUnit::Microsecond, zone) => {
            moment::<TimestampMicrosecondType>(column, row, zone.is_some())
        }
        DataType::Timestamp(TimeUnit::Nanosecond, zone) => {
            moment::<TimestampNanosecondType>(column, row, zone.is_some())
        }
        DataType::Decimal128(digits, scale) => {
            let value = column.as_primitive::<Decimal128Type>().value(row);
            Some(Decimal128Type::format_decimal(value, *digits, *scale))
        }
        DataType::Decimal256(digits, scale) => {
            let value = column.as_primitive::<Decimal256Type>().value(row);
            Some(Decimal256Type::format_decimal(value, *digits, *scale))
        }
        kind => return Err(format!("a column of type {kind} cannot be read")),
    };
    written.ok_or_else(|| format!("a value of type {} lies outside the calendar", column.data_type()))
}

/// A time of day.
fn clock<T: ArrowTemporalType>(column: &dyn Array, row: usize) -> Option<String>
where
    i64: From<T::Native>,
{
    as_time::<T>(column.as_primitive::<T>().value(row).into()).map(|time| format!("{time:?}"))
}

/// A date with its time of day; with a zone it is counted in UTC.
fn moment<T: ArrowTimestampType>(column: &dyn Array, row: usize, zoned: bool) -> Option<String> {
    let time = as_datetime::<T>(column.as_primitive::<T>().value(row))?;
    Some(format!("{time:?}{}", if zoned { "Z" } else { "" }))
}
