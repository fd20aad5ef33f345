//! Traces and lists of them as HTML, the same in a report's file and from a server. Everything that a model, a file or a
//! server wrote is escaped.

mod article;
mod listing;

pub use article::{Neighbour, article, short_article};
pub use listing::{COLUMNS, Filters, Listing, cells, listing};

use std::sync::LazyLock;

use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment, Output, State, UndefinedBehavior};
use serde::Serialize;

use crate::error::ReadingError;

/// The look of traces and lists, on top of that of our pages.
pub const STYLE: &str = include_str!("style.css");

static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_formatter(escaped);
    // A template that cannot be read is missing where it is asked for, and that is an error there.
    let _ = environment.add_template(article::NAME, article::TEMPLATE);
    let _ = environment.add_template(listing::NAME, listing::TEMPLATE);
    environment
});

/// Fills a template; a name that it does not know is an error, and everything is escaped.
fn fill<T: Serialize>(template: &'static str, data: T) -> Result<String, ReadingError> {
    Ok(ENVIRONMENT.get_template(template)?.render(Value::from(Serde(data)))?)
}

/// Escapes what ends a text or an attribute between double quotes, which are the only ones in our templates; escaping
/// slashes and apostrophes besides would make thinking a tenth longer.
///
/// # Errors
/// An output that takes no more.
pub fn escaped(
    out: &mut Output<'_>,
    state: &mut State<'_, '_>,
    value: &Value,
) -> Result<(), minijinja::Error> {
    let Some(text) = value.as_str().filter(|_| !value.is_safe()) else {
        return minijinja::escape_formatter(out, state, value);
    };
    let mut rest = text;
    // All four are ASCII, so that their bytes stand for nothing else.
    while let Some(at) = rest.bytes().position(|byte| matches!(byte, b'&' | b'<' | b'>' | b'"')) {
        let (before, found) = rest.split_at(at);
        let reference = match found.as_bytes().first() {
            Some(b'&') => "&amp;",
            Some(b'<') => "&lt;",
            Some(b'>') => "&gt;",
            _ => "&quot;",
        };
        out.write_str(before)?;
        out.write_str(reference)?;
        rest = &found[1..];
    }
    Ok(out.write_str(rest)?)
}

/// A whole number with commas between thousands.
pub fn whole(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn maybe(number: Option<u32>) -> String {
    number.map_or_else(|| "–".to_owned(), |number| whole(number.into()))
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
