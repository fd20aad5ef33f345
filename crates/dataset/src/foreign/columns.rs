//! Columns that rows of training data may have under their usual names, whatever else they are.

use chat::Ending;
use records::Row;
use tables::Reply;

use super::{Answer, Cells, Labels, Question, Skipped, golds};
use crate::columns::{ANSWERS_BESIDE_A_REPLY, Field};
use crate::mapping::values;

/// The problem with this text, and what the usual columns say about it.
pub(crate) fn question_of(row: &Row, text: String) -> Result<Question, Skipped> {
    let cells = Cells(&row.cells);
    let mut columns = ANSWERS_BESIDE_A_REPLY.iter().map(|name| (*name, golds(row, name)));
    let gold = match columns.find(|(_, gold)| !gold.as_ref().is_ok_and(Vec::is_empty)) {
        None => Vec::new(),
        // A worked solution stands in for the answer that it puts into a box.
        Some(("solution", gold)) => gold?.iter().map(|text| boxed(text)).collect(),
        Some((_, gold)) => gold?,
    };
    Ok(Question {
        id: cells.first_text(Field::ProblemId.aliases()),
        text,
        gold,
        choices: cells.choices("choices")?,
        solution: cells.first_text(Field::Solution.aliases()),
        subset: cells.text("subset"),
        dataset: cells.first_text(Field::Dataset.aliases()),
    })
}

/// The answer with what the usual columns say about it. `prefix` stands before the names of columns that describe
/// one of several replies, such as `chosen_`.
pub(crate) fn answer_of(row: &Row, answer: Answer, prefix: &str) -> Answer {
    let cells = Cells(&row.cells);
    let own = |field: Field| field.aliases().iter().find_map(|name| cells.text(&format!("{prefix}{name}")));
    // What has no prefix is said of the first reply, or of all of them.
    let of_first = |field: Field| cells.first_text(field.aliases()).filter(|_| prefix != "rejected_");
    let count = |field: Field| {
        let names =
            field.aliases().iter().flat_map(|name| [format!("{prefix}{name}"), format!("metadata.{name}")]);
        names.chain(field.aliases().iter().map(|name| (*name).to_owned())).find_map(|name| cells.count(&name))
    };
    let real = |field: Field| field.aliases().iter().find_map(|name| cells.real(&format!("{prefix}{name}")));
    let endings = Field::Finish.aliases().iter().map(|name| cells.ending(&format!("{prefix}{name}")));
    // No column that says it: unknown.
    let ending = endings.into_iter().find(|ending| *ending != Ending::default()).unwrap_or_default();
    let reply = Reply {
        trace_id: own(Field::TraceId).or_else(|| of_first(Field::TraceId)),
        finish: ending.finish,
        finish_word: ending.word,
        prompt_tokens: count(Field::PromptTokens),
        completion_tokens: count(Field::CompletionTokens),
        reasoning_tokens: count(Field::ReasoningTokens),
        seconds: real(Field::Seconds),
        first_token_seconds: real(Field::FirstTokenSeconds),
        ..answer.reply
    };
    // What is kept of a pair's replies is no sample of its model any more; the number stays among the other columns.
    let sample =
        Field::Sample.aliases().iter().find_map(|name| cells.count(name)).filter(|_| prefix.is_empty());
    let model = own(Field::Model).or_else(|| cells.first_text(Field::Model.aliases()));
    Answer {
        model: model.or_else(|| cells.text("metadata.model")),
        sample: sample.and_then(|sample| u32::try_from(sample).ok()),
        labels: if prefix == "rejected_" { Labels::default() } else { cells.labels() },
        reply,
        ..answer
    }
}

fn boxed(solution: &str) -> String {
    values::last_boxed(solution).unwrap_or(solution).to_owned()
}
