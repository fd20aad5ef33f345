//! What `thinkmeter curate` writes as Parquet: replies, or pairs of them, with thinking and answer apart.

use records::Row;

use super::ForeignFormat;
use crate::foreign::{
    Answer, Cells, FileFacts, ForeignRow, Labels, Need, Shape, Skipped, answer_of, may, must, own,
    question_of,
};

/// Columns that stand in the tables already.
const USED: &[&str] = &[
    "problem_id",
    "dataset",
    "subset",
    "problem",
    "gold",
    "choices",
    "model",
    "sample",
    "trace_id",
    "reasoning",
    "answer_text",
    "response",
    "reasoning_tokens",
    "rejected_reasoning",
    "rejected_answer_text",
    "rejected_response",
    "rejected_reasoning_tokens",
];

pub(super) struct Curated;

impl ForeignFormat for Curated {
    fn name(&self) -> &'static str {
        "curated"
    }

    fn about(&self) -> &'static str {
        "training data that `thinkmeter curate` wrote as Parquet"
    }

    fn needs(&self) -> &'static [Need] {
        const {
            &[
                must("problem_id", Shape::Text),
                must("problem", Shape::Text),
                own("answer_text", Shape::Text),
                must("response", Shape::Text),
                own("rejected_response", Shape::There),
                own("rejected_answer_text", Shape::There),
                // It may hold pieces of a reply with their verdicts, and is no stepwise row all the same.
                may("completions", Shape::Texts),
                may("labels", Shape::Flags),
            ]
        }
    }

    fn read(&self, row: &Row, _file: &FileFacts) -> Result<ForeignRow, Skipped> {
        let cells = Cells(&row.cells);
        let text = cells.text("problem").ok_or_else(|| Skipped::lacks("`problem`"))?;
        let mut replies = vec![chain(row, "", cells.labels())];
        let pair = cells.at("rejected_response").is_some();
        if pair {
            replies.push(chain(row, "rejected_", Labels::default()));
        }
        for (reply, name) in replies.iter_mut().zip(["chosen", "rejected"]).filter(|_| pair) {
            // The kept part of a reply is no sample of its model any more.
            let sample = reply.sample.take().map(|sample| ("sample".to_owned(), sample.into()));
            reply.extra.extend(sample);
            reply.extra.insert("preference".to_owned(), name.into());
        }
        Ok(ForeignRow { question: Some(question_of(row, text)?), replies, ..ForeignRow::default() })
    }
}

fn chain(row: &Row, prefix: &str, labels: Labels) -> Answer {
    let cells = Cells(&row.cells);
    let text = |name: &str| cells.text(&format!("{prefix}{name}"));
    let answer = Answer::of(text("answer_text"));
    let answer = answer.with_reasoning(text("reasoning"), "reasoning");
    let mut answer = Answer { labels, extra: cells.rest(USED), ..answer_of(row, answer, prefix) };
    // Where the model did not think this is the length of the whole reply.
    let thinks = answer.reply.reasoning.is_some();
    answer.reply.reasoning_tokens = cells.count(&format!("{prefix}reasoning_tokens")).filter(|_| thinks);
    answer
}
