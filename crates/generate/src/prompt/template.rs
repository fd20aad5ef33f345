//! A text with gaps that a problem fills.

use std::path::Path;

use minijinja::value::{Serde, Value};
use minijinja::{Environment, UndefinedBehavior, context};
use serde_json::Map;
use tables::Problem;

/// What a template may use.
const VARIABLES: [&str; 7] = ["choices", "dataset", "extra", "id", "letters", "problem", "subset"];
const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const NAME: &str = "prompt";

/// The text that is given, or the file's; `None` if neither is.
pub(crate) fn text(given: Option<&str>, file: Option<&Path>) -> Result<Option<String>, String> {
    let Some(file) = file else { return Ok(given.map(str::to_owned)) };
    let read = std::fs::read_to_string(file);
    read.map(Some).map_err(|error| format!("cannot read {}: {error}", file.display()))
}

/// A minijinja template, checked.
pub(crate) struct Template(Environment<'static>);

impl Template {
    /// Checks a template, so that a misspelt variable shows before anything runs. Columns of `extra` are not
    /// known before a problem is.
    pub(crate) fn new(text: String) -> Result<Self, String> {
        let mut templates = Environment::new();
        templates.set_undefined_behavior(UndefinedBehavior::Strict);
        templates.add_template_owned(NAME, text).map_err(|error| explain(&error))?;
        let template = Self(templates);
        match template.strangers().first() {
            Some(stranger) => Err(stranger.clone()),
            None => Ok(template),
        }
    }

    /// The text about a problem.
    pub(crate) fn render(&self, problem: &Problem) -> Result<String, String> {
        let letters: Vec<String> = LETTERS.chars().map(String::from).collect();
        let Problem { id, dataset, subset, problem, choices, extra, .. } = problem;
        let extra: Map<String, serde_json::Value> =
            extra.as_deref().and_then(|extra| serde_json::from_str(extra).ok()).unwrap_or_default();
        let extra = Value::from(Serde(&extra));
        let values = context! { id, dataset, subset, problem, choices, letters, extra };
        self.0.get_template(NAME).and_then(|prompt| prompt.render(values)).map_err(|error| explain(&error))
    }

    /// A complaint about each variable that is none of ours, in the order of the lines.
    fn strangers(&self) -> Vec<String> {
        let Ok(template) = self.0.get_template(NAME) else { return Vec::new() };
        let global = |name: &str| self.0.globals().any(|(known, _)| known == name);
        let names = template.undeclared_variables(false).into_iter();
        let strangers = names.filter(|name| !VARIABLES.contains(&name.as_str()) && !global(name));
        let mut placed: Vec<(usize, String)> =
            strangers.map(|name| (line_of(template.source(), &name), name)).collect();
        placed.sort();
        placed.into_iter().map(|(line, name)| unknown(line, &name)).collect()
    }
}

fn unknown(line: usize, name: &str) -> String {
    let near = plugin::nearest(name, VARIABLES);
    let hint = match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known: {}", VARIABLES.join(", ")),
    };
    format!("line {line}: there is no variable `{name}` ({hint})")
}

/// The line of the first tag that holds the word.
fn line_of(text: &str, name: &str) -> usize {
    let opened = text.match_indices('{').map(|(at, _)| at);
    let tags = opened.filter(|at| text[at + 1..].starts_with(['{', '%'])).map(|at| {
        let rest = &text[at..];
        (at, &rest[..rest.find(['}']).unwrap_or(rest.len())])
    });
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut holding = tags.filter(|(_, tag)| tag.split(|c| !is_word(c)).any(|word| word == name));
    let at = holding.next().map_or(0, |(at, tag)| at + tag.find(name).unwrap_or_default());
    text[..at].matches('\n').count() + 1
}

fn explain(error: &minijinja::Error) -> String {
    let what = match error.detail() {
        Some(detail) => format!("{}: {detail}", error.kind()),
        None => error.kind().to_string(),
    };
    match error.line() {
        Some(line) => format!("line {line}: {what}"),
        None => what,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prompt::DEFAULT;

    fn problem(choices: &[&str]) -> Problem {
        let choices = choices.iter().map(|&choice| choice.to_owned()).collect();
        let extra = Some(r#"{"level": 3, "source": {"year": 1999}}"#.to_owned());
        Problem { problem: "What is 2 + 3?".into(), choices, extra, ..Problem::default() }
    }

    fn rendered(template: &str, choices: &[&str]) -> String {
        let template = Template::new(template.into());
        template.and_then(|template| template.render(&problem(choices))).unwrap_or_else(|error| error)
    }

    #[test]
    fn the_default_asks_for_a_box_and_shows_options() {
        let check = |choices: &[&str], expect| assert_eq!(rendered(DEFAULT, choices), expect);
        check(&[], "What is 2 + 3?\n\nWork it out step by step. End with the final answer in \\boxed{}.");
        check(
            &["4", "5"],
            "What is 2 + 3?\n\n(A) 4\n(B) 5\n\n\
             Work it out step by step. End with the letter of the right option in \\boxed{}.",
        );
    }

    #[test]
    fn gaps_are_filled_and_markup_is_left_alone() {
        let check = |template, expect| assert_eq!(rendered(template, &[]), expect);
        check("<q>{{ problem }}</q>", "<q>What is 2 + 3?</q>");
        check("{{ extra.level }} of {{ extra.source.year }}", "3 of 1999");
        check("{% set n = choices | length %}{% for i in range(2) %}{{ i + n }}{% endfor %}", "01");
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        let check = |template, expect| assert_eq!(rendered(template, &[]), expect);
        check(
            "the problme:\n{{ problem }}\n{{ problme }}",
            "line 3: there is no variable `problme` (did you mean `problem`?)",
        );
        check(
            "{{ problem }}{% if choices %}\n{{ xyz }}{% endif %}",
            "line 2: there is no variable `xyz` (known: choices, dataset, extra, id, letters, problem, subset)",
        );
        check("a\n{{ extra.levle }}", "line 2: undefined value: `extra.levle` is undefined");
        check("a\n{% if %}", "line 2: syntax error: unexpected end of block");
    }
}
