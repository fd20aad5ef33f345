//! What a model is asked: a system message, worked examples, the question.

mod few_shot;
mod template;

use llm::Message;
use plugin::{Fault, Faults};
use tables::Problem;

use few_shot::Examples;
use template::Template;
pub(crate) use template::text;

/// The question that is asked unless the configuration has another one.
pub(crate) const DEFAULT: &str = include_str!("../../prompts/final_answer_in_box.txt");

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

/// The conversation that ends with the question about a problem.
pub(crate) struct Prompt {
    system: Option<Template>,
    question: Template,
    examples: Examples,
}

impl Prompt {
    /// Reads and checks every part, or says everything that is wrong with them.
    pub(crate) fn new(parts: Parts<'_>) -> Result<Self, Faults> {
        let mut faults = Vec::new();
        let mut template =
            |name: &str, given: Option<&str>, file: Option<&std::path::Path>, default: Option<&str>| {
                let key = if file.is_some() { format!("{name}_file") } else { name.to_owned() };
                if given.is_some() && file.is_some() {
                    faults.push(Fault::new(key, format!("give either `{name}` or `{name}_file`")));
                    return None;
                }
                let text = text(given, file).map(|text| text.or_else(|| default.map(str::to_owned)));
                let made = text.and_then(|text| text.map(Template::new).transpose());
                made.map_err(|problem| faults.push(Fault::new(key, problem))).ok().flatten()
            };
        let system = template("system", parts.system, parts.system_file, None);
        let question = template("prompt", parts.prompt, parts.prompt_file, Some(DEFAULT));
        let examples = examples(parts).map_err(|fault| faults.push(fault)).unwrap_or_default();
        if let Some(question) = &question
            && let Err(problem) = examples.check(question)
        {
            faults.push(Fault::new("few_shot_file", format!("an example cannot be shown: {problem}")));
        }
        match question {
            Some(question) if faults.is_empty() => Ok(Self { system, question, examples }),
            _ => Err(Faults(faults)),
        }
    }

    /// The conversation about a problem, and whether an example was passed over because it is that problem.
    pub(crate) fn about(&self, problem: &Problem) -> Result<(Vec<Message>, bool), String> {
        let system = self.system.as_ref().map(|system| system.render(problem)).transpose();
        let system = system.map_err(|reason| format!("`system`, {reason}"))?;
        let named = |reason| format!("`prompt`, {reason}");
        let (examples, passed) = self.examples.before(problem, &self.question).map_err(named)?;
        let question = self.question.render(problem).map_err(named)?;
        let mut messages: Vec<Message> = system.map(Message::system).into_iter().collect();
        messages.extend(examples);
        messages.push(Message::user(question));
        Ok((messages, passed))
    }
}

fn examples(parts: Parts<'_>) -> Result<Examples, Fault> {
    match (parts.few_shot_file, parts.few_shot) {
        (Some(file), shown) => {
            Examples::read(file, shown).map_err(|problem| Fault::new("few_shot_file", problem))
        }
        (None, None | Some(0)) => Ok(Examples::default()),
        (None, Some(_)) => {
            Err(Fault::new("few_shot_file", "missing").hint("the file that the examples stand in"))
        }
    }
}

/// The texts behind the conversation, by name: what a fingerprint hashes. A file that cannot be read is told by
/// [`Prompt::new`].
pub(crate) fn ingredients(parts: Parts<'_>) -> Vec<(String, String)> {
    let read = |given, file| text(given, file).ok().flatten();
    let mut named = vec![(
        "prompt".to_owned(),
        read(parts.prompt, parts.prompt_file).unwrap_or_else(|| DEFAULT.to_owned()),
    )];
    let system = read(parts.system, parts.system_file);
    named.extend(system.map(|text| ("system".to_owned(), text)));
    let examples = parts.few_shot_file.and_then(|file| std::fs::read(file).ok());
    named.extend(examples.map(|text| ("few_shot".to_owned(), String::from_utf8_lossy(&text).into_owned())));
    named
}
