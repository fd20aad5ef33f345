//! Recorded traces and their labels, as the stages hand them to a judge.

use std::collections::BTreeMap;
use std::path::Path;

use answer::{AskedOptions, asked_options};
use anyhow::Context;
use judge::{Item, Judge, at_once};
use serde_json::Value;
use tables::{Finish, Generation, Grade, Judgment, Problem, Step};

/// A trace and where its thinking begins in the response.
pub(super) struct Trace {
    pub(super) id: String,
    pub(super) problem: Problem,
    pub(super) generation: Generation,
    pub(super) steps: Vec<Step>,
    /// What its source says about its final answer.
    pub(super) graded: Option<bool>,
}

/// What a reader says about a trace.
pub(super) struct Label {
    pub(super) trace: String,
    /// The first step that asserts the answer; none if no step does.
    pub(super) step: Option<u32>,
    pub(super) low: u32,
    pub(super) high: u32,
    pub(super) solutions: Vec<u32>,
}

impl Trace {
    fn of(id: &str, problem: Problem, response: &str) -> Self {
        let offset = response.find("<think>").map_or(0, |at| at + "<think>".len());
        let close = response.find("</think>");
        let opened = response.contains("<think>");
        let (source, end) = match close {
            Some(end) => ("tags", end),
            None if opened => (Generation::UNCLOSED, response.len()),
            None => (Generation::NO_REASONING, 0),
        };
        let answer_text = match close {
            Some(end) => response[end + "</think>".len()..].to_owned(),
            None if opened => String::new(),
            None => response.to_owned(),
        };
        let generation = Generation {
            reasoning: response.get(offset..end).unwrap_or_default().to_owned(),
            answer_text,
            reasoning_source: source.into(),
            finish: if close.is_none() && opened { Finish::Length } else { Finish::Stop },
            ..Generation::default()
        };
        let steps = paragraphs(generation.thought());
        Self { id: id.to_owned(), problem, generation, steps, graded: None }
    }

    /// The rule judge's verdict when this is the known answer.
    pub(super) fn judged(&self, judge: &dyn Judge, gold: &[String]) -> Judgment {
        self.with_item(gold, |item| at_once(judge, item))
    }

    /// The trace as a judge sees it when this is the known answer.
    pub(super) fn with_item<T>(&self, gold: &[String], judge: impl FnOnce(&Item<'_>) -> T) -> T {
        let problem = Problem { gold: gold.to_vec(), ..self.problem.clone() };
        let (generation, grade) = (&self.generation, self.grade(&problem));
        judge(&Item { problem: &problem, generation, grade: &grade, steps: &self.steps })
    }

    /// The share of the thinking through the end of a step, in bytes; all of it where there is none.
    pub(super) fn share_through(&self, step: Option<u32>) -> f64 {
        let all = self.generation.thought().len().max(1) as f64;
        let end = step.and_then(|step| self.steps.get(step as usize)).map_or(all, |step| f64::from(step.end));
        end / all
    }

    /// Whether its reply is right, as the answer engine says.
    pub(super) fn grade(&self, problem: &Problem) -> Grade {
        let item = grade::Item::new(problem, &self.generation);
        grade::by_engine(item, &answer::Policy::default())
    }

    pub(super) fn step_text(&self, index: usize) -> &str {
        let span = &self.steps[index];
        &self.generation.thought()[span.start as usize..span.end as usize]
    }

    /// The final answer of the reply.
    pub(super) fn own(&self) -> Option<String> {
        self.grade(&self.problem).extracted
    }

    /// What kind of answer is looked for.
    pub(super) fn kind(&self) -> &'static str {
        let gold = self.problem.gold.first().map_or("", String::as_str);
        let digits = gold.replace(',', "");
        if !self.problem.choices.is_empty() {
            return "choice";
        }
        match digits.parse::<i64>() {
            Ok(_) if self.problem.problem.contains(&digits) => "integer of the problem",
            Ok(number) if number.abs() <= 12 => "small integer",
            Ok(_) => "other integer",
            Err(_) => "formula or words",
        }
    }
}

pub(super) fn rows(path: &Path) -> anyhow::Result<Vec<Value>> {
    let Ok(text) = std::fs::read_to_string(path) else { return Ok(vec![]) };
    let row = |(at, line): (usize, &str)| {
        serde_json::from_str(line).with_context(|| format!("{}:{}", path.display(), at + 1))
    };
    text.lines().enumerate().map(row).collect()
}

fn text<'a>(row: &'a Value, key: &str) -> anyhow::Result<&'a str> {
    row[key].as_str().with_context(|| format!("no {key} in {row:.60}"))
}

