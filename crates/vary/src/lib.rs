//! The same problem in new clothes.
//!
//! A [`Template`] has gaps, what may stand in them, and an answer that is computed exactly ([`Expression`]); its instances are
//! drawn from a stream of their own each ([`Draws`]). A [`Variation`] changes any problem, or declines with its reason.

mod chain;
mod draws;
pub mod expression;
mod facts;
mod figures;
mod kinds;
mod lists;
pub mod number;
mod template;
mod words;

pub use draws::Draws;
pub use expression::{Expression, ExpressionError};
pub use kinds::{Declined, VARIATIONS, Variation};
pub use lists::{Lists, Member, Names};
pub use number::Number;
pub use template::{
    DrawSettings, Filling, Instance, Magnitude, Template, TemplateError, Varied, apple, is_apple, native,
    native_file, native_templates,
};

/// Templates of our own, in our own form.
pub static TEMPLATES: &str = include_str!("../../../data/templates.toml");

/// The numbers of a text, in figures and in words.
pub fn numbers_in(text: &str) -> Vec<f64> {
    figures::figures(text).iter().map(|figure| number::approximate(&figure.value)).collect()
}
