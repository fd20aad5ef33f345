//! A model is asked whether two answers are the same, where the answer engine cannot tell.

use std::path::{Path, PathBuf};

use answer::Policy;
use chat::{ChatRequest, Dialogue, Endpoint, Message, Next, Question, Replies, Sampling, said};
use plugin::{Component, ConfigError, ConfigErrors, Content};
use prompt::{AskedModel, Prompt, Text, Value, context};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tables::{Grade, Problem, Verdict};

use self::open::Rubrics;
use crate::{Grader, Item, by_engine, engine};

mod open;

const EQUAL: &str = include_str!("../../prompts/equal.txt");
const OPEN: &str = include_str!("../../prompts/open.txt");

/// Asks a model whether the final answer is an acceptable one, but only where the answer engine cannot tell; in the domain `open`,
/// wherever the two are not literally equal. What the model says is a verdict if it is yes or no; anything else leaves the reply
/// undecided, which is neither right nor wrong.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct Llm {
    /// Whom to ask; the temperature is 0 unless set.
    #[serde(flatten)]
    model: AskedModel,
    /// What answers are: `values`, which the answer engine compares where it can, or `open` for sentences.
    #[serde(default, skip_serializing_if = "is_values")]
    domain: Domain,
    /// What makes an answer right, in words: a text for all questions, or JSON lines (`.jsonl`) of `id` and `rubric`.
    #[serde(default)]
    rubric_file: Option<PathBuf>,
    /// A file with another question, as a minijinja template over `problem`, `choices`, `letters`, `gold`, `given` and
    /// `rubric`; it must ask for yes or no in `\boxed{}`.
    #[serde(default)]
    prompt_file: Option<PathBuf>,
    /// What counts as the same answer.
    #[serde(default)]
    policy: Policy,
}

/// What answers are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Domain {
    /// Numbers, expressions, options, names: the answer engine knows when two are the same, and when it does not know.
    #[default]
    Values,
    /// Sentences: a model is asked about every pair that is not literally equal.
    Open,
}

fn is_values(domain: &Domain) -> bool {
    *domain == Domain::Values
}

impl Component for Llm {
    const KIND: &'static str = "llm";
    const ABOUT: &'static str =
        "asks a model whether two answers are the same where the answer engine cannot tell";
    const VERSION: u32 = engine::VERSION;
    const EXECUTION_KEYS: &'static [&'static str] = chat::execution_keys!("prompt_file", "rubric_file");
    type Built = dyn Grader;

    fn build(self, content: &mut Content) -> Result<Box<dyn Grader>, ConfigErrors> {
        let (endpoint, sampling) = self.model.drawn_at(0.0, "grades")?;
        let prompt = load(self.domain, self.prompt_file.as_deref(), content)?;
        let rubrics = Rubrics::read(self.rubric_file.as_deref(), content)?;
        let (domain, policy) = (self.domain, self.policy);
        Ok(Box::new(Equality { endpoint, sampling, domain, prompt, rubrics, policy }))
    }
}

/// The built-in question, or the one in `file`.
fn load(domain: Domain, file: Option<&Path>, content: &mut Content) -> Result<Prompt, ConfigError> {
    let (name, built_in) = match domain {
        Domain::Values => ("equal.txt", EQUAL),
        Domain::Open => ("open.txt", OPEN),
    };
    let prompt = Prompt::new(name, Text::file_or(file, built_in)?, content)?;
    let example = Problem { gold: vec!["5".into()], choices: vec!["5".into()], ..Problem::default() };
    prompt.try_out(&values(&example, "5", "both"))?;
    Ok(prompt)
}

/// What the question shows.
fn values(problem: &Problem, given: &str, rubric: &str) -> Value {
    let gold = &problem.gold;
    context! { given, gold, rubric, ..prompt::about(problem) }
}

/// Compares two answers by a model's word.
struct Equality {
    endpoint: Endpoint,
    sampling: Sampling,
    domain: Domain,
    prompt: Prompt,
    rubrics: Rubrics,
    policy: Policy,
}

