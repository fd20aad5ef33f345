//! Conversations as training data has them: `messages` with the roles user and assistant.

use records::Row;

use super::ForeignFormat;
use crate::foreign::{
    Answer, Cells, FileFacts, ForeignRow, Need, Shape, Skipped, answer_of, own, question_of,
};
use crate::mapping::conversation;

/// Columns that are read under their own names, so they stand nowhere twice.
pub(super) const USUAL: &[&str] = &[
    "messages",
    "prompt",
    "problem_id",
    "choices",
    "gold",
    "target",
    "ground_truth",
    "reference_answer",
    "gold_answer",
    "expected_answer",
    "correct_answer",
    "answer",
    "subset",
    "dataset",
    "model",
    "sample",
    "finish",
    "finish_reason",
    "stop_reason",
    "prompt_tokens",
    "completion_tokens",
    "reasoning_tokens",
    "seconds",
    "first_token_seconds",
    "trace_id",
];

pub(super) struct ChatMessages;

impl ForeignFormat for ChatMessages {
    fn name(&self) -> &'static str {
        "chat-messages"
    }

    fn about(&self) -> &'static str {
        "SFT rows with chat `messages`; the last turns of user and assistant count"
    }

    fn needs(&self) -> &'static [Need] {
        const { &[own("messages", Shape::Dialogue)] }
    }

    fn read(&self, row: &Row, _file: &FileFacts) -> Result<ForeignRow, Skipped> {
        let cells = Cells(&row.cells);
        let messages = cells.at("messages").ok_or_else(|| Skipped::lacks("`messages`"))?;
        // Some files keep the reply alone.
        let text = cells.question("messages").unwrap_or_default();
        let turn = conversation::reply(&messages).ok_or_else(|| Skipped::lacks("turn of an assistant"))?;
        let mut answer = answer_of(row, Answer::turn(turn), "");
        answer.extra = cells.rest(USUAL);
        let turns = conversation::replies(&messages);
        let note = (turns > 1).then_some("several turns of the assistant: the last one is the reply");
        Ok(ForeignRow {
            question: Some(question_of(row, text)?),
            replies: vec![answer],
            note,
            ..ForeignRow::default()
        })
    }
}
