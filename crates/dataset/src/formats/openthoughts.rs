//! OpenThoughts, and other rows with `conversations` of `from` and `value`; its first release puts thinking between
//! `<|begin_of_thought|>` and `<|end_of_thought|>`.

use records::Row;

use super::ForeignFormat;
use super::chat_messages::USUAL;
use crate::foreign::{
    Answer, Cells, FileFacts, ForeignRow, Need, Shape, Skipped, answer_of, own, question_of,
};
use crate::mapping::conversation;

pub(super) struct OpenThoughts;

impl ForeignFormat for OpenThoughts {
    fn name(&self) -> &'static str {
        "openthoughts"
    }

    fn about(&self) -> &'static str {
        "OpenThoughts (and ShareGPT) rows: `conversations` of from and value"
    }

    fn needs(&self) -> &'static [Need] {
        const { &[own("conversations", Shape::Dialogue)] }
    }

    fn read(&self, row: &Row, _file: &FileFacts) -> Result<ForeignRow, Skipped> {
        let cells = Cells(&row.cells);
        let turns = cells.at("conversations").ok_or_else(|| Skipped::lacks("`conversations`"))?;
        // Some files keep the reply alone.
        let text = cells.question("conversations").unwrap_or_default();
        let turn = conversation::reply(&turns).ok_or_else(|| Skipped::lacks("turn of an assistant"))?;
        let mut answer = answer_of(row, Answer::turn(turn), "");
        answer.extra = cells.rest(&[USUAL, &["conversations"]].concat());
        // Its `difficulty` is the source's own, not that of a chain.
        answer.labels = Default::default();
        let count = conversation::replies(&turns);
        let note = (count > 1).then_some("several turns of the assistant: the last one is the reply");
        Ok(ForeignRow {
            question: Some(question_of(row, text)?),
            replies: vec![answer],
            note,
            ..ForeignRow::default()
        })
    }
}
