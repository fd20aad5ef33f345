//! Traces and lists of them as HTML, the same in a report's file and from a server. Everything that a model, a file or a
//! server wrote is escaped.

mod article;
mod listing;

pub use article::{Neighbour, article};
pub use listing::{Filters, Listing, listing};

use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde::Serialize;

use crate::error::ReadingError;

/// The look of traces and lists, on top of that of our pages.
pub const STYLE: &str = include_str!("style.css");

/// Fills a template; a name that it does not know is an error, and everything is escaped.
fn fill<T: Serialize>(template: &'static str, data: T) -> Result<String, ReadingError> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    Ok(environment.render_str(template, Value::from(Serde(data)))?)
}

/// A whole number with commas between thousands.
fn whole(number: u32) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn maybe(number: Option<u32>) -> String {
    number.map_or_else(|| "–".to_owned(), whole)
}

fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "–".to_owned(), |share| format!("{:.1} %", 100.0 * share))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_easy_to_read() {
        let check = |number, expect: &str| assert_eq!(whole(number), expect);
        check(0, "0");
        check(999, "999");
        check(1_000, "1,000");
        check(12_345_678, "12,345,678");
        assert_eq!((maybe(None), percent(Some(0.5)).as_str()), ("–".to_owned(), "50.0 %"));
    }
}
