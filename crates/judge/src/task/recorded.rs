//! A task whose results somebody already has: labels by hand, or what a model replied.

use std::collections::BTreeMap;
use std::path::PathBuf;

use chat::Dialogue;
use plugin::{Component, ConfigError, ConfigErrors, Content};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tables::{Generation, Judgment};

use super::llm::findings;
use super::llm_task::{LlmTask, Plan, Query};
use super::{Findings, Task, reading};
use crate::Item;

/// Takes a task's results from a file, one JSON object a line: `problem_id` (with `sample` and `model` as needed) or
/// `trace_id`, and either the task's columns as the judgments table names them, beside these keys or in an object
/// `labels`, or in `reply` the words of a model (in `replies`, where it was asked in several parts), which are read as
/// the task `llm` reads them. A generation that the file does not know fails.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(bound = "")]
#[schemars(bound = "T: JsonSchema")]
pub(crate) struct Recorded<T: LlmTask> {
    /// The JSONL file.
    path: PathBuf,
    /// The task's own keys.
    #[serde(flatten)]
    task: T,
}

impl<T: LlmTask> Component for Recorded<T> {
    const KIND: &'static str = "recorded";
    const ABOUT: &'static str = "takes labels or a model's replies from a JSONL file";
    const VERSION: u32 = T::VERSION;
    /// What counts is what the file holds.
    const EXECUTION_KEYS: &'static [&'static str] = &["path"];
    type Built = dyn Task;

    fn build(self, content: &mut Content) -> Result<Box<dyn Task>, ConfigErrors> {
        let text = std::fs::read_to_string(&self.path).map_err(|error| {
            ConfigError::new("path", format!("cannot read {}: {error}", self.path.display()))
        })?;
        content.note("lines", blake3::hash(text.as_bytes()).to_hex().as_str());
        self.task.note(content);
        let lines = Lines::parse(&text).map_err(|(line, problem)| {
            ConfigError::new("path", format!("{} line {line}: {problem}", self.path.display()))
        })?;
        let file = self.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Box::new(RecordedTask { lines, file, task: self.task }))
    }
}

/// What a line is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum About {
    Trace(String),
    Sample { problem_id: String, sample: u32, model: Option<String> },
}

/// The lines of a file by what they are about.
struct Lines(BTreeMap<About, Map<String, Value>>);

impl Lines {
    /// Reads JSONL; an error is the 1-based line and what is wrong with it.
    fn parse(text: &str) -> Result<Self, (usize, String)> {
        let mut lines = BTreeMap::new();
        for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let at = |problem: String| (index + 1, problem);
            let line: Map<String, Value> =
                serde_json::from_str(line).map_err(|error| at(format!("not a JSON object: {error}")))?;
            for about in about(&line).map_err(at)? {
                if lines.get(&about).is_some_and(|before| *before != line) {
                    return Err(at("another line than before for the same generation".to_owned()));
                }
                lines.insert(about, line.clone());
            }
        }
        Ok(Self(lines))
    }

    /// The line about a generation: by its trace's name, else for this model, else for any model.
    fn of(&self, generation: &Generation) -> Option<&Map<String, Value>> {
        let sample = |model| About::Sample {
            problem_id: generation.problem_id.clone(),
            sample: generation.sample,
            model,
        };
        let by_trace = generation.trace_id.clone().and_then(|trace| self.0.get(&About::Trace(trace)));
        let by_model = || self.0.get(&sample(Some(generation.model.clone())));
        by_trace.or_else(by_model).or_else(|| self.0.get(&sample(None)))
    }
}