/// Files of recorded traces that were labelled together.
pub(super) struct Set {
    pub(super) name: &'static str,
    files: &'static [&'static str],
    labels: &'static str,
}

/// Mathematics, and choices whose options stand in the question.
pub(super) const SETS: [Set; 2] = [
    Set {
        name: "labels by hand",
        files: &["math500_three_models", "math_r1_distill_1_5b", "math_25_samples_each"],
        labels: "first_assertion",
    },
    Set {
        name: "labels by hand, mostly choices",
        files: &["choices_and_more"],
        labels: "first_assertion_choices",
    },
];

/// The recorded traces of a set with known answers, and their labels by hand.
pub(super) fn recorded(folder: &Path, set: &Set) -> anyhow::Result<(Vec<Trace>, Vec<Label>)> {
    let mut traces = Vec::new();
    for file in set.files {
        for row in rows(&folder.join(format!("traces/{file}.jsonl")))? {
            let trace = Trace::of(text(&row, "id")?, problem(&row)?, text(&row, "response")?);
            traces.push(Trace { graded: row["graded_correct_by_source"].as_bool(), ..trace });
        }
    }
    let labels = rows(&folder.join(format!("labels/{}.jsonl", set.labels)))?;
    let labels = labels.iter().map(|row| Ok(label(text(row, "trace")?, row, "step")));
    Ok((traces, labels.collect::<anyhow::Result<_>>()?))
}

fn problem(row: &Value) -> anyhow::Result<Problem> {
    let (asked, gold) = (text(row, "problem")?, text(row, "gold")?);
    let choices = match asked_options(asked, &[gold]) {
        AskedOptions::Listed { options, .. } => options,
        _ => vec![],
    };
    Ok(Problem { problem: asked.to_owned(), gold: vec![gold.to_owned()], choices, ..Problem::default() })
}

/// The built-in traces and their labels.
pub(super) fn builtin(folder: &Path) -> anyhow::Result<(Vec<Trace>, Vec<Label>)> {
    let mut problems = BTreeMap::new();
    for row in rows(&folder.join("problems.jsonl"))? {
        let problem = Problem {
            problem: text(&row, "problem")?.to_owned(),
            gold: strings(&row["answer"]),
            choices: strings(&row["choices"]),
            ..Problem::default()
        };
        problems.insert(text(&row, "id")?.to_owned(), problem);
    }
    let (mut traces, mut labels) = (Vec::new(), Vec::new());
    for row in rows(&folder.join("traces.jsonl"))? {
        let problem =
            problems.get(text(&row, "problem_id")?).cloned().context("a trace without a problem")?;
        let trace = Trace::of(text(&row, "id")?, problem, text(&row, "response")?);
        labels.push(label(&trace.id, &row["labels"], "first_assertion"));
        traces.push(Trace { graded: row["labels"]["final_correct"].as_bool(), ..trace });
    }
    Ok((traces, labels))
}

impl Label {
    /// A verdict is right: it lies inside, or finds none where there is none.
    pub(super) fn is_met_by(&self, step: Option<u32>) -> bool {
        match self.step {
            Some(_) => step.is_some_and(|step| (self.low..=self.high).contains(&step)),
            None => step.is_none(),
        }
    }
}

fn label(trace: &str, row: &Value, first: &str) -> Label {
    let number = |value: &Value| value.as_u64().and_then(|number| u32::try_from(number).ok());
    let step = number(&row[first]);
    // A step without a band is its own band; without a step nobody asks for one.
    let end = |key: &str| number(&row[key]).or(step).unwrap_or_default();
    Label {
        trace: trace.to_owned(),
        step,
        low: end("lo"),
        high: end("hi"),
        solutions: row["solutions"].as_array().into_iter().flatten().filter_map(number).collect(),
    }
}

fn strings(value: &Value) -> Vec<String> {
    match value {
        Value::String(one) => vec![one.clone()],
        Value::Array(several) => several.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => vec![],
    }
}

/// Cut at blank lines, blank ones dropped.
fn paragraphs(text: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let (mut at, mut open) = (0, false);
    for line in text.split_inclusive('\n') {
        let end = u32::try_from(at + line.trim_end().len()).unwrap_or(u32::MAX);
        if line.trim().is_empty() {
            open = false;
        } else if let (true, Some(step)) = (open, steps.last_mut()) {
            step.end = end;
        } else {
            open = true;
            steps.push(Step { start: u32::try_from(at).unwrap_or(u32::MAX), end, tokens: 0 });
        }
        at += line.len();
    }
    steps
}
