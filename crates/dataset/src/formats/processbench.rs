//! ProcessBench: solutions by steps; `label` is the first wrong step, counted from 0, or -1.

use records::Row;

use super::ForeignFormat;
use crate::foreign::{
    Answer, Cells, FileFacts, ForeignRow, Labels, Need, Question, Shape, Skipped, may, must, own,
};

pub(super) struct ProcessBench;

impl ForeignFormat for ProcessBench {
    fn name(&self) -> &'static str {
        "processbench"
    }

    fn about(&self) -> &'static str {
        "ProcessBench: solutions with the first wrong step"
    }

    fn needs(&self) -> &'static [Need] {
        const {
            &[
                must("problem", Shape::Text),
                own("steps", Shape::Texts),
                own("label", Shape::Number),
                may("final_answer_correct", Shape::Flag),
                may("generator", Shape::Text),
            ]
        }
    }

    fn read(&self, row: &Row, _file: &FileFacts) -> Result<ForeignRow, Skipped> {
        let cells = Cells(&row.cells);
        let text = cells.text("problem").ok_or_else(|| Skipped::lacks("`problem`"))?;
        let mut answer = solution_of(cells, "steps")?;
        let label = cells.at("label").and_then(|label| label.as_i64());
        answer.model = cells.text("generator");
        answer.reply.trace_id = cells.text("id");
        answer.labels = Labels {
            reasoning_valid: label.map(|label| label < 0),
            solution_valid: cells.flag("final_answer_correct"),
            ..Labels::default()
        };
        answer.grade = cells.at("final_answer_correct").map(|value| value.into_owned());
        answer.extra = cells.rest(&["problem", "steps", "generator", "id", "final_answer_correct"]);
        // `gsm8k-17` is of the part gsm8k.
        let part = cells.text("id").and_then(|id| id.rsplit_once('-').map(|(part, _)| part.to_owned()));
        let question = Question { text, subset: part, ..Question::default() };
        Ok(ForeignRow { question: Some(question), replies: vec![answer], ..ForeignRow::default() })
    }
}

/// A solution from its steps, each a paragraph.
pub(super) fn solution_of(cells: Cells<'_>, path: &str) -> Result<Answer, Skipped> {
    let steps = cells.texts(path).filter(|steps| !steps.is_empty());
    let steps = steps.ok_or_else(|| Skipped::lacks(&format!("texts in `{path}`")))?;
    let steps: Vec<&str> = steps.iter().map(|step| step.trim_end()).collect();
    Ok(Answer::text(steps.join("\n\n")))
}
