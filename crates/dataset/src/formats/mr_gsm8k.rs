//! MR-GSM8K: solutions by steps, the first wrong one marked (counted from 1) and explained.

use records::Row;

use super::ForeignFormat;
use super::processbench::solution_of;
use crate::foreign::{
    Cells, FileFacts, ForeignRow, Labels, Need, Question, Shape, Skipped, golds, must, own,
};

pub(super) struct MrGsm8k;

impl ForeignFormat for MrGsm8k {
    fn name(&self) -> &'static str {
        "mr-gsm8k"
    }

    fn about(&self) -> &'static str {
        "MR-GSM8K: solutions with the first wrong step"
    }

    fn needs(&self) -> &'static [Need] {
        const {
            &[
                must("question", Shape::Text),
                own("model_output_steps", Shape::Texts),
                own("model_output_solution_first_error_step", Shape::There),
            ]
        }
    }

    fn read(&self, row: &Row, _file: &FileFacts) -> Result<ForeignRow, Skipped> {
        let cells = Cells(&row.cells);
        let text = cells.text("question").ok_or_else(|| Skipped::lacks("`question`"))?;
        let mut answer = solution_of(cells, "model_output_steps")?;
        answer.reply.trace_id = cells.text("uuid");
        answer.labels = Labels {
            reasoning_valid: cells.flag("model_output_solution_correctness"),
            solution_valid: cells.flag("model_output_answer_correctness"),
            ..Labels::default()
        };
        answer.extra = cells.rest(&[
            "question",
            "model_output_steps",
            "ground_truth_answer",
            "ground_truth_solution",
            "uuid",
        ]);
        let question = Question {
            text,
            gold: golds(row, "ground_truth_answer")?,
            solution: cells.text("ground_truth_solution"),
            ..Question::default()
        };
        Ok(ForeignRow { question: Some(question), replies: vec![answer], ..ForeignRow::default() })
    }
}
