//! Verdicts that somebody already has.

use std::path::PathBuf;

use chat::Dialogue;
use plugin::{Component, ConfigErrors, Content};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tables::Judgment;

use super::COLUMNS;
use crate::Item;
use crate::recording::Recording;
use crate::task::{Findings, Task, recorded};

/// Takes verdicts from a file, one JSON object a line: `problem_id` (with `sample` and `model` as needed) or `trace_id`, the score
/// as `verifier`, and, where there are some, those of the steps as `step_scores`. A generation that the file does not know
/// fails.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct Recorded {
    /// The JSONL file.
    path: PathBuf,
}

impl Component for Recorded {
    const KIND: &'static str = "recorded";
    const ABOUT: &'static str = "takes verdicts from a JSONL file";
    /// What counts is what the file holds.
    const EXECUTION_KEYS: &'static [&'static str] = &["path"];
    type Built = dyn Task;

    fn build(self, content: &mut Content) -> Result<Box<dyn Task>, ConfigErrors> {
        let lines = Recording::load(&self.path, "lines", content, recorded::read)?;
        Ok(Box::new(Lines(lines)))
    }
}

struct Lines(Recording<Map<String, Value>>);

impl Task for Lines {
    fn task(&self) -> &'static str {
        COLUMNS.task
    }

    fn judge(&self) -> String {
        Recorded::KIND.to_owned()
    }

    fn open<'a>(&'a self, item: &'a Item<'a>, _: &Judgment) -> Box<dyn Dialogue<Findings> + 'a> {
        let Self(lines) = self;
        let found = match lines.of(item.generation) {
            Some(line) => found(line, item.steps.len()),
            None => Err("it holds nothing for this generation".to_owned()),
        };
        let findings = match found {
            Ok(found) => Findings::done(COLUMNS, Recorded::KIND, Box::new(found)),
            Err(why) => Findings::failed(COLUMNS, Recorded::KIND, format!("{}: {why}", lines.file)),
        };
        Box::new(chat::done(findings))
    }

    fn is_about_replies(&self) -> bool {
        true
    }
}

fn found(line: &Map<String, Value>, steps: usize) -> Result<Judgment, String> {
    let verifier = line.get("verifier").map(number).transpose()?.flatten();
    let list = |value: &Value| match value {
        Value::Null => Ok(None),
        Value::Array(scores) => scores.iter().map(number).collect::<Result<Vec<_>, String>>().map(Some),
        other => Err(format!("`step_scores` is {other}; expected a list of numbers")),
    };
    let step_scores = line.get("step_scores").map(list).transpose()?.flatten();
    match &step_scores {
        Some(scores) if scores.len() != steps => {
            Err(format!("{} scores are given for {steps} steps", scores.len()))
        }
        None if verifier.is_none() => Err("it gives no `verifier` for this generation".to_owned()),
        _ => Ok(Judgment { verifier, step_scores, ..Judgment::default() }),
    }
}

fn number(value: &Value) -> Result<Option<f64>, String> {
    match value {
        Value::Null => Ok(None),
        value => value.as_f64().map(Some).ok_or_else(|| format!("{value} is no number")),
    }
}
