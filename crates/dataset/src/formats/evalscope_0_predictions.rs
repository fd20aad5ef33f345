//! Predictions of EvalScope before 1.0: a chat completion with the benchmark's raw row. The known answers stand in
//! the reviews, or in the raw row.

use std::path::Path;

use chat::shape::Shown;
use records::Row;

use super::ForeignFormat;
use super::evalscope_predictions::place;
use crate::DatasetError;
use crate::columns::Field;
use crate::foreign::{
    Answer, Cells, FileFacts, ForeignRow, Joins, Need, Question, Shape, Skipped, golds, last_hashes, must,
    own,
};

pub(super) struct OldPredictions;

impl ForeignFormat for OldPredictions {
    fn name(&self) -> &'static str {
        "evalscope-0-predictions"
    }

    fn about(&self) -> &'static str {
        "EvalScope predictions before 1.0"
    }

    fn needs(&self) -> &'static [Need] {
        const { &[own("answer_id", Shape::Text), own("raw_input", Shape::Table), must("choices", Shape::Tables)] }
    }

    fn file(&self, path: &Path) -> Result<FileFacts, DatasetError> {
        Ok(place(path))
    }

    fn joins(&self) -> Option<Joins> {
        Some(Joins { family: "evalscope-0", side: false, alone: None })
    }

    fn read(&self, row: &Row, file: &FileFacts) -> Result<ForeignRow, Skipped> {
        read(row, file)
    }
}

/// A prediction, or a review, which repeats it.
pub(super) fn read(row: &Row, file: &FileFacts) -> Result<ForeignRow, Skipped> {
    let cells = Cells(&row.cells);
    let id = cells.text("answer_id").ok_or_else(|| Skipped::lacks("`answer_id`"))?;
    let replies = cells.list("choices").ok_or_else(|| Skipped::lacks("`choices`"))?;
    let replies = replies.iter().map(|choice| answer(cells, choice)).collect();
    let key = cells.text("index").unwrap_or_else(|| id.clone());
    Ok(ForeignRow {
        question: Some(question(row, file)?),
        replies,
        join: Some(format!("{}#{key}", file.run)),
        once: Some((id, "another row before it has the same answer_id")),
        note: None,
    })
}

fn answer(cells: Cells<'_>, choice: &serde_json::Value) -> Answer {
    let own = choice.as_object();
    let message = own.and_then(|choice| choice.get("message")).and_then(|message| message.as_object());
    // A choice without a message is no reply, as `settle` says.
    let mut answer = message.map(|message| Answer::turn(Shown::of_message(message))).unwrap_or_default();
    answer.model = cells.first_text(&["model", "model_spec.model_id", "model_spec.model"]);
    answer.reply.trace_id = cells.text("answer_id");
    if let Some(own) = own {
        answer.ended(Cells(own).ending("finish_reason"));
        answer.grade = Cells(own).at("review.result").map(std::borrow::Cow::into_owned);
    }
    let counted = |path: &str| cells.count(path).filter(|count| *count > 0);
    answer.reply.prompt_tokens = counted("usage.prompt_tokens");
    answer.reply.completion_tokens = counted("usage.completion_tokens");
    answer.extra =
        cells.rest(&["choices", "model", "answer_id", "raw_input", "origin_prompt", "usage", "model_spec"]);
    answer
}

fn question(row: &Row, file: &FileFacts) -> Result<Question, Skipped> {
    let cells = Cells(&row.cells);
    let raw = Field::Problem.aliases().iter().find_map(|name| cells.question(&format!("raw_input.{name}")));
    let prompt = || cells.first_text(&["origin_prompt.data.0", "origin_prompt.prompt"]);
    let text =
        raw.or_else(prompt).ok_or_else(|| Skipped::lacks("question in `raw_input` or `origin_prompt`"))?;
    let mut gold = golds(row, "choices.0.review.gold")?;
    let names = ["answer", "target", "gold", "solution"].map(|name| format!("raw_input.{name}"));
    let solution = cells.text("raw_input.solution");
    for name in &names {
        if gold.is_empty() {
            gold = golds(row, name)?;
        }
    }
    let gold = gold.into_iter().map(|text| last_hashes(&text).map_or(text.clone(), str::to_owned)).collect();
    let subset = cells.text("subset_name").filter(|name| !matches!(name.as_str(), "" | "default" | "main"));
    Ok(Question {
        text,
        gold,
        solution,
        subset: subset.or_else(|| file.subset.clone()),
        ..Question::default()
    })
}
