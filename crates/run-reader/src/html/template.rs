//! Templates of ours, filled so that everything that a model, a file or a server wrote is escaped.

use std::fmt;
use std::sync::LazyLock;

use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment, Output, State, UndefinedBehavior};
use serde::Serialize;

use crate::error::RunReaderError;

pub(super) const ARTICLE: &str = "article.html";
pub(super) const LISTING: &str = "listing.html";

static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_formatter(escaped);
    // A template that cannot be read is missing where it is asked for, and that is an error there.
    let _ = environment.add_template(ARTICLE, include_str!("article.html"));
    let _ = environment.add_template(LISTING, include_str!("listing.html"));
    environment
});

/// Fills a template; a name that it does not know is an error, and everything is escaped.
pub(super) fn fill<T: Serialize>(template: &'static str, data: T) -> Result<String, RunReaderError> {
    Ok(ENVIRONMENT.get_template(template)?.render(Value::from(Serde(data)))?)
}

/// A formatter of templates that escapes what needs it.
///
/// # Errors
/// An output that takes no more.
pub fn escaped(
    out: &mut Output<'_>,
    state: &mut State<'_, '_>,
    value: &Value,
) -> Result<(), minijinja::Error> {
    match value.as_str().filter(|_| !value.is_safe()) {
        Some(text) => Ok(write!(out, "{}", Escaped(text))?),
        None => minijinja::escape_formatter(out, state, value),
    }
}

/// A text with what ends a text or an attribute between double quotes escaped, which are the only ones in our templates;
/// escaping slashes and apostrophes besides would make thinking a tenth longer.
pub struct Escaped<'a>(pub &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        // All four are ASCII, so that their bytes stand for nothing else.
        while let Some(at) = rest.bytes().position(|byte| matches!(byte, b'&' | b'<' | b'>' | b'"')) {
            let (before, found) = rest.split_at(at);
            out.write_str(before)?;
            out.write_str(match found.as_bytes().first() {
                Some(b'&') => "&amp;",
                Some(b'<') => "&lt;",
                Some(b'>') => "&gt;",
                _ => "&quot;",
            })?;
            rest = &found[1..];
        }
        out.write_str(rest)
    }
}
