//! What a model is asked: a system message, worked examples, the question.

mod few_shot;

use std::collections::BTreeMap;
use std::path::PathBuf;

use chat::Message;
use plugin::{ConfigError, ConfigErrors, Content};
use prompt::{Prompt, Serde, Text, Value, context};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Map;
use tables::Problem;

pub(crate) use few_shot::Examples;

/// The question that is asked unless the configuration has another one.
pub(crate) const DEFAULT: &str = prompt::FINAL_ANSWER_IN_BOX;

/// The keys of a model that say what it is asked. The order in which they stand is that of the manual.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub(crate) struct PromptKeys {
    /// A system message in front of the conversation; a template as `prompt` is.
    #[serde(default)]
    system: Option<String>,
    /// A file that holds the system message.
    #[serde(default)]
    system_file: Option<PathBuf>,
    /// The question, as a minijinja template over `problem`, `choices`, `letters`, `id`, `dataset`, `subset` and
    /// `extra` (the other columns of the source); the default asks for steps and a boxed answer.
    #[serde(default)]
    prompt: Option<String>,
    /// A file that holds the question's template.
    #[serde(default)]
    prompt_file: Option<PathBuf>,
    /// Worked examples in front of the question: rows of `problem` and `solution` or `answer`, which are asked
    /// like every other problem, or chat `messages`, which stay as they are. An example that is the very problem
    /// that is asked is passed over.
    #[serde(default)]
    few_shot_file: Option<PathBuf>,
    /// How many of the file's examples are shown; all of them unless set.
    #[serde(default)]
    few_shot: Option<u32>,
}

/// A question in the words of the program.
#[derive(Clone, Copy)]
pub(crate) struct Wording<'a> {
    /// The name of its text in the content.
    pub(crate) name: &'a str,
    /// Its template.
    pub(crate) question: &'a str,
    /// A system message.
    pub(crate) system: Option<&'a str>,
    /// Numbers that the template shows.
    pub(crate) numbers: &'a [(&'static str, u64)],
}

impl Default for Wording<'_> {
    fn default() -> Self {
        Self { name: "prompt", question: DEFAULT, system: None, numbers: &[] }
    }
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

/// How a problem is asked.
struct Question {
    prompt: Prompt,
    /// What the template shows besides the problem.
    numbers: BTreeMap<&'static str, u64>,
}

impl Question {
    fn about(&self, problem: &Problem) -> Result<String, String> {
        self.prompt.render(&context! { ..Value::from(Serde(&self.numbers)), ..values(problem)? })
    }

    /// With one number in place of the question's own.
    fn with(&self, (name, number): (&'static str, u64), problem: &Problem) -> Result<String, String> {
        let mut numbers = self.numbers.clone();
        numbers.insert(name, number);
        self.prompt.render(&context! { ..Value::from(Serde(&numbers)), ..values(problem)? })
    }
}

/// The conversation that ends with the question about a problem.
pub(crate) struct Messages {
    system: Option<Prompt>,
    question: Question,
    examples: Examples,
    /// What is asked for behind the question besides, in a paragraph of its own.
    behind: Option<&'static str>,
}

impl Messages {
    /// The same with a paragraph behind the question.
    pub(crate) fn asking_also(self, behind: &'static str, content: &mut Content) -> Self {
        content.note("behind", behind);
        Self { behind: Some(behind.trim_end()), ..self }
    }

    fn user(&self, question: String) -> Message {
        Message::user(
            self.behind.map_or_else(|| question.clone(), |behind| format!("{question}\n\n{behind}")),
        )
    }

    /// Reads and checks every part, or says everything that is wrong with them.
    pub(crate) fn new(keys: &PromptKeys, content: &mut Content) -> Result<Self, ConfigErrors> {
        let mut faults = Vec::new();
        let mut checked = |name: &str, text: Result<Option<Text>, ConfigError>| {
            let made = text.and_then(|text| text.map(|text| template(name, text, content)).transpose());
            made.map_err(|fault| faults.push(fault)).ok().flatten()
        };
        let system =
            checked("system", Text::given("system", keys.system.as_deref(), keys.system_file.as_deref()));
        let question = Text::given("prompt", keys.prompt.as_deref(), keys.prompt_file.as_deref());
        let question = question.map(|text| text.or_else(|| Some(Text::built_in("prompt", DEFAULT))));
        let question = checked("prompt", question);
        let examples = examples(keys, content).map_err(|fault| faults.push(fault)).ok();
        match (question, examples) {
            (Some(prompt), Some(examples)) => {
                let question = Question { prompt, numbers: BTreeMap::new() };
                faults.extend(examples.check(&question).err());
                if faults.is_empty() {
                    Ok(Self { system, question, examples, behind: None })
                } else {
                    Err(ConfigErrors(faults))
                }
            }
            _ => Err(ConfigErrors(faults)),
        }
    }

    /// Words of the program itself, behind worked examples.
    pub(crate) fn worded(
        wording: Wording<'_>,
        examples: Examples,
        content: &mut Content,
    ) -> Result<Self, ConfigErrors> {
        let text = |text| Text::built_in(wording.name, text);
        let prompt = Prompt::new(wording.name, text(wording.question), content)?;
        let system = wording.system.map(|system| Prompt::new("system", text(system), content)).transpose()?;
        let question = Question { prompt, numbers: wording.numbers.iter().copied().collect() };
        examples.check(&question)?;
        Ok(Self { system, question, examples, behind: None })
    }

    /// The conversation about a problem, and whether an example was passed over because it is that problem.
    pub(crate) fn about(&self, problem: &Problem) -> Result<(Vec<Message>, bool), String> {
        let (mut messages, passed) = self.before(problem)?;
        messages.push(self.user(self.question.about(problem)?));
        Ok((messages, passed))
    }

    /// The same of a problem that has to have a text.
    pub(crate) fn asked_about(&self, problem: &Problem) -> Result<(Vec<Message>, bool), String> {
        match problem.problem.trim().is_empty() {
            true => Err("it has no text, so nobody can be asked about it".to_owned()),
            false => self.about(problem),
        }
    }

    /// The same with a number that is not known before.
    pub(crate) fn with(
        &self,
        number: (&'static str, u64),
        problem: &Problem,
    ) -> Result<Vec<Message>, String> {
        let (mut messages, _) = self.before(problem)?;
        messages.push(self.user(self.question.with(number, problem)?));
        Ok(messages)
    }

    /// What stands in front of the question.
    fn before(&self, problem: &Problem) -> Result<(Vec<Message>, bool), String> {
        let shown = values(problem)?;
        let system = self.system.as_ref().map(|system| system.render(&shown)).transpose()?;
        let (examples, passed) = self.examples.before(problem, &self.question)?;
        let mut messages: Vec<Message> = system.map(Message::system).into_iter().collect();
        messages.extend(examples);
        Ok((messages, passed))
    }
}

fn template(name: &str, text: Text, content: &mut Content) -> Result<Prompt, ConfigError> {
    let prompt = Prompt::new(name, text, content)?;
    prompt.check(&VARIABLES).map(|()| prompt)
}

fn examples(keys: &PromptKeys, content: &mut Content) -> Result<Examples, ConfigError> {
    match (keys.few_shot_file.as_deref(), keys.few_shot) {
        (Some(file), shown) => {
            let fault = |problem| ConfigError::new("few_shot_file", problem);
            let examples = Examples::read(file, shown, content).map_err(fault)?;
            examples.enough("few_shot").map_err(fault).map(|()| examples)
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
