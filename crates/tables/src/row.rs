//! What a row of a table is, and how one is declared.

use arrow_array::RecordBatch;
use arrow_schema::{Field, FieldRef};
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
    /// The oldest version that is read, too: columns that came since are nullable, and null there.
    const OLDEST: u32 = Self::VERSION;
    /// The columns; names and order are those of the struct.
    fn fields() -> Vec<Field>;

    /// These rows as a batch of Arrow, for whoever has no file.
    fn to_batch(rows: &[Self]) -> Result<RecordBatch, BatchError>;

    /// The rows of a batch, which may have further columns.
    fn from_batch(batch: &RecordBatch) -> Result<Vec<Self>, BatchError>;
}

/// Rows as a batch of these columns; what [`coded!`](crate::coded) writes out for each row type.
pub fn encode<R: Serialize>(fields: Vec<Field>, rows: &[R]) -> Result<RecordBatch, BatchError> {
    let fields: Vec<FieldRef> = fields.into_iter().map(Into::into).collect();
    Ok(serde_arrow::to_record_batch(&fields, &rows)?)
}

/// The rows of a batch; what [`coded!`](crate::coded) writes out for each row type.
pub fn decode<R: DeserializeOwned>(batch: &RecordBatch) -> Result<Vec<R>, BatchError> {
    Ok(serde_arrow::from_record_batch(batch)?)
}

/// The two ways between rows and batches, in the crate that declares the row: as methods that a trait provides, each crate
/// that touches a table would compile them anew, which took a fifth of the build of such a crate.
#[macro_export]
macro_rules! coded {
    () => {
        fn to_batch(rows: &[Self]) -> Result<$crate::RecordBatch, $crate::BatchError> {
            $crate::encode(<Self as $crate::Row>::fields(), rows)
        }

        fn from_batch(batch: &$crate::RecordBatch) -> Result<Vec<Self>, $crate::BatchError> {
            $crate::decode(batch)
        }
    };
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
    ($(#[$about:meta])* $vis:vis struct $name:ident is $table:literal, version $version:literal $(since $oldest:literal)? {
        $($(#[$doc:meta])* $column:ident: $kind:ty $(as $how:ident)?),* $(,)?
    }) => {
        $crate::row! { @declare $(#[$about])* $vis struct $name { $($(#[$doc])* $column: $kind,)* } }

        impl $crate::Row for $name {
            const NAME: &'static str = $table;
            const VERSION: u32 = $version;
            $(const OLDEST: u32 = $oldest;)?

            fn fields() -> Vec<$crate::Field> {
                vec![$($crate::row!(@column $column: $kind $(as $how)?)),*]
            }

            $crate::coded!();
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
