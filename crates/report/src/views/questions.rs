//! Question by question, all models next to each other, as a table.

use serde_json::{Value, json};

use super::numbers::{NOTHING, Unit, cut};
use super::table::{Cell, Column, View, ViewRow};
use super::table_set::TableSet;
use crate::model::{Question, Questions, Spent};

/// So many questions are shown; a longer table is for programs.
const SHOWN: usize = 200;
/// A question is shown up to so many characters.
const LONGEST: usize = 60;

/// The table, with a record for every question and model.
pub fn questions(asked: &Questions) -> TableSet {
    let row = |label: String, total: bool, spent: &dyn Fn(usize) -> Spent| ViewRow {
        label,
        total,
        cells: (0..asked.models.len()).map(|model| cell(spent(model))).collect(),
        ..ViewRow::default()
    };
    let shown = asked.questions.iter().take(SHOWN);
    let rows = shown.map(|question| row(label(question), false, &|model| question.of(model)));
    let mean = row("mean over replies".to_owned(), true, &|model| {
        asked.questions.iter().fold(Spent::default(), |sum, question| sum.plus(question.of(model)))
    });
    let columns = ["question"].into_iter().chain(asked.models.iter().map(String::as_str));
    let view = View {
        caption: caption(asked),
        columns: columns.map(Column::plain).collect(),
        rows: rows.chain([mean]).collect(),
    };
    TableSet {
        views: vec![view],
        keys: KEYS,
        records: records(asked),
        nothing: "There is no reply to show.",
        notes: vec![],
    }
}

fn caption(asked: &Questions) -> String {
    let caption = "Tokens of the reply to each question; ✗ marks wrong ones".to_owned();
    match asked.questions.len().checked_sub(SHOWN) {
        Some(more) if more > 0 => format!("{caption}; {more} more questions are in the other formats"),
        _ => caption,
    }
}

fn records(asked: &Questions) -> Vec<Vec<Value>> {
    let pairs = asked
        .questions
        .iter()
        .flat_map(|question| asked.models.iter().enumerate().map(move |m| (question, m)));
    let record = |(question, (at, model)): (&Question, (usize, &String))| {
        let spent = question.of(at);
        let mean = |sum: u64| (spent.replies > 0).then(|| sum as f64 / f64::from(spent.replies));
        vec![
            json!(question.id),
            json!(question.text),
            json!(model),
            json!(spent.replies),
            json!(mean(spent.thinking + spent.answer)),
            json!(mean(spent.thinking)),
            json!(mean(spent.answer)),
            json!(spent.graded),
            json!(spent.right),
        ]
    };
    pairs.map(record).collect()
}

const KEYS: &[&str] = &[
    "problem_id",
    "question",
    "model",
    "replies",
    "tokens",
    "reasoning_tokens",
    "answer_tokens",
    "graded",
    "right",
];

fn label(question: &Question) -> String {
    let words: Vec<&str> = question.text.as_deref().unwrap_or(&question.id).split_whitespace().collect();
    cut(&words.join(" "), LONGEST)
}

/// The mean over replies, and how many of them are wrong.
fn cell(spent: Spent) -> Cell {
    if spent.replies == 0 {
        return Cell::text(NOTHING);
    }
    let mean = (spent.thinking + spent.answer) as f64 / f64::from(spent.replies);
    let tokens = Unit::Tokens.show(mean.round());
    let tokens = tokens.trim_end_matches(".0");
    let text = match (spent.graded - spent.right, spent.replies) {
        (0, _) => tokens.to_owned(),
        (_, 1) => format!("{tokens} ✗"),
        (wrong, replies) => format!("{tokens} ✗{wrong}/{replies}"),
    };
    Cell { exact: Some(mean), ..Cell::text(text) }
}
