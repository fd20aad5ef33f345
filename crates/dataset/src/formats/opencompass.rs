//! Predictions of OpenCompass: `predictions/<model>/<dataset>.json`, a table of tables by index, or the lines that
//! it writes while it works.

use std::path::Path;

use records::Row;
use serde_json::Value;

use super::ForeignFormat;
use crate::DatasetError;
use crate::foreign::{
    Answer, Cells, FileFacts, ForeignRow, Need, Question, Shape, Skipped, Stated, between, golds, own, stem,
};

pub(super) struct OpenCompass;

impl ForeignFormat for OpenCompass {
    fn name(&self) -> &'static str {
        "opencompass"
    }

    fn about(&self) -> &'static str {
        "predictions of OpenCompass (index → origin_prompt, prediction, gold)"
    }

    fn needs(&self) -> &'static [Need] {
        const { &[own("origin_prompt", Shape::There), own("prediction", Shape::There)] }
    }

    fn file(&self, path: &Path) -> Result<FileFacts, DatasetError> {
        // Elsewhere no folder names the model.
        let folders = between(path, &["predictions"]).map(|(_, folders)| folders).unwrap_or_default();
        let by = "the folder in `predictions`".to_owned();
        let model = folders.first().map(|model| Stated { value: model.clone(), by });
        Ok(FileFacts { dataset: Some(stem(path)), model, ..FileFacts::default() })
    }

    fn read(&self, row: &Row, _file: &FileFacts) -> Result<ForeignRow, Skipped> {
        let cells = Cells(&row.cells);
        let index = row.key.clone().or_else(|| cells.text("idx"));
        let text = question(cells).ok_or_else(|| Skipped::lacks("question in `origin_prompt`"))?;
        let replies = replies(cells)?;
        let count = replies.len();
        let rest =
            cells.rest(&["origin_prompt", "prediction", "gold", "idx", "res_length", "all_input_length"]);
        let answer = |(n, text): (usize, String)| {
            let mut answer = Answer::text(text);
            answer.reply.trace_id =
                index.as_ref().map(|id| if count > 1 { format!("{id}#{n}") } else { id.clone() });
            answer.reply.completion_tokens = (count == 1).then(|| cells.count("res_length")).flatten();
            answer.reply.prompt_tokens = cells.count("all_input_length");
            answer.extra.clone_from(&rest);
            answer
        };
        let replies = replies.into_iter().enumerate().map(answer).collect();
        let once = index.clone().map(|index| (index, "another row before it has the same index"));
        let question = Question { text, gold: golds(row, "gold")?, ..Question::default() };
        Ok(ForeignRow { question: Some(question), replies, once, ..ForeignRow::default() })
    }
}

fn replies(cells: Cells<'_>) -> Result<Vec<String>, Skipped> {
    match cells.at("prediction").as_deref() {
        Some(Value::String(text)) => Ok(vec![text.clone()]),
        Some(Value::Array(_)) if cells.list("origin_prompt.0").is_some() => {
            Err("a conversation of several rounds".into())
        }
        Some(Value::Array(items)) => {
            let texts: Option<Vec<String>> =
                items.iter().map(|text| text.as_str().map(str::to_owned)).collect();
            texts.ok_or_else(|| "scores of choices, no generated text".into())
        }
        _ => Err("scores of choices, no generated text".into()),
    }
}

/// The prompt: text, or turns of its own kind, `{role: HUMAN, prompt: …}`.
fn question(cells: Cells<'_>) -> Option<String> {
    if let Some(text) = cells.question("origin_prompt") {
        return Some(text);
    }
    let turns = cells.list("origin_prompt")?;
    let asked = turns.iter().rev().find(|turn| turn.get("role").is_some_and(|role| role == "HUMAN"))?;
    asked.get("prompt").and_then(Value::as_str).filter(|text| !text.trim().is_empty()).map(str::to_owned)
}
