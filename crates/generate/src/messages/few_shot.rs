//! Worked examples in front of the question.

use std::path::Path;

use chat::{Message, Role};
use plugin::{ConfigError, Content};
use records::{Input, Row, RowError};
use serde_json::{Map, Value};
use tables::Problem;

use super::Question;

/// Columns of an example, the best name first.
const PROBLEM: &[&str] = &["problem", "question", "prompt", "input"];
const SOLUTION: &[&str] = &["solution", "rationale", "response", "completion", "output"];
const ANSWER: &[&str] = &["answer", "gold", "target"];
const CHOICES: &[&str] = &["choices", "options"];
const MESSAGES: &[&str] = &["messages"];
/// GSM8K writes the final answer behind this mark.
const BEHIND_SOLUTION: &str = "####";

/// One worked example.
enum Example {
    /// A problem, which is asked like every other, and the reply to it.
    Solved(Box<Problem>, String),
    /// Turns that are shown as they stand.
    Turns(Vec<Message>),
}

/// The examples of a file, and how many of them are shown.
#[derive(Default)]
pub(crate) struct Examples {
    all: Vec<Example>,
    shown: usize,
}

impl Examples {
    /// Reads a file; `shown` of its examples are used, all of them if that is not said.
    pub(crate) fn read(path: &Path, shown: Option<u32>, content: &mut Content) -> Result<Self, String> {
        let bytes =
            || std::fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()));
        let before = bytes()?;
        let is_row = |cells: &Map<String, Value>| {
            [PROBLEM, MESSAGES].concat().iter().any(|name| cells.contains_key(*name))
        };
        let input = Input::of(path, None, &is_row).map_err(|error| error.to_string())?;
        let rows = input.open().map_err(|error| error.to_string())?;
        let all = rows.map(Example::read).collect::<Result<Vec<Example>, String>>()?;
        if bytes()? != before {
            return Err(format!("{} changed while it was read", path.display()));
        }
        content.note("few_shot", String::from_utf8_lossy(&before));
        Ok(Self { shown: shown.map_or(all.len(), |shown| shown as usize), all })
    }

    /// The examples of a file, or of `own`, whose lines are rows, where none is named; a fault names `file` or `shots`.
    pub(crate) fn worked(
        file: Option<&Path>,
        own: &str,
        shots: Option<u32>,
        content: &mut Content,
    ) -> Result<Self, ConfigError> {
        let read = match file {
            Some(file) => Self::read(file, shots, content),
            None => Self::built_in(own, shots, content),
        };
        let examples = read.map_err(|problem| ConfigError::new("file", problem))?;
        examples.enough("shots").map_err(|problem| ConfigError::new("shots", problem))?;
        Ok(examples)
    }

    fn built_in(lines: &str, shown: Option<u32>, content: &mut Content) -> Result<Self, String> {
        content.note("few_shot", lines);
        let row =
            |line: &str| serde_json::from_str::<Map<String, Value>>(line).map_err(|error| error.to_string());
        let all = lines.lines().map(|line| Example::of(&row(line)?)).collect::<Result<Vec<Example>, _>>()?;
        Ok(Self { shown: shown.map_or(all.len(), |shown| shown as usize), all })
    }

    /// There are as many as the `key` asks for.
    pub(crate) fn enough(&self, key: &str) -> Result<(), String> {
        let (all, shown) = (self.all.len(), self.shown);
        if shown > all { Err(format!("there are {all} examples, `{key}` asks for {shown}")) } else { Ok(()) }
    }

    /// How many are shown.
    pub(crate) fn shown(&self) -> usize {
        self.shown
    }

    /// The turns in front of the question about `problem`. An example that is this very problem would give
    /// the answer away: it is passed over, and the next one of the file takes its place if there is one. The
    /// second value says whether that happened.
    pub(super) fn before(
        &self,
        problem: &Problem,
        question: &Question,
    ) -> Result<(Vec<Message>, bool), String> {
        let asked = plain(&problem.problem);
        let strangers: Vec<&Example> = self.all.iter().filter(|example| !example.is_about(&asked)).collect();
        let mut turns = Vec::new();
        for example in strangers.iter().take(self.shown) {
            turns.extend(example.turns(question)?);
        }
        Ok((turns, self.all.iter().take(self.shown).any(|example| example.is_about(&asked))))
    }

    /// Every example can be asked.
    pub(super) fn check(&self, question: &Question) -> Result<(), ConfigError> {
        let shown = self.all.iter().try_for_each(|example| example.turns(question).map(drop));
        shown.map_err(|problem| {
            ConfigError::new("few_shot_file", format!("an example cannot be shown: {problem}"))
        })
    }
}

