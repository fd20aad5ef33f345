//! PRMBench: solutions by steps into which errors were put, the wrong steps counted from 1.

use records::Row;

use super::ForeignFormat;
use super::processbench::solution_of;
use crate::foreign::{
    Cells, FileFacts, ForeignRow, Labels, Need, Question, Shape, Skipped, golds, must, own,
};

pub(super) struct PrmBench;

impl ForeignFormat for PrmBench {
    fn name(&self) -> &'static str {
        "prmbench"
    }

    fn about(&self) -> &'static str {
        "PRMBench: modified solutions with their wrong steps"
    }

    fn needs(&self) -> &'static [Need] {
        const {
            &[
                own("modified_process", Shape::Texts),
                own("error_steps", Shape::List),
                must("original_process", Shape::There),
            ]
        }
    }

    fn bulk(&self) -> &'static [&'static str] {
        &["original_process"]
    }

    fn read(&self, row: &Row, _file: &FileFacts) -> Result<ForeignRow, Skipped> {
        let cells = Cells(&row.cells);
        let text = cells.first_text(&["modified_question", "question", "original_question"]);
        let text = text.ok_or_else(|| Skipped::lacks("`modified_question`"))?;
        let mut answer = solution_of(cells, "modified_process")?;
        let wrong = cells.list("error_steps").ok_or_else(|| Skipped::lacks("`error_steps`"))?;
        answer.reply.trace_id = cells.first_text(&["id", "idx"]);
        answer.labels = Labels { reasoning_valid: Some(wrong.is_empty()), ..Labels::default() };
        answer.extra = cells.rest(&[
            "modified_process",
            "original_process",
            "modified_question",
            "question",
            "id",
            "idx",
            "ground_truth",
        ]);
        let question = Question {
            text,
            gold: golds(row, "ground_truth")?,
            subset: cells.text("classification"),
            ..Question::default()
        };
        Ok(ForeignRow { question: Some(question), replies: vec![answer], ..ForeignRow::default() })
    }
}