fn about(line: &Map<String, Value>) -> Result<Vec<About>, String> {
    let text = |key: &str| line.get(key).and_then(Value::as_str).map(str::to_owned);
    let trace = text("trace_id").or_else(|| text("trace")).map(About::Trace);
    let sample = match line.get("sample") {
        None | Some(Value::Null) => 0,
        Some(sample) => {
            reading::whole(sample).ok_or_else(|| format!("`sample` is {sample}; expected an index from 0"))?
        }
    };
    let sample =
        text("problem_id").map(|problem_id| About::Sample { problem_id, sample, model: text("model") });
    let found: Vec<About> = trace.into_iter().chain(sample).collect();
    if found.is_empty() {
        return Err("neither `problem_id` nor `trace_id` says what it is about".to_owned());
    }
    Ok(found)
}

struct RecordedTask<T> {
    lines: Lines,
    file: String,
    task: T,
}

impl<T: LlmTask> RecordedTask<T> {
    fn findings(&self, item: &Item<'_>, so_far: &Judgment) -> Findings {
        let failed = |reason: String| Findings::failed(T::COLUMNS, Recorded::<T>::KIND, reason);
        let Some(line) = self.lines.of(item.generation) else {
            return failed(format!("{} holds nothing for this generation", self.file));
        };
        if let Some(replies) = replies(line) {
            return self.read(item, so_far, &replies);
        }
        let inside = line.get("labels").and_then(Value::as_object);
        let found =
            [Some(line), inside].into_iter().flatten().find_map(|line| self.task.labels(item, so_far, line));
        match found {
            Some(Ok(found)) => Findings::done(T::COLUMNS, Recorded::<T>::KIND, found),
            Some(Err(reason)) => failed(format!("{}: {reason}", self.file)),
            None => {
                failed(format!("{} says nothing of `{}` for this generation", self.file, T::COLUMNS.task))
            }
        }
    }

    /// Reads replies as if they had just come.
    fn read(&self, item: &Item<'_>, so_far: &Judgment, replies: &[String]) -> Findings {
        let failed = |reason: String| {
            let mut findings = Findings::failed(T::COLUMNS, Recorded::<T>::KIND, reason);
            findings.ends.iter_mut().for_each(|(_, note)| note.raw = Some(replies.join("\n\n")));
            findings
        };
        match self.task.plan(item, so_far, usize::MAX) {
            Plan::Known(found) => Findings::done(T::COLUMNS, Recorded::<T>::KIND, found),
            Plan::Skip(reason) => Findings::skipped(T::COLUMNS, Recorded::<T>::KIND, reason),
            Plan::Fail(reason) => failed(reason),
            Plan::Ask(queries, _) if queries.len() != replies.len() => {
                failed(format!("{} replies were recorded to {} questions", replies.len(), queries.len()))
            }
            Plan::Ask(queries, merge) => {
                let read = |(query, reply): (&Query<'_, T::Answer>, &String)| {
                    reading::words(reply).and_then(|words| (query.read)(words, true))
                };
                match queries.iter().zip(replies).map(read).collect::<Result<Vec<T::Answer>, String>>() {
                    Ok(answers) => {
                        findings::<T>(Recorded::<T>::KIND, merge(answers), Some(replies.join("\n\n")))
                    }
                    Err(reason) => failed(reason),
                }
            }
        }
    }
}

fn replies(line: &Map<String, Value>) -> Option<Vec<String>> {
    if let Some(reply) = line.get("reply").and_then(Value::as_str) {
        return Some(vec![reply.to_owned()]);
    }
    line.get("replies")?.as_array()?.iter().map(|reply| reply.as_str().map(str::to_owned)).collect()
}

impl<T: LlmTask> Task for RecordedTask<T> {
    fn task(&self) -> &'static str {
        T::COLUMNS.task
    }

    fn judge(&self) -> String {
        Recorded::<T>::KIND.to_owned()
    }

    fn after(&self) -> &'static [&'static str] {
        T::AFTER
    }

    fn open<'a>(&'a self, item: &'a Item<'a>, so_far: &Judgment) -> Box<dyn Dialogue<Findings> + 'a> {
        Box::new(chat::done(self.findings(item, so_far)))
    }
}
