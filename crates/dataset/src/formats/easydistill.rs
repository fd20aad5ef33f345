//! Rows of EasyDistill, and of others that go back to Alpaca: `instruction` with `response` or `output`, and the
//! ratings that its scorers add.

use records::Row;

use super::ForeignFormat;
use super::chat_messages::USUAL;
use crate::foreign::{
    Answer, Cells, FileFacts, ForeignRow, Need, Shape, Skipped, answer_of, may, own, question_of,
};

pub(super) struct EasyDistill;

impl ForeignFormat for EasyDistill {
    fn name(&self) -> &'static str {
        "easydistill"
    }

    fn about(&self) -> &'static str {
        "EasyDistill (and Alpaca) rows: instruction, response or output, ratings where they are"
    }

    fn needs(&self) -> &'static [Need] {
        const {
            &[
                own("instruction", Shape::Text),
                may("response", Shape::Text),
                may("output", Shape::Text),
                may("reasoning_verbosity", Shape::Number),
                may("cognitive_difficulty", Shape::Number),
            ]
        }
    }

    fn fits(&self, cells: &serde_json::Map<String, serde_json::Value>) -> crate::foreign::Fit {
        use crate::foreign::{Fit, fit};
        match fit(self.needs(), cells) {
            Fit::Yes(has) if !has.contains(&"response") && !has.contains(&"output") => Fit::No,
            fit => fit,
        }
    }

    fn read(&self, row: &Row, _file: &FileFacts) -> Result<ForeignRow, Skipped> {
        let cells = Cells(&row.cells);
        let instruction = cells.text("instruction").ok_or_else(|| Skipped::lacks("`instruction`"))?;
        let input = cells.text("input").filter(|input| !input.trim().is_empty());
        let text = input.map_or(instruction.clone(), |input| format!("{instruction}\n\n{input}"));
        let reply = cells.text("response").or_else(|| cells.text("output"));
        let reply = reply.ok_or_else(|| Skipped::lacks("`response` or `output`"))?;
        let used = [USUAL, &["instruction", "input", "response", "output"]].concat();
        let answer = Answer { extra: cells.rest(&used), ..answer_of(row, Answer::text(reply), "") };
        Ok(ForeignRow {
            question: Some(question_of(row, text)?),
            replies: vec![answer],
            ..ForeignRow::default()
        })
    }
}
