//! OpenThoughts' configuration `metadata`: problem, thinking and answer in columns of their own.

use records::Row;

use super::ForeignFormat;
use crate::foreign::{Answer, Cells, FileFacts, ForeignRow, Need, Question, Shape, Skipped, must, own};
use crate::mapping::values::last_boxed;

pub(super) struct OpenThoughtsMetadata;

impl ForeignFormat for OpenThoughtsMetadata {
    fn name(&self) -> &'static str {
        "openthoughts-metadata"
    }

    fn about(&self) -> &'static str {
        "OpenThoughts, configuration `metadata`: deepseek_reasoning, deepseek_solution"
    }

    fn needs(&self) -> &'static [Need] {
        const {
            &[
                must("problem", Shape::Text),
                own("deepseek_reasoning", Shape::Text),
                own("deepseek_solution", Shape::Text),
            ]
        }
    }

    fn read(&self, row: &Row, _file: &FileFacts) -> Result<ForeignRow, Skipped> {
        let cells = Cells(&row.cells);
        let text = cells.text("problem").ok_or_else(|| Skipped::lacks("`problem`"))?;
        let answer = Answer::of(cells.text("deepseek_solution"));
        let mut answer = answer.with_reasoning(cells.text("deepseek_reasoning"), "deepseek_reasoning");
        answer.extra =
            cells.rest(&["problem", "deepseek_reasoning", "deepseek_solution", "ground_truth_solution"]);
        let solution = cells.text("ground_truth_solution").filter(|text| !text.trim().is_empty());
        // A solution whose answer cannot be told is no answer.
        let gold = solution.as_deref().and_then(last_boxed).map(str::to_owned);
        let question = Question { text, gold: gold.into_iter().collect(), solution, ..Question::default() };
        Ok(ForeignRow { question: Some(question), replies: vec![answer], ..ForeignRow::default() })
    }
}
