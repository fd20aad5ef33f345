//! Details of lighteval: Parquet with `doc`, `model_response` and `metric`, in
//! `details/<model>/<time>/details_<task>_<time>.parquet`.

use std::path::Path;

use records::Row;
use serde_json::Value;

use super::ForeignFormat;
use crate::DatasetError;
use crate::foreign::{
    Answer, Cells, FileFacts, ForeignRow, Need, Question, Shape, Skipped, Stated, between, must, own, stem,
};

pub(super) struct Lighteval;

impl ForeignFormat for Lighteval {
    fn name(&self) -> &'static str {
        "lighteval"
    }

    fn about(&self) -> &'static str {
        "details of lighteval (Parquet with doc, model_response, metric)"
    }

    fn needs(&self) -> &'static [Need] {
        const {
            &[
                own("doc.query", Shape::Text),
                own("model_response", Shape::Table),
                must("metric", Shape::There),
            ]
        }
    }

    fn file(&self, path: &Path) -> Result<FileFacts, DatasetError> {
        Ok(place(path))
    }

    fn bulk(&self) -> &'static [&'static str] {
        &[
            "model_response.input",
            "model_response.input_tokens",
            "model_response.output_tokens",
            "model_response.logits",
        ]
    }

    fn read(&self, row: &Row, _file: &FileFacts) -> Result<ForeignRow, Skipped> {
        let cells = Cells(&row.cells);
        let text = cells.first_text(&["doc.original_query", "doc.query"]);
        let text = text.ok_or_else(|| Skipped::lacks("`doc.query`"))?;
        let replies = cells.items("model_response.text");
        if replies.is_empty() {
            return Err("log probabilities of choices, no generated text".into());
        }
        let part = |path: &str, index: usize| cells.at(&format!("model_response.{path}.{index}"));
        let answer = |(index, text): (usize, &Value)| {
            let reasoning = part("reasonings", index).and_then(|text| text.as_str().map(str::to_owned));
            let mut answer = Answer::of(text.as_str());
            answer = answer.with_reasoning(reasoning, "reasonings");
            let id = cells.text("doc.id").filter(|id| !id.is_empty());
            answer.reply.trace_id = id.map(|id| if replies.len() > 1 { format!("{id}#{index}") } else { id });
            let tokens = |value: Option<Value>| {
                value.and_then(|value| value.as_array().map(Vec::len)).map(|n| n as u64)
            };
            let counted = |tokens: Option<u64>| tokens.filter(|count| *count > 0);
            answer.reply.prompt_tokens =
                counted(tokens(cells.list("model_response.input_tokens").map(Value::Array)));
            answer.reply.completion_tokens =
                counted(tokens(part("output_tokens", index).map(|v| v.into_owned())));
            answer.grade = cells.at("metric").map(|value| value.into_owned());
            answer
        };
        let replies = replies.iter().enumerate().map(answer).collect();
        Ok(ForeignRow { question: Some(question(cells, text)?), replies, ..ForeignRow::default() })
    }
}

fn question(cells: Cells<'_>, text: String) -> Result<Question, Skipped> {
    let choices = cells.choices("doc.choices")?;
    let index = |value: &Value| value.as_u64().and_then(|index| usize::try_from(index).ok());
    let picked: Vec<usize> = match cells.at("doc.gold_index").as_deref() {
        Some(Value::Array(items)) => items.iter().filter_map(index).collect(),
        Some(value) => index(value).into_iter().collect(),
        None => Vec::new(),
    };
    let gold = picked
        .into_iter()
        .filter_map(|index| choices.get(index))
        .map(|text| text.trim().to_owned())
        .collect();
    let specific = cells.inner("doc.specific");
    // A single choice is the answer itself.
    let choices = if choices.len() > 1 { choices } else { Vec::new() };
    let subset = super::lm_eval::level_of(Cells(&specific));
    Ok(Question {
        text,
        gold,
        choices,
        subset,
        dataset: cells.text("doc.task_name").filter(|name| !name.is_empty()),
        ..Question::default()
    })
}

/// Model and task by lighteval's folders.
pub(super) fn place(path: &Path) -> FileFacts {
    let stem = stem(path);
    let task = stem.strip_prefix("details_").unwrap_or(&stem);
    // The time stands behind the last underscore: `2026-01-31T10-00-00.000000`.
    let task = task.rsplit_once('_').filter(|(_, time)| time.contains('T')).map_or(task, |(task, _)| task);
    let model = between(path, &["details"]).and_then(|(_, mut folders)| {
        folders.pop()?;
        let value = folders.join("/");
        (!value.is_empty()).then(|| Stated { value, by: "the folders in `details`".to_owned() })
    });
    FileFacts { dataset: Some(task.to_owned()), model, ..FileFacts::default() }
}
