//! Rows that hold some columns of a table; the reader decodes no others.

use arrow_schema::Field;

use crate::Row;

/// Declares a row of some columns of another one. Its fields are the columns, so nobody keeps a list of names beside them:
///
/// `tables::part! { /// How long a thinking is. struct Length of Split { sample: u32, tokens: u32 } }`
#[macro_export]
macro_rules! part {
    ($(#[$about:meta])* $vis:vis struct $name:ident of $whole:ident { $($column:ident: $kind:ty),* $(,)? }) => {
        $(#[$about])*
        #[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
        $vis struct $name { $($vis $column: $kind,)* }

        impl $crate::Row for $name {
            const NAME: &'static str = <$whole as $crate::Row>::NAME;
            const VERSION: u32 = <$whole as $crate::Row>::VERSION;
            const OLDEST: u32 = <$whole as $crate::Row>::OLDEST;

            fn fields() -> Vec<$crate::Field> {
                $crate::columns_of::<$whole>(&[$(stringify!($column)),*])
            }

            $crate::coded!();
        }
    };
}

/// The columns of a row with these names, in the row's order; what [`part!`] declares.
pub fn columns_of<R: Row>(names: &[&str]) -> Vec<Field> {
    R::fields().into_iter().filter(|field| names.contains(&field.name().as_str())).collect()
}
