//! Details of older lighteval: Parquet whose columns are texts, lists among them as Python prints them.

use std::path::Path;

use records::Row;
use serde_json::Value;

use super::ForeignFormat;
use super::lighteval::place;
use crate::DatasetError;
use crate::foreign::{
    Answer, Cells, FileFacts, ForeignRow, Need, Question, Shape, Skipped, must, own, text_list,
};

pub(super) struct OldLighteval;

impl ForeignFormat for OldLighteval {
    fn name(&self) -> &'static str {
        "lighteval-0"
    }

    fn about(&self) -> &'static str {
        "details of lighteval before 0.10 (Parquet with full_prompt, predictions, gold)"
    }

    fn needs(&self) -> &'static [Need] {
        const { &[own("full_prompt", Shape::Text), own("predictions", Shape::There), must("gold", Shape::There)] }
    }

    fn file(&self, path: &Path) -> Result<FileFacts, DatasetError> {
        Ok(place(path))
    }

    fn bulk(&self) -> &'static [&'static str] {
        &["full_prompt", "input_tokens", "cont_tokens", "pred_logits", "prediction_logits", "padded"]
    }

    fn read(&self, row: &Row, _file: &FileFacts) -> Result<ForeignRow, Skipped> {
        let cells = Cells(&row.cells);
        let text =
            cells.first_text(&["example", "full_prompt"]).ok_or_else(|| Skipped::lacks("`example`"))?;
        let replies = texts(cells, "predictions");
        let Some(replies) = replies.filter(|replies| !replies.is_empty()) else {
            return Err("`predictions` are no texts".into());
        };
        let grade = cells.at("metrics").map(|value| value.into_owned());
        let answer = |text: String| Answer { grade: grade.clone(), ..Answer::text(text) };
        // Absent: no known answer.
        let gold = texts(cells, "gold").unwrap_or_default();
        let question = Question { text, gold, ..Question::default() };
        Ok(ForeignRow {
            question: Some(question),
            replies: replies.into_iter().map(answer).collect(),
            ..ForeignRow::default()
        })
    }
}

/// A list of texts, or of lists of them, in Parquet or as Python prints it.
fn texts(cells: Cells<'_>, path: &str) -> Option<Vec<String>> {
    match cells.at(path)?.as_ref() {
        Value::Array(items) => {
            let flat = items.iter().flat_map(|item| match item {
                Value::Array(inner) => inner.clone(),
                item => vec![item.clone()],
            });
            flat.map(|item| item.as_str().map(str::to_owned)).collect()
        }
        Value::String(printed) => {
            let inner = printed.trim().strip_prefix('[').and_then(|text| text.strip_suffix(']'));
            text_list(printed).or_else(|| text_list(inner?))
        }
        _ => None,
    }
}
