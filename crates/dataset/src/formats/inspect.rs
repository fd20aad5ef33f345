//! Logs of inspect: a ZIP archive `….eval` with a member for each sample and epoch.

use std::path::Path;

use chat::shape::Shown;
use records::{Archive, Members, Row};
use serde_json::{Map, Value};

use super::ForeignFormat;
use crate::DatasetError;
use crate::foreign::{
    Answer, Cells, FileFacts, ForeignRow, Need, Question, Shape, Skipped, Stated, golds, must, own,
};
use crate::mapping::conversation;

/// Reference to a text that stands among the attachments.
const ATTACHED: [&str; 2] = ["attachment://", "tc://"];
/// Keys that repeat the conversation, step by step.
const SKIPPED: &[&str] = &["events", "events_data", "timelines", "store"];

pub(super) struct Inspect;

impl ForeignFormat for Inspect {
    fn name(&self) -> &'static str {
        "inspect"
    }

    fn about(&self) -> &'static str {
        "logs of inspect (`.eval`): epochs are samples"
    }

    fn needs(&self) -> &'static [Need] {
        const { &[own("epoch", Shape::Number), must("target", Shape::There), own("output", Shape::Table)] }
    }

    fn members(&self) -> Option<Members> {
        Some(Members { prefix: "samples/", skip: SKIPPED })
    }

    fn bulk(&self) -> &'static [&'static str] {
        SKIPPED
    }

    fn file(&self, path: &Path) -> Result<FileFacts, DatasetError> {
        let mut archive = Archive::open(path)?;
        let names = archive.names();
        let mut heads = ["header.json", "_journal/start.json", "start.json"].iter();
        let Some(at) = heads.find_map(|head| names.iter().position(|name| name == head)) else {
            return Ok(FileFacts::default());
        };
        let head = archive.table(at, &["results", "stats", "reductions"])?;
        let cells = Cells(&head.cells);
        let by = format!("`eval.model` in {}", names[at]);
        let model = cells.text("eval.model").map(|value| Stated { value, by });
        Ok(FileFacts { dataset: cells.text("eval.task"), model, ..FileFacts::default() })
    }

    fn read(&self, row: &Row, file: &FileFacts) -> Result<ForeignRow, Skipped> {
        let attached = resolved(row);
        let row = attached.as_ref().unwrap_or(row);
        let cells = Cells(&row.cells);
        let text = cells
            .question("input")
            .ok_or_else(|| Skipped::lacks("`input` that is text or has a user's turn"))?;
        let epoch = cells.count("epoch").ok_or_else(|| Skipped::lacks("`epoch`"))?;
        let choice = cells.table("output.choices.0.message").map(|message| Shown::of_message(&message));
        let turn =
            choice.or_else(|| cells.at("messages").and_then(|messages| conversation::reply(&messages)));
        // A sample that never got a turn is no reply, as `settle` says.
        let mut answer = turn.map(Answer::turn).unwrap_or_default();
        answer.model =
            file.model.as_ref().map(|told| told.value.clone()).or_else(|| cells.text("output.model"));
        answer.sample = u32::try_from(epoch.saturating_sub(1)).ok();
        // Only for the trace's name, which the epoch makes unique within its sample.
        let id = cells.text("id").unwrap_or_default();
        answer.ended(cells.ending("output.choices.0.stop_reason"));
        let reply = &mut answer.reply;
        reply.trace_id = cells.text("uuid").or_else(|| Some(format!("{id}_epoch_{epoch}")));
        reply.error = cells.first_text(&["output.error", "error.message"]);
        reply.prompt_tokens = cells.count("output.usage.input_tokens");
        reply.completion_tokens = cells.count("output.usage.output_tokens");
        reply.reasoning_tokens = cells.count("output.usage.reasoning_tokens");
        reply.seconds = cells.real("output.time");
        answer.grade = cells.table("scores").map(grade);
        answer.extra =
            cells.rest(&["input", "target", "messages", "output", "epoch", "choices", "attachments", "uuid"]);
        let turns = cells.at("messages").map_or(0, |turns| conversation::replies(&turns));
        let note = (turns > 1).then_some("several turns of the assistant: the last one is the reply");
        Ok(ForeignRow {
            question: Some(question(row, text)?),
            replies: vec![answer],
            note,
            ..ForeignRow::default()
        })
    }
}

fn question(row: &Row, text: String) -> Result<Question, Skipped> {
    let cells = Cells(&row.cells);
    let metadata = cells.inner("metadata");
    Ok(Question {
        // Samples without an id are numbered; a number tells no problem from that of another task.
        id: row.cells.get("id").and_then(Value::as_str).map(str::to_owned),
        text,
        gold: golds(row, "target")?,
        choices: cells.choices("choices")?,
        subset: super::lm_eval::level_of(Cells(&metadata)),
        ..Question::default()
    })
}

/// The scorers' values.
fn grade(scores: Map<String, Value>) -> Value {
    let value = |(name, score): (String, Value)| (name, score.get("value").cloned().unwrap_or(score));
    Value::Object(scores.into_iter().map(value).collect())
}

/// The row with its attachments put back; `None` if it refers to none.
fn resolved(row: &Row) -> Option<Row> {
    let attachments = row.cells.get("attachments")?.as_object().filter(|texts| !texts.is_empty())?;
    let mut row = row.clone();
    for key in ["input", "messages", "output"] {
        if let Some(value) = row.cells.get_mut(key) {
            resolve(value, attachments);
        }
    }
    Some(row)
}

fn resolve(value: &mut Value, attachments: &Map<String, Value>) {
    match value {
        Value::String(text) => {
            let key = ATTACHED.iter().find_map(|protocol| text.strip_prefix(protocol));
            if let Some(Value::String(attached)) = key.and_then(|key| attachments.get(key)) {
                *text = attached.clone();
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| resolve(item, attachments)),
        Value::Object(members) => members.values_mut().for_each(|member| resolve(member, attachments)),
        _ => {}
    }
}
