//! Reviews of EvalScope since 1.0: `reviews/<model>/<benchmark>_<subset>.jsonl`, with the conversation (or, in the
//! first versions, question and prediction), the known answer and the grade.

use std::path::Path;

use records::Row;

use super::ForeignFormat;
use super::evalscope_predictions::{group, place};
use crate::DatasetError;
use crate::foreign::{
    Answer, Cells, FileFacts, ForeignRow, Joins, Need, Question, Shape, Skipped, golds, may, must, own,
};
use crate::mapping::conversation;

pub(super) struct Reviews;

impl ForeignFormat for Reviews {
    fn name(&self) -> &'static str {
        "evalscope-reviews"
    }

    fn about(&self) -> &'static str {
        "EvalScope reviews (1.0 and later); joined with the predictions where both are given"
    }

    fn needs(&self) -> &'static [Need] {
        const {
            &[
                must("index", Shape::Number),
                own("sample_score", Shape::Table),
                may("messages", Shape::Turns),
                may("input", Shape::Prompt),
            ]
        }
    }

    fn file(&self, path: &Path) -> Result<FileFacts, DatasetError> {
        Ok(place(path))
    }

    fn joins(&self) -> Option<Joins> {
        Some(Joins { family: "evalscope", side: true, alone: None })
    }

    fn read(&self, row: &Row, file: &FileFacts) -> Result<ForeignRow, Skipped> {
        let cells = Cells(&row.cells);
        let index = cells.text("index").ok_or_else(|| Skipped::lacks("`index`"))?;
        let text = cells.question("messages").or_else(|| cells.question("input"));
        let text = text.ok_or_else(|| Skipped::lacks("question in `messages` or `input`"))?;
        let turn = cells.at("messages").and_then(|messages| conversation::reply(&messages));
        let mut answer = match turn {
            Some(turn) => Answer::turn(turn),
            None => Answer::of(cells.text("sample_score.score.prediction")),
        };
        answer.reply.trace_id = Some(index.clone());
        answer.grade = cells.at("sample_score.score.value").map(std::borrow::Cow::into_owned);
        answer.extra = cells.rest(&["index", "target", "messages", "input"]);
        // The grade repeats the whole reply.
        let score = answer.extra.get_mut("sample_score").and_then(|score| score.get_mut("score"));
        if let Some(score) = score.and_then(serde_json::Value::as_object_mut) {
            score.remove("prediction");
        }
        let metadata = cells.at("sample_score.sample_metadata");
        let subset = file.subset.clone().or_else(|| group(metadata.as_deref()));
        let question = Question { text, gold: golds(row, "target")?, subset, ..Question::default() };
        Ok(ForeignRow {
            question: Some(question),
            replies: vec![answer],
            join: Some(format!("{}#{index}", file.run)),
            once: Some((index, "another review before it has the same index")),
            note: None,
        })
    }
}