impl Example {
    fn read(row: Result<Row, RowError>) -> Result<Self, String> {
        let row = row.map_err(|error| error.to_string())?;
        Self::of(&row.cells).map_err(|reason| format!("{}: {reason}", row.origin))
    }

    fn of(row: &Map<String, Value>) -> Result<Self, String> {
        if let Some(messages) = cell(row, MESSAGES) {
            return turns(messages).map(Self::Turns);
        }
        let text = |names| cell(row, names).map(spoken).filter(|text| !text.is_empty());
        let problem =
            text(PROBLEM).ok_or_else(|| format!("no problem; expected one of {}", PROBLEM.join(", ")))?;
        let reply = worked(text(SOLUTION), text(ANSWER)).ok_or_else(|| {
            format!("neither a solution ({}) nor an answer ({})", SOLUTION.join(", "), ANSWER.join(", "))
        })?;
        let choices = match cell(row, CHOICES) {
            Some(Value::Array(choices)) => choices.iter().map(spoken).collect(),
            _ => Vec::new(),
        };
        let extra = serde_json::to_string(row).ok();
        Ok(Self::Solved(Box::new(Problem { problem, choices, extra, ..Problem::default() }), reply))
    }

    fn turns(&self, question: &Question) -> Result<Vec<Message>, String> {
        match self {
            Self::Solved(problem, reply) => {
                Ok(vec![Message::user(question.about(problem)?), Message::assistant(reply)])
            }
            Self::Turns(turns) => Ok(turns.clone()),
        }
    }

    fn is_about(&self, asked: &str) -> bool {
        match self {
            Self::Solved(problem, _) => plain(&problem.problem) == asked,
            Self::Turns(turns) => {
                let mut said = turns.iter().filter(|turn| turn.role == Role::User);
                !asked.is_empty() && said.any(|turn| plain(&turn.content).contains(asked))
            }
        }
    }
}

/// The reply of an example: its solution, the answer in a box at its end.
fn worked(solution: Option<String>, answer: Option<String>) -> Option<String> {
    let (solution, answer) = match (solution, answer) {
        (None, Some(answer)) => match answer.rsplit_once(BEHIND_SOLUTION) {
            Some((solution, answer)) => (Some(solution.trim().to_owned()), Some(answer.trim().to_owned())),
            None => (None, Some(answer)),
        },
        both => both,
    };
    match (solution, answer) {
        (Some(solution), Some(answer)) if !solution.contains("\\boxed") => {
            Some(format!("{solution}\n\nThe final answer is \\boxed{{{answer}}}."))
        }
        (Some(solution), _) => Some(solution),
        (None, Some(answer)) => Some(format!("The final answer is \\boxed{{{answer}}}.")),
        (None, None) => None,
    }
}

/// Turns as a chat row holds them; the last one must be the model's.
fn turns(messages: &Value) -> Result<Vec<Message>, String> {
    let wrong = "`messages` must be a list of turns with `role` (user or assistant) and `content`, \
                 the last one by the assistant; a system message belongs into `system`";
    let turns: Vec<Message> = serde_json::from_value(messages.clone()).map_err(|_| wrong.to_owned())?;
    let ends_well = turns.last().is_some_and(|turn| turn.role == Role::Assistant);
    let no_system = turns.iter().all(|turn| turn.role != Role::System);
    if ends_well && no_system { Ok(turns) } else { Err(wrong.to_owned()) }
}

fn cell<'a>(row: &'a Map<String, Value>, names: &[&str]) -> Option<&'a Value> {
    names.iter().find_map(|name| row.get(*name).filter(|value| !value.is_null()))
}

/// A cell as text; of a list of answers the first. An empty text is none, as its reader takes it.
fn spoken(value: &Value) -> String {
    match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Array(items) => items.first().map(spoken).unwrap_or_default(),
        other => other.to_string(),
    }
}