impl Grader for Equality {
    fn name(&self) -> String {
        format!("{}:{}", Llm::KIND, self.endpoint.model)
    }

    fn open<'a>(&'a self, item: Item<'a>) -> Box<dyn Dialogue<Grade> + 'a> {
        let grade = match self.domain {
            Domain::Values => by_engine(item, &self.policy),
            Domain::Open => open::grade(item, &self.policy),
        };
        Box::new(Compare { equality: self, item, grade })
    }

    fn endpoints(&self) -> Vec<&Endpoint> {
        vec![&self.endpoint]
    }

    fn policy(&self) -> &Policy {
        &self.policy
    }
}

/// One question, if there is one; the engine's grade with its answer.
struct Compare<'a> {
    equality: &'a Equality,
    item: Item<'a>,
    grade: Grade,
}

impl Dialogue<Grade> for Compare<'_> {
    fn next(&mut self, replies: &Replies) -> Next<Grade> {
        match replies {
            [] => match self.question() {
                None => Next::Done(std::mem::take(&mut self.grade)),
                Some(Ok(question)) => Next::Ask(vec![question]),
                Some(Err(problem)) => self.decide(Err(problem), None),
            },
            [Ok(reply), ..] => self.decide(read(&reply.content), Some(reply.content.clone())),
            [Err(error), ..] => self.decide(Err(error.reason()), None),
        }
    }
}

impl Compare<'_> {
    fn question(&self) -> Option<Result<Question, String>> {
        // Without the problem's text a model cannot be told what is compared.
        let asked = !self.item.problem.problem.trim().is_empty() && self.grade.verdict == Verdict::Undecided;
        let given = self.grade.extracted.as_deref().filter(|_| asked)?;
        let Equality { prompt, sampling, rubrics, .. } = self.equality;
        let problem = self.item.problem;
        let asked = prompt
            .render(&values(problem, given, rubrics.of(&problem.id)))
            .map(|text| Question::new(ChatRequest::new(vec![Message::user(text)], sampling.clone(), 0)));
        Some(asked)
    }

    /// The grade with the model's word, or with the reason why there is none.
    fn decide(&mut self, word: Result<bool, String>, raw: Option<String>) -> Next<Grade> {
        let grade = std::mem::take(&mut self.grade);
        let Sampling { temperature, seed, .. } = self.equality.sampling;
        let grader = self.equality.name();
        let asked = Grade { raw, temperature, seed, ..grade };
        Next::Done(match word {
            Ok(equal) => {
                let rules = asked.how.as_deref().unwrap_or("undecided");
                let how = Some(format!("{grader} says so; the rules: {rules}"));
                let verdict = if equal { Verdict::Right } else { Verdict::Wrong };
                Grade { verdict, how, grader, ..asked }
            }
            Err(reason) => Grade { reason: Some(reason), grader, ..asked },
        })
    }
}

/// Reads yes or no out of a box, or a reply that is nothing else.
fn read(reply: &str) -> Result<bool, String> {
    let words = said::after_thinking(reply)?;
    let boxes = said::boxes(words)?;
    let boxes: Vec<&str> = boxes.into_iter().filter(|inside| !inside.trim().is_empty()).collect();
    let said: Vec<&str> = if boxes.is_empty() { vec![words] } else { boxes };
    let said = said.into_iter().map(yes_or_no).collect::<Option<Vec<bool>>>();
    match said.as_deref() {
        Some([first, rest @ ..]) if rest.iter().all(|other| other == first) => Ok(*first),
        Some([_, ..]) => Err("the boxes disagree".to_owned()),
        _ => Err("the reply is neither yes nor no".to_owned()),
    }
}

fn yes_or_no(text: &str) -> Option<bool> {
    let word = text.trim().trim_start_matches("\\text").trim_matches(['{', '}', '*', '.', ' ', '\n', '"']);
    match word.to_ascii_lowercase().as_str() {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
