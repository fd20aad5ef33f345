//! Trying a task out: one small trace, and replies that are made up.

use chat::{CallError, ChatReply, dialogue};
use plugin::Registry;
use serde_json::{Value, json};
use tables::{Generation, Judgment, Problem, Step};

use super::Task;
use crate::Item;
use crate::test_support::{graded, said};

/// A task and what it is tried on.
pub(crate) struct DryRun {
    task: Box<dyn Task>,
    problem: Problem,
    generation: Generation,
    steps: Vec<Step>,
    so_far: Judgment,
}

impl DryRun {
    /// The task `llm` with some keys, on "What is 2+3?".
    pub(crate) fn new(kinds: &Registry<dyn Task>, more: Value) -> Self {
        let mut table = json!({"kind": "llm", "model": "m", "base_url": "http://localhost:1/v1"});
        table.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        Self::of(build(kinds, &table).unwrap())
    }

    /// Any task, on the same.
    pub(crate) fn of(task: Box<dyn Task>) -> Self {
        let (problem, generation, steps) = example();
        Self { task, problem, generation, steps, so_far: Judgment::default() }
    }

    /// An item for what does not need a task.
    pub(crate) fn item() -> Item<'static> {
        let (problem, generation, steps) = example();
        Item {
            grade: Box::leak(Box::new(graded(&problem, &generation))),
            problem: Box::leak(Box::new(problem)),
            generation: Box::leak(Box::new(generation)),
            steps: Box::leak(steps.into_boxed_slice()),
        }
    }

    /// Another thinking, cut at blank lines.
    pub(crate) fn thinking(mut self, text: &str) -> Self {
        self.steps = paragraphs(text);
        self.generation.reasoning = text.to_owned();
        self
    }

    pub(crate) fn problem(mut self, text: &str, gold: &str) -> Self {
        self.problem.problem = text.to_owned();
        self.problem.gold = vec![gold.to_owned()];
        self
    }

    pub(crate) fn without_gold(mut self) -> Self {
        self.problem.gold.clear();
        self
    }

    pub(crate) fn unclosed(mut self) -> Self {
        self.generation.reasoning_source = Generation::UNCLOSED.to_owned();
        self.generation.answer_text.clear();
        self
    }

    pub(crate) fn so_far(mut self, judgment: Judgment) -> Self {
        self.so_far = judgment;
        self
    }

    /// The judgment after these replies, one a question, and the last message of each question.
    pub(crate) fn with(&self, replies: &[&str]) -> (Judgment, Vec<String>) {
        let mut left = replies.iter();
        self.answered(|_| {
            left.next().map_or(Err(CallError::Offline { model: "m".to_owned() }), |words| said(words))
        })
    }

    /// The same with a reply that depends on the question's last message.
    pub(crate) fn answered(
        &self,
        mut reply: impl FnMut(&str) -> Result<ChatReply, CallError>,
    ) -> (Judgment, Vec<String>) {
        let last = |question: &chat::Question| question.request.messages.last().unwrap().content.clone();
        let reply = |question: &chat::Question| reply(&last(question));
        let (problem, generation) = (&self.problem, &self.generation);
        let item = Item { problem, generation, grade: &graded(problem, generation), steps: &self.steps };
        let (findings, asked) = dialogue::rehearse(self.task.open(&item, &self.so_far), 9, reply);
        let mut judgment = self.so_far.clone();
        findings.unwrap().onto(&mut judgment);
        (judgment, asked.iter().map(last).collect())
    }
}

/// Builds a task, or says what is wrong with its table.
pub(crate) fn build(kinds: &Registry<dyn Task>, table: &Value) -> Result<Box<dyn Task>, String> {
    kinds.build(table, "tasks.it").map(|configured| configured.built).map_err(|faults| faults.to_string())
}

fn example() -> (Problem, Generation, Vec<Step>) {
    let problem = Problem { problem: "What is 2+3?".into(), gold: vec!["5".into()], ..Problem::default() };
    let reasoning = "2 and 3.\n\nThat makes 5.\n\nYes, 5.".to_owned();
    let steps = paragraphs(&reasoning);
    let generation = Generation {
        problem_id: "p".into(),
        model: "m".into(),
        trace_id: Some("t".into()),
        reasoning,
        answer_text: "\\boxed{5}".into(),
        reasoning_source: "tags".into(),
        ..Generation::default()
    };
    (problem, generation, steps)
}

/// Steps at blank lines.
pub(crate) fn paragraphs(text: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut start = 0;
    for piece in text.split("\n\n") {
        if !piece.trim().is_empty() {
            let end = u32::try_from(start + piece.len()).unwrap();
            steps.push(Step { start: u32::try_from(start).unwrap(), end, tokens: 1 });
        }
        start += piece.len() + 2;
    }
    steps
}
