//! Input of the OpenAI Batch API: the requests, which hold the questions of the output file.

use records::Row;

use super::ForeignFormat;
use crate::foreign::{
    Answer, Cells, FileFacts, ForeignRow, Joins, Need, Shape, Skipped, answer_of, own, question_of,
};

pub(super) struct OpenAiBatchInput;

impl ForeignFormat for OpenAiBatchInput {
    fn name(&self) -> &'static str {
        "openai-batch-input"
    }

    fn about(&self) -> &'static str {
        "input files of the OpenAI Batch API: the questions of an output file"
    }

    fn needs(&self) -> &'static [Need] {
        const { &[own("custom_id", Shape::Text), own("body", Shape::Table)] }
    }

    fn fits(&self, cells: &serde_json::Map<String, serde_json::Value>) -> crate::foreign::Fit {
        use crate::foreign::{Fit, fit};
        if cells.contains_key("body") { fit(self.needs(), cells) } else { Fit::No }
    }

    fn joins(&self) -> Option<Joins> {
        Some(Joins {
            family: "openai-batch",
            side: true,
            alone: Some("no output for this request in the given files"),
        })
    }

    fn read(&self, row: &Row, _file: &FileFacts) -> Result<ForeignRow, Skipped> {
        let cells = Cells(&row.cells);
        let id = cells.text("custom_id").ok_or_else(|| Skipped::lacks("`custom_id`"))?;
        let text =
            ["body.messages", "body.input", "body.prompt"].iter().find_map(|path| cells.question(path));
        let text = text.ok_or_else(|| Skipped::lacks("question in `body`"))?;
        let mut answer = answer_of(row, Answer::default(), "");
        answer.model = cells.text("body.model");
        answer.extra = cells.inner("metadata");
        let question = question_of(row, text)?;
        Ok(ForeignRow {
            question: Some(question),
            replies: vec![answer],
            join: Some(id),
            ..ForeignRow::default()
        })
    }
}
