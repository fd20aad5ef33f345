//! A text with gaps.

use minijinja::{Environment, UndefinedBehavior, Value, context};
use plugin::{ConfigError, Content};
use tables::Problem;

use crate::Text;
use crate::variables::{explain, strangers, unknown};

const NAME: &str = "prompt";
const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// What every prompt about a problem may show: `problem`, `choices` unless the question lists them itself, and `letters`
/// to name the choices by.
pub fn about(problem: &Problem) -> Value {
    self::problem(&problem.problem, &problem.choices)
}

/// The same of a problem's text and choices.
pub fn problem(problem: &str, choices: &[String]) -> Value {
    let letters: Vec<String> = LETTERS.chars().map(String::from).collect();
    let listed = answer::stem(problem, choices).len() < problem.len();
    let choices = if listed { vec![] } else { choices.to_vec() };
    context! { problem, choices, letters }
}

/// A minijinja template that was compiled, and whose text is part of what the component depends on.
pub struct Prompt {
    /// The key that its text came by.
    key: String,
    templates: Environment<'static>,
}

impl Prompt {
    /// Compiles a text, and notes it under `name`.
    pub fn new(name: &str, text: Text, content: &mut Content) -> Result<Self, ConfigError> {
        let Text { key, text } = text;
        content.note(name, &text);
        let mut templates = Environment::new();
        templates.set_undefined_behavior(UndefinedBehavior::Strict);
        // Or errors name the variable in debug builds alone.
        templates.set_debug(true);
        match templates.add_template_owned(NAME, text) {
            Ok(()) => Ok(Self { key, templates }),
            Err(error) => Err(ConfigError::new(key, explain(&error))),
        }
    }

    /// Refuses variables that are none of these, so that a misspelt one shows before anything runs.
    pub fn check(&self, known: &[&str]) -> Result<(), ConfigError> {
        let template = self.templates.get_template(NAME).map_err(|error| self.fault(&error))?;
        match strangers(&template, &self.templates, known).first() {
            Some((line, name)) => Err(unknown(&self.key, *line, name, known)),
            None => Ok(()),
        }
    }

    /// Refuses what cannot be shown of an example; it holds every variable that there is.
    pub fn try_out(&self, example: &Value) -> Result<(), ConfigError> {
        let names: Vec<String> =
            example.try_iter().into_iter().flatten().map(|name| name.to_string()).collect();
        let mut known: Vec<&str> = names.iter().map(String::as_str).collect();
        known.sort_unstable();
        self.check(&known)?;
        self.fill(example).map(drop).map_err(|error| self.fault(&error))
    }

    /// The text with its gaps filled, or why that is impossible.
    pub fn render(&self, values: &Value) -> Result<String, String> {
        self.fill(values).map_err(|error| format!("`{}`, {}", self.key, explain(&error)))
    }

    fn fill(&self, values: &Value) -> Result<String, minijinja::Error> {
        self.templates.get_template(NAME)?.render(values)
    }

    fn fault(&self, error: &minijinja::Error) -> ConfigError {
        ConfigError::new(&self.key, explain(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prompt(text: &str) -> Result<Prompt, ConfigError> {
        Prompt::new("question.txt", Text::built_in("prompt_file", text), &mut Content::default())
    }

    #[test]
    fn options_that_the_question_lists_are_not_listed_again() {
        let check = |text: &str, expect: &str| {
            let choices = vec!["four".into(), "five".into()];
            let problem = Problem { problem: text.into(), choices, ..Problem::default() };
            let template = "{{ problem }}{% for choice in choices %} [{{ choice }}]{% endfor %}";
            assert_eq!(prompt(template).unwrap().render(&about(&problem)).unwrap(), expect);
        };
        check("How many?", "How many? [four] [five]");
        check("How many?\nA) four\nB) five", "How many?\nA) four\nB) five");
    }

    #[test]
    fn gaps_are_filled_and_markup_is_left_alone() {
        let check = |template: &str, expect: &str| {
            let problem = Problem { choices: vec!["4".into(), "5 < 6".into()], ..Problem::default() };
            assert_eq!(prompt(template).unwrap().render(&about(&problem)).unwrap(), expect);
        };
        check("<q>{{ problem }}</q>\n", "<q></q>");
        check("{% for c in choices %}({{ letters[loop.index0] }}) {{ c }} {% endfor %}", "(A) 4 (B) 5 < 6 ");
        check("{% set n = choices | length %}{% for i in range(2) %}{{ i + n }}{% endfor %}", "23");
    }

    #[test]
    fn what_is_wrong_is_named_with_key_and_line() {
        let example = context! { problem => "p", steps => vec![context! { text => "t" }] };
        let check = |template: &str, expect: &str| {
            let fault = prompt(template).and_then(|prompt| prompt.try_out(&example)).err();
            assert_eq!(fault.map_or("fine".to_owned(), |fault| fault.to_string()), expect);
        };
        check("{% for step in steps %}{{ loop.index }} {{ step.text }}{% endfor %}", "fine");
        check(
            "the problme:\n{{ problem }}\n{{ problme }}",
            "prompt_file: line 3: there is no variable `problme` (did you mean `problem`?)",
        );
        check(
            "{{ problem }}{% if steps %}\n{{ xyz }}{% endif %}",
            "prompt_file: line 2: there is no variable `xyz` (known: problem, steps)",
        );
        check("\n{{ steps[0].txet }}", "prompt_file: line 2: undefined value: `steps[0].txet` is undefined");
        check("a\n{% if %}", "prompt_file: line 2: syntax error: unexpected end of block");
    }

    #[test]
    fn what_is_hashed_is_what_is_asked() {
        let mut content = Content::default();
        Prompt::new("a.txt", Text::built_in("prompt", "{{ problem }}\n"), &mut content).unwrap();
        assert_eq!(content.get("a.txt"), Some("{{ problem }}\n"));
    }
}
