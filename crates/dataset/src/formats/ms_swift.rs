//! Pairs as ms-swift takes them: `messages` end with the chosen reply, `rejected_response` is the other one.

use records::Row;

use super::ForeignFormat;
use super::chat_messages::USUAL;
use crate::foreign::{
    Answer, Cells, FileFacts, ForeignRow, Need, Shape, Skipped, answer_of, own, question_of,
};
use crate::mapping::conversation;

pub(super) struct MsSwift;

impl ForeignFormat for MsSwift {
    fn name(&self) -> &'static str {
        "ms-swift"
    }

    fn about(&self) -> &'static str {
        "pairs for ms-swift: `messages` with the chosen reply, and `rejected_response`"
    }

    fn needs(&self) -> &'static [Need] {
        const { &[own("messages", Shape::Dialogue), own("rejected_response", Shape::Text)] }
    }

    fn read(&self, row: &Row, _file: &FileFacts) -> Result<ForeignRow, Skipped> {
        let cells = Cells(&row.cells);
        let text = cells.question("messages").ok_or_else(|| Skipped::lacks("turn of a user"))?;
        let chosen = cells.at("messages").and_then(|messages| conversation::reply(&messages));
        let chosen = chosen.ok_or_else(|| Skipped::lacks("turn of an assistant"))?;
        let rejected =
            cells.text("rejected_response").ok_or_else(|| Skipped::lacks("`rejected_response`"))?;
        let mut rest = cells.rest(&[USUAL, &["rejected_response"]].concat());
        rest.extend(cells.at("sample").map(|sample| ("sample".to_owned(), sample.into_owned())));
        let side = |answer: Answer, name: &'static str| {
            let mut answer = answer_of(row, answer, &format!("{name}_"));
            answer.extra.clone_from(&rest);
            answer.extra.insert("preference".to_owned(), name.into());
            answer
        };
        let replies = vec![side(Answer::turn(chosen), "chosen"), side(Answer::text(rejected), "rejected")];
        Ok(ForeignRow { question: Some(question_of(row, text)?), replies, ..ForeignRow::default() })
    }
}
