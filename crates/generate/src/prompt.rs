//! The question to the model, as a template.

use std::path::Path;

use minijinja::{Environment, UndefinedBehavior, context};
use tables::Problem;

/// The question that is asked unless the configuration has another one.
pub(crate) const DEFAULT: &str = include_str!("../prompts/final_answer_in_box.txt");
const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// The text of the template: the one that is given, the file's, or the default.
pub(crate) fn text(given: Option<&str>, file: Option<&Path>) -> Result<String, String> {
    match (given, file) {
        (Some(text), _) => Ok(text.to_owned()),
        (None, Some(file)) => {
            std::fs::read_to_string(file).map_err(|error| format!("cannot read {}: {error}", file.display()))
        }
        (None, None) => Ok(DEFAULT.to_owned()),
    }
}

/// A template, checked.
pub(crate) struct Prompt(Environment<'static>);

impl Prompt {
    /// Checks a template and tries it out on examples, so that a misspelt variable shows before anything
    /// runs.
    pub(crate) fn new(text: String) -> Result<Self, String> {
        let mut templates = Environment::new();
        templates.set_undefined_behavior(UndefinedBehavior::Strict);
        templates.add_template_owned("prompt", text).map_err(explain)?;
        let prompt = Self(templates);
        for choices in [vec![], vec!["4".to_owned(), "5".to_owned()]] {
            prompt.render(&Problem { problem: "2 + 3?".into(), choices, ..Problem::default() })?;
        }
        Ok(prompt)
    }

    /// The question about a problem.
    pub(crate) fn render(&self, problem: &Problem) -> Result<String, String> {
        let letters: Vec<String> = LETTERS.chars().map(String::from).collect();
        let Problem { id, subset, problem, choices, .. } = problem;
        let values = context! { id, subset, problem, choices, letters };
        self.0.get_template("prompt").and_then(|prompt| prompt.render(values)).map_err(explain)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
fn explain(error: minijinja::Error) -> String {
    format!("the prompt cannot be rendered: {error}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(template: &str, choices: &[&str], expect: &str) {
        let choices = choices.iter().map(|&choice| choice.to_owned()).collect();
        let problem = Problem { problem: "What is 2 + 3?".into(), choices, ..Problem::default() };
        assert_eq!(Prompt::new(template.into()).unwrap().render(&problem).unwrap(), expect);
    }

    #[test]
    fn the_default_asks_for_a_box_and_shows_options() {
        check(
            DEFAULT,
            &[],
            "What is 2 + 3?\n\nWork it out step by step. End with the final answer in \\boxed{}.",
        );
        check(
            DEFAULT,
            &["4", "5"],
            "What is 2 + 3?\n\n(A) 4\n(B) 5\n\n\
             Work it out step by step. End with the letter of the right option in \\boxed{}.",
        );
    }

    #[test]
    fn markup_in_a_problem_is_left_alone_and_a_misspelt_variable_is_refused() {
        check("<q>{{ problem }}</q>", &[], "<q>What is 2 + 3?</q>");
        let fault = Prompt::new("{{ problem }}\n{{ problme }}".into()).err().unwrap();
        assert_eq!(fault, "the prompt cannot be rendered: undefined value (in prompt:2)");
    }
}