/// A text without what two copies of a problem may differ in: case and blanks.
fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use prompt::{Prompt, Text};

    use super::*;

    fn examples(text: &str, shown: Option<u32>) -> Result<Examples, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("e.jsonl");
        std::fs::write(&path, text).unwrap();
        let read = Examples::read(&path, shown, &mut Content::default());
        read.and_then(|examples| examples.enough("few_shot").map(|()| examples))
            .map_err(|error| error.replace(&format!("{}/", folder.path().display()), ""))
    }

    fn shown(text: &str, shown: Option<u32>, asked: &str) -> Vec<String> {
        let asks = Text::built_in("prompt", "Q: {{ problem }}");
        let prompt = Prompt::new("prompt", asks, &mut Content::default()).unwrap();
        let question = Question { prompt, numbers: Default::default() };
        let problem = Problem { problem: asked.into(), ..Problem::default() };
        let (turns, passed) = examples(text, shown).unwrap().before(&problem, &question).unwrap();
        let mut told: Vec<String> =
            turns.into_iter().map(|turn| format!("{:?} {}", turn.role, turn.content)).collect();
        told.extend(passed.then(|| "passed over".to_owned()));
        told
    }

    #[test]
    fn rows_of_every_shape_become_turns() {
        let check = |row: &str, expect: &str| assert_eq!(shown(row, None, "else")[1], expect, "{row}");
        check(r#"{"problem": "p", "solution": "so \\boxed{2}", "answer": 2}"#, "Assistant so \\boxed{2}");
        check(
            r#"{"question": "p", "solution": "so", "answer": "2"}"#,
            "Assistant so\n\nThe final answer is \\boxed{2}.",
        );
        check(r#"{"input": "p", "target": ["2", "two"]}"#, "Assistant The final answer is \\boxed{2}.");
        check(
            r#"{"question": "p", "answer": "1 + 1 = 2\n#### 2"}"#,
            "Assistant 1 + 1 = 2\n\nThe final answer is \\boxed{2}.",
        );
        check(
            r#"{"messages": [{"role": "user", "content": "p"}, {"role": "assistant", "content": "2"}]}"#,
            "Assistant 2",
        );
    }

    const THREE: &str = "{\"problem\": \"What  is 1?\", \"answer\": 1}\n{\"problem\": \"b\", \"answer\": 2}\n\
        {\"messages\": [{\"role\": \"user\", \"content\": \"Tell me: c?\"}, {\"role\": \"assistant\", \"content\": \"3\"}]}\n";

    #[test]
    fn an_example_that_is_the_question_itself_is_passed_over() {
        let check = |count, asked, expect: &[&str]| {
            let told = shown(THREE, count, asked);
            let users: Vec<&str> = told
                .iter()
                .filter_map(|turn| turn.strip_prefix("User ").or((turn == "passed over").then_some("passed")))
                .collect();
            assert_eq!(users, expect, "{asked}");
        };
        check(None, "x", &["Q: What  is 1?", "Q: b", "Tell me: c?"]);
        check(Some(1), "x", &["Q: What  is 1?"]);
        check(Some(1), "what is\n1?", &["Q: b", "passed"]);
        check(None, "C?", &["Q: What  is 1?", "Q: b", "passed"]);
        check(Some(2), "c?", &["Q: What  is 1?", "Q: b"]);
        check(Some(0), "what is 1?", &[]);
    }

    #[test]
    fn what_cannot_be_shown_is_refused_with_its_line() {
        let check = |text: &str, count, expect: &str| {
            let error = examples(text, count).err().unwrap_or_default();
            assert!(error.contains(expect), "{error}");
        };
        check(
            "{\"problem\": \"a\", \"answer\": 1}\n{\"problem\": \"b\"}",
            None,
            "e.jsonl:2: neither a solution",
        );
        check("{\"answer\": 1}", None, "e.jsonl:1: no problem; expected one of problem, question");
        check("{\"problem\": \"a\", \"answer\": 1}", Some(2), "there are 1 examples, `few_shot` asks for 2");
        check(
            "{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}]}",
            None,
            "the last one by the assistant",
        );
        check("{\"problem\": ", None, "e.jsonl:1");
    }
}
