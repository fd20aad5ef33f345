//! The same problem in new clothes.
//!
//! A template draws values and computes its answer exactly ([`Expression`]).

pub mod expression;
pub mod number;

pub use expression::{Expression, ExpressionError, Value};
pub use number::Number;
