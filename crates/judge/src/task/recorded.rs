//! A task whose results somebody already has: labels by hand, or what a model replied.

use std::path::PathBuf;

use chat::Dialogue;
use plugin::{Component, ConfigErrors, Content};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tables::Judgment;

use super::llm::findings;
use super::llm_task::{LlmTask, Plan, Query};
use super::{Findings, Task, reading};
use crate::Item;
use crate::recording::{About, Recording};

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
        let lines = Recording::load(&self.path, "lines", content, read)?;
        self.task.note(content);
        Ok(Box::new(RecordedTask { lines, task: self.task }))
    }
}

/// What a line is about, and the line.
pub(crate) fn read(line: &str) -> Result<(Vec<About>, Map<String, Value>), String> {
    let line: Map<String, Value> =
        serde_json::from_str(line).map_err(|error| format!("not a JSON object: {error}"))?;
    Ok((about(&line)?, line))
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
    lines: Recording<Map<String, Value>>,
    task: T,
}

impl<T: LlmTask> RecordedTask<T> {
    fn findings(&self, item: &Item<'_>, so_far: &Judgment) -> Findings {
        let failed = |reason: String| Findings::failed(T::COLUMNS, Recorded::<T>::KIND, reason);
        let Some(line) = self.lines.of(item.generation) else {
            return failed(format!("{} holds nothing for this generation", self.lines.file));
        };
        if let Some(replies) = replies(line) {
            return self.read(item, so_far, &replies);
        }
        let inside = line.get("labels").and_then(Value::as_object);
        let found =
            [Some(line), inside].into_iter().flatten().find_map(|line| self.task.labels(item, so_far, line));
        match found {
            Some(Ok(found)) => Findings::done(T::COLUMNS, Recorded::<T>::KIND, found),
            Some(Err(reason)) => failed(format!("{}: {reason}", self.lines.file)),
            None => failed(format!(
                "{} says nothing of `{}` for this generation",
                self.lines.file,
                T::COLUMNS.task
            )),
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
