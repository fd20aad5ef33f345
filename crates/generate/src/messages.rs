//! What a model is asked: a system message, worked examples, the question.

mod few_shot;

use chat::Message;
use plugin::{ConfigError, ConfigErrors, Content};
use prompt::{Prompt, Serde, Text, Value, context};
use serde_json::Map;
use tables::Problem;

use few_shot::Examples;

/// The question that is asked unless the configuration has another one.
pub(crate) const DEFAULT: &str = include_str!("../prompts/final_answer_in_box.txt");

/// Where the parts come from; paths are those of the configuration.
#[derive(Clone, Copy)]
pub(crate) struct Parts<'a> {
    pub(crate) system: Option<&'a str>,
    pub(crate) system_file: Option<&'a std::path::Path>,
    pub(crate) prompt: Option<&'a str>,
    pub(crate) prompt_file: Option<&'a std::path::Path>,
    pub(crate) few_shot: Option<u32>,
    pub(crate) few_shot_file: Option<&'a std::path::Path>,
}

/// What a prompt may show. Columns of `extra` are not known before a problem is.
const VARIABLES: [&str; 7] = ["choices", "dataset", "extra", "id", "letters", "problem", "subset"];

fn values(problem: &Problem) -> Result<Value, String> {
    let Problem { id, dataset, subset, extra, .. } = problem;
    let extra: Map<String, serde_json::Value> = match extra {
        None => Map::new(),
        Some(extra) => serde_json::from_str(extra)
            .map_err(|error| format!("the column `extra` is no JSON object: {error}"))?,
    };
    Ok(context! { id, dataset, subset, extra => Value::from(Serde(&extra)), ..prompt::about(problem) })
}

/// The conversation that ends with the question about a problem.
pub(crate) struct Messages {
    system: Option<Prompt>,
    question: Prompt,
    examples: Examples,
}

impl Messages {
    /// Reads and checks every part, or says everything that is wrong with them.
    pub(crate) fn new(parts: Parts<'_>, content: &mut Content) -> Result<Self, ConfigErrors> {
        let mut faults = Vec::new();
        let mut checked = |name: &str, text: Result<Option<Text>, ConfigError>| {
            let made = text.and_then(|text| text.map(|text| template(name, text, content)).transpose());
            made.map_err(|fault| faults.push(fault)).ok().flatten()
        };
        let system = checked("system", Text::given("system", parts.system, parts.system_file));
        let question = Text::given("prompt", parts.prompt, parts.prompt_file);
        let question = question.map(|text| text.or_else(|| Some(Text::built_in("prompt", DEFAULT))));
        let question = checked("prompt", question);
        let examples = examples(parts, content).map_err(|fault| faults.push(fault)).ok();
        match (question, examples) {
            (Some(question), Some(examples)) => {
                faults.extend(examples.check(&question).err());
                if faults.is_empty() {
                    Ok(Self { system, question, examples })
                } else {
                    Err(ConfigErrors(faults))
                }
            }
            _ => Err(ConfigErrors(faults)),
        }
    }

    /// The conversation about a problem, and whether an example was passed over because it is that problem.
    pub(crate) fn about(&self, problem: &Problem) -> Result<(Vec<Message>, bool), String> {
        let shown = values(problem)?;
        let system = self.system.as_ref().map(|system| system.render(&shown)).transpose()?;
        let (examples, passed) = self.examples.before(problem, &self.question)?;
        let question = self.question.render(&shown)?;
        let mut messages: Vec<Message> = system.map(Message::system).into_iter().collect();
        messages.extend(examples);
        messages.push(Message::user(question));
        Ok((messages, passed))
    }
}

fn template(name: &str, text: Text, content: &mut Content) -> Result<Prompt, ConfigError> {
    let prompt = Prompt::new(name, text, content)?;
    prompt.check(&VARIABLES).map(|()| prompt)
}

fn examples(parts: Parts<'_>, content: &mut Content) -> Result<Examples, ConfigError> {
    match (parts.few_shot_file, parts.few_shot) {
        (Some(file), shown) => {
            Examples::read(file, shown, content).map_err(|problem| ConfigError::new("few_shot_file", problem))
        }
        (None, None | Some(0)) => Ok(Examples::default()),
        (None, Some(_)) => {
            Err(ConfigError::new("few_shot_file", "missing").hint("the file that the examples stand in"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(text: &str, choices: &[&str]) -> String {
        let choices = choices.iter().map(|&choice| choice.to_owned()).collect();
        let extra = Some(r#"{"level": 3, "source": {"year": 1999}}"#.to_owned());
        let problem = Problem { problem: "What is 2 + 3?".into(), choices, extra, ..Problem::default() };
        let prompt = template("prompt", Text::built_in("prompt", text), &mut Content::default());
        let prompt = prompt.map_err(|fault| fault.to_string());
        prompt.and_then(|prompt| prompt.render(&values(&problem)?)).unwrap_or_else(|error| error)
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
    fn other_columns_of_the_source_are_shown_or_named() {
        let check = |template, expect| assert_eq!(rendered(template, &[]), expect);
        check("{{ extra.level }} of {{ extra.source.year }}", "3 of 1999");
        check("a\n{{ extra.levle }}", "`prompt`, line 2: undefined value: `extra.levle` is undefined");
        check(
            "{{ gold }}",
            "prompt: line 1: there is no variable `gold` (known: choices, dataset, extra, id, letters, problem, subset)",
        );
    }
}
