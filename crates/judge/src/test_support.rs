//! What tests of judges share: an item made of strings, and a conversation with made-up replies.

use chat::dialogue::rehearse;
use chat::{CallError, ChatReply, Question};
use serde_json::Value;
use tables::{Finish, Generation, Grade, Judgment, Problem, Step};

use crate::{Item, JUDGES, Judge};

/// An item that owns what it is made of.
pub(crate) struct Case {
    pub(crate) problem: Problem,
    pub(crate) generation: Generation,
    pub(crate) grade: Grade,
    pub(crate) steps: Vec<Step>,
}

impl Case {
    /// Steps with as many tokens as words, and a blank line between two.
    pub(crate) fn new(problem: &str, gold: &str, steps: &[&str], answer: &str) -> Self {
        let mut reasoning = String::new();
        let mut spans = Vec::new();
        for step in steps {
            let start = reasoning.len() as u32;
            reasoning.push_str(step);
            let tokens = step.split_whitespace().count() as u32;
            spans.push(Step { start, end: reasoning.len() as u32, tokens });
            reasoning.push_str("\n\n");
        }
        let gold = if gold.is_empty() { vec![] } else { vec![gold.to_owned()] };
        let problem = Problem { problem: problem.into(), gold, ..Problem::default() };
        let generation = Generation {
            reasoning,
            answer_text: answer.into(),
            reasoning_source: "tags".into(),
            finish: Finish::Stop,
            ..Generation::default()
        };
        Self { grade: graded(&problem, &generation), problem, generation, steps: spans }
    }

    /// Three steps; the second one asserts the answer.
    pub(crate) fn sum() -> Self {
        Self::new("What is 2+3?", "5", &["2 and 3.", "That makes 5.", "Yes, 5."], "\\boxed{5}")
    }

    /// So many steps of `words` words each; the last one asserts the answer.
    pub(crate) fn long(steps: usize, words: usize) -> Self {
        let idle = "hm ".repeat(words);
        let mut texts = vec![idle.trim(); steps];
        if let Some(last) = texts.last_mut() {
            *last = "That makes 5.";
        }
        Self::new("What is 2+3?", "5", &texts, "\\boxed{5}")
    }

    pub(crate) fn item(&self) -> Item<'_> {
        let Self { problem, generation, grade, steps } = self;
        Item { problem, generation, grade, steps }
    }
}

/// The grade by the answer engine.
pub(crate) fn graded(problem: &Problem, generation: &Generation) -> Grade {
    grade::by_engine(grade::Item::new(problem, generation), &answer::Policy::default())
}

/// The judge that a table describes.
pub(crate) fn build(table: &Value) -> Box<dyn Judge> {
    match JUDGES.build(table, "judge") {
        Ok(configured) => configured.built,
        Err(faults) => panic!("{faults}"),
    }
}

/// What is wrong with a table.
pub(crate) fn faults(table: &Value) -> String {
    JUDGES.build(table, "judge").map_or_else(|faults| faults.to_string(), |_| "fine".to_owned())
}

/// A reply of these words.
pub(crate) fn said(words: &str) -> Result<ChatReply, CallError> {
    Ok(ChatReply { content: words.into(), ..ChatReply::default() })
}

/// A call that failed because the context is too small.
pub(crate) fn too_long() -> Result<ChatReply, CallError> {
    Err(CallError::ContextTooLong { model: "m".into(), message: "too long".into() })
}

/// A call that failed for a reason that has nothing to do with what was asked.
pub(crate) fn exhausted() -> Result<ChatReply, CallError> {
    Err(CallError::Exhausted { model: "m".into(), attempts: 9, last: "HTTP 500".into() })
}

/// The judgment that made-up replies lead to, and what was asked on the way.
pub(crate) fn play(
    judge: &dyn Judge,
    case: &Case,
    answer: impl FnMut(&Question) -> Result<ChatReply, CallError>,
) -> (Judgment, Vec<Question>) {
    let item = case.item();
    let (judgment, asked) = rehearse(judge.open(&item), 99, answer);
    (judgment.expect("the judge comes to an end"), asked)
}

/// The same with replies in their order.
pub(crate) fn play_list(
    judge: &dyn Judge,
    case: &Case,
    replies: Vec<Result<ChatReply, CallError>>,
) -> (Judgment, Vec<Question>) {
    let mut replies = replies.into_iter();
    play(judge, case, |_| replies.next().expect("no more questions"))
}

/// The last message of a question.
pub(crate) fn text(question: &Question) -> &str {
    question.request.messages.last().map_or("", |message| message.content.as_str())
}

/// The numbers of the steps that a question shows.
pub(crate) fn shown(question: &Question) -> Vec<usize> {
    let text = question.request.messages[0].content.as_str();
    let tags = text.lines().filter_map(|line| line.strip_prefix("<step_")?.strip_suffix('>'));
    tags.map(|number| number.parse().unwrap()).collect()
}
