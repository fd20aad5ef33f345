//! Preference rows as TRL and EasyDistill take them: `chosen` and `rejected`, texts or conversations, after a
//! `prompt` or with the prompt inside. Both are replies to the same problem.

use chat::shape::Shown;
use records::Row;
use serde_json::{Map, Value};

use super::ForeignFormat;
use super::chat_messages::USUAL;
use crate::foreign::{
    Answer, Cells, FileFacts, ForeignRow, Need, Shape, Skipped, answer_of, may, own, question_of,
};
use crate::mapping::conversation;

pub(super) struct TrlPreference;

impl ForeignFormat for TrlPreference {
    fn name(&self) -> &'static str {
        "trl-preference"
    }

    fn about(&self) -> &'static str {
        "preference rows (TRL, EasyDistill): chosen and rejected are two replies to one problem"
    }

    fn needs(&self) -> &'static [Need] {
        const {
            &[
                own("chosen", Shape::Reply),
                own("rejected", Shape::Reply),
                may("prompt", Shape::Prompt),
                may("instruction", Shape::Text),
                may("conversations", Shape::Turns),
            ]
        }
    }

    fn read(&self, row: &Row, _file: &FileFacts) -> Result<ForeignRow, Skipped> {
        let cells = Cells(&row.cells);
        let asked = ["prompt", "problem", "question", "instruction", "conversations", "chosen"];
        let asked = asked.iter().find_map(|path| {
            // A lone text under `chosen` is the reply.
            let turns = *path != "chosen" || cells.at(path).is_some_and(|value| value.is_array());
            turns.then(|| cells.question(path)).flatten()
        });
        let text = asked.ok_or_else(|| Skipped::lacks("`prompt`, and no turn of a user in `chosen`"))?;
        let rest = rest(cells);
        let side = |name: &'static str| {
            let value = cells.at(name).ok_or_else(|| Skipped::lacks(&format!("`{name}`")))?;
            let answer =
                reply(&value).ok_or_else(|| Skipped::lacks(&format!("turn of an assistant in `{name}`")))?;
            let mut answer = answer_of(row, answer, &format!("{name}_"));
            answer.extra.clone_from(&rest);
            answer.extra.insert("preference".to_owned(), name.into());
            Ok::<Answer, Skipped>(answer)
        };
        let replies = vec![side("chosen")?, side("rejected")?];
        Ok(ForeignRow { question: Some(question_of(row, text)?), replies, ..ForeignRow::default() })
    }
}

fn reply(value: &Value) -> Option<Answer> {
    match value {
        Value::String(text) => Some(Answer::text(text.clone())),
        Value::Object(turn) => Some(Answer::turn(Shown::of_message(turn))),
        turns => conversation::reply(turns).map(Answer::turn),
    }
}

fn rest(cells: Cells<'_>) -> Map<String, Value> {
    let mut rest = cells.rest(
        &[USUAL, &["chosen", "rejected", "instruction", "conversations", "problem", "question"]].concat(),
    );
    rest.extend(cells.at("sample").map(|sample| ("sample".to_owned(), sample.into_owned())));
    rest
}
