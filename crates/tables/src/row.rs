//! What a row of a table is, and how one is declared.

use arrow::datatypes::{Field, FieldRef};
use arrow::record_batch::RecordBatch;
use serde::{Serialize, de::DeserializeOwned};

/// Rows that do not fit the columns, or columns that do not hold such rows.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct BatchError(#[from] serde_arrow::Error);

/// A row of one of our tables.
pub trait Row: Serialize + DeserializeOwned + Send + 'static {
    /// The name in the footer, singular.
    const NAME: &'static str;
    /// Raised whenever a column changes its name, type or meaning.
    const VERSION: u32;
    /// The columns; names and order are those of the struct.
    fn fields() -> Vec<Field>;

    /// These rows as a batch of Arrow, for whoever has no file.
    fn to_batch(rows: &[Self]) -> Result<RecordBatch, BatchError> {
        let fields: Vec<FieldRef> = Self::fields().into_iter().map(Into::into).collect();
        Ok(serde_arrow::to_record_batch(&fields, &rows)?)
    }

    /// The rows of a batch, which may have further columns.
    fn from_batch(batch: &RecordBatch) -> Result<Vec<Self>, BatchError> {
        Ok(serde_arrow::from_record_batch(batch)?)
    }
}

/// Declares a row and with it the columns of its table: each stands once, with its type and what it means. What is
/// null in the table is an `Option`, and a text that stands in many rows is a label. Without a table's name it declares
/// what stands within a column:
///
/// ```text
/// tables::row! { /// Where a step is. pub struct Step { /// First byte. start: u32 } }
/// tables::row! {
///     /// The steps of one generation.
///     pub struct Split is "split", version 1 {
///         /// The problem that was asked.
///         problem_id: String as label,
///         /// The steps.
///         steps: Vec<Step>,
///     }
/// }
/// ```
#[macro_export]
macro_rules! row {
    ($(#[$about:meta])* $vis:vis struct $name:ident is $table:literal, version $version:literal {
        $($(#[$doc:meta])* $column:ident: $kind:ty $(as $how:ident)?),* $(,)?
    }) => {
        $crate::row! { @declare $(#[$about])* $vis struct $name { $($(#[$doc])* $column: $kind,)* } }

        impl $crate::Row for $name {
            const NAME: &'static str = $table;
            const VERSION: u32 = $version;

            fn fields() -> Vec<$crate::Field> {
                vec![$($crate::row!(@column $column: $kind $(as $how)?)),*]
            }
        }
    };
    (@declare $(#[$about:meta])* $vis:vis struct $name:ident {
        $($(#[$doc:meta])* $column:ident: $kind:ty,)*
    }) => {
        #[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
        $(#[$about])*
        $vis struct $name { $($(#[$doc])* $vis $column: $kind,)* }
    };
    (@column $column:ident: $kind:ty) => { <$kind as $crate::Column>::column(stringify!($column)) };
    (@column $column:ident: $kind:ty as label) => { $crate::label::<$kind>(stringify!($column)) };
    ($(#[$about:meta])* $vis:vis struct $name:ident {
        $($(#[$doc:meta])* $column:ident: $kind:ty $(as $how:ident)?),* $(,)?
    }) => {
        $crate::row! { @declare $(#[$about])* $vis struct $name { $($(#[$doc])* $column: $kind,)* } }

        impl $crate::Column for $name {
            fn column(name: &str) -> $crate::Field {
                let fields = vec![$($crate::row!(@column $column: $kind $(as $how)?)),*];
                $crate::Field::new_struct(name, fields, false)
            }
        }
    };
}
