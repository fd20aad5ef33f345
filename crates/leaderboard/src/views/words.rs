//! What has to be said of the table, in sentences.

use tables::MetricValue;

use crate::board::{Board, Line};
use crate::cell::Cell;

/// How the columns that a reader of the terminal sees are made.
const METHOD: &str = "A cell is the share of right answers over the replies that there are (avg@k), with the 95 % interval of its \
     run. The average is the unweighted mean of all columns and is left out while one of them is missing; its interval takes the \
     columns as independent: the squares of their standard errors add up. Figures are rounded half up.";

/// All of it, from how it was made to what is missing.
pub(crate) fn notes(board: &Board) -> Vec<String> {
    let mut notes = board.notes.clone();
    if !board.models.is_empty() {
        notes.insert(0, METHOD.to_owned());
    }
    notes.extend(board.models.iter().flat_map(|line| warnings(board, line)));
    notes.extend(board.columns.iter().filter_map(|column| {
        let why = column.missing.as_deref()?;
        Some(format!("{} is missing: {}", column.name, ended(why)))
    }));
    notes.extend(board.models.iter().filter_map(|line| unfinished(board, line)));
    notes.extend(board.models.iter().filter_map(without_interval));
    notes.extend(approximate(board));
    if let Some(best) = &board.best_per_token {
        notes.push(format!("Best per token: {best} has the most points for its tokens of thinking."));
    }
    notes.extend(compared(board));
    notes
}

/// A star stands at cells with something to be said of them.
fn warnings(board: &Board, line: &Line) -> Vec<String> {
    let cells = board.columns.iter().zip(&line.cells);
    let told = cells.flat_map(|(column, cell)| {
        cell.iter()
            .flat_map(Cell::warnings)
            .map(move |warning| format!("* {} on {}: {warning}.", line.model, column.name))
    });
    told.collect()
}

/// Which columns a model lacks that others have.
fn unfinished(board: &Board, line: &Line) -> Option<String> {
    let lacks = board
        .columns
        .iter()
        .zip(&line.cells)
        .filter(|(column, cell)| cell.is_none() && column.missing.is_none());
    let names: Vec<&str> = lacks.map(|(column, _)| column.name.as_str()).collect();
    (!names.is_empty())
        .then(|| format!("{} has no result on {}, and so no average.", line.model, names.join(", ")))
}

fn without_interval(line: &Line) -> Option<String> {
    let why = line.average.as_ref()?.interval.strip_prefix(MetricValue::NO_INTERVAL)?;
    Some(format!("The average of {} has no interval, for {why} in a column.", line.model))
}

fn approximate(board: &Board) -> Option<String> {
    let cells = board.models.iter().flat_map(|line| line.cells.iter().flatten());
    let any = cells.into_iter().any(|cell| cell.approximate && cell.thinking_tokens.is_some());
    any.then(|| "≈ marks tokens that were not counted by the model's own tokenizer.".to_owned())
}

/// How models were held against each other, and what was set up differently.
fn compared(board: &Board) -> Vec<String> {
    if board.differences.is_empty() {
        return Vec::new();
    }
    let mut notes = vec![
        "Differences are of pairs over the problems that both have, other − baseline. p is corrected after Holm over the columns; \
         that of the average is one test by itself, which flips whole problems of all columns."
            .to_owned(),
    ];
    for one in &board.differences {
        let told = one.deviations.iter();
        notes.extend(told.map(|(set, deviation)| {
            format!("{} against {} on {set}: {deviation}.", one.other, one.baseline)
        }));
    }
    notes
}

fn ended(text: &str) -> String {
    if text.ends_with(['.', '!', '?']) { text.to_owned() } else { format!("{text}.") }
}
