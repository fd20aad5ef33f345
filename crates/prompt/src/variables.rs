//! What is wrong with a template, and in which line.

use minijinja::{Environment, Template};
use plugin::ConfigError;

/// Line and name of each variable that is none of `known`, in the order of the lines.
pub(crate) fn strangers(
    template: &Template<'_, '_>,
    environment: &Environment<'_>,
    known: &[&str],
) -> Vec<(usize, String)> {
    let global = |name: &str| environment.globals().any(|(known, _)| known == name);
    let names = template.undeclared_variables(false).into_iter();
    let strangers = names.filter(|name| !known.contains(&name.as_str()) && !global(name));
    let mut placed: Vec<(usize, String)> =
        strangers.map(|name| (line_of(template.source(), &name), name)).collect();
    placed.sort();
    placed
}

pub(crate) fn unknown(key: &str, line: usize, name: &str, known: &[&str]) -> ConfigError {
    let message = format!("line {line}: there is no variable `{name}`");
    ConfigError { message, ..ConfigError::unknown(key, "variable", name, known) }
}

/// The line of the first tag that holds the word.
fn line_of(text: &str, name: &str) -> usize {
    let opened = text.match_indices('{').map(|(at, _)| at);
    let tags = opened.filter(|at| text[at + 1..].starts_with(['{', '%'])).map(|at| {
        let rest = &text[at..];
        (at, &rest[..rest.find('}').unwrap_or(rest.len())])
    });
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut holding = tags.filter(|(_, tag)| tag.split(|c| !is_word(c)).any(|word| word == name));
    let at = holding.next().map_or(0, |(at, tag)| at + tag.find(name).unwrap_or(0));
    text[..at].matches('\n').count() + 1
}

pub(crate) fn explain(error: &minijinja::Error) -> String {
    let what = match error.detail() {
        Some(detail) => format!("{}: {detail}", error.kind()),
        None => error.kind().to_string(),
    };
    match error.line() {
        Some(line) => format!("line {line}: {what}"),
        None => what,
    }
}
