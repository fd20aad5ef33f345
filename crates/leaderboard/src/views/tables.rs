//! Models by sets, what stands behind the cells, differences, and what was published, as tables.

use compare::{BySet, views as paired};
use report::{Cell as Shown, Column as Header, TableSet, Unit, View, ViewRow, in_tenths, whole};
use serde_json::{Value, json};

use super::words::notes;
use crate::average::Average;
use crate::board::{Board, Line};
use crate::cell::Cell;
use crate::references::{Published, PublishedRow};

const NOTHING: &str = "–";

const KEYS: &[&str] = &[
    "model",
    "column",
    "accuracy",
    "low",
    "high",
    "interval",
    "problems",
    "replies",
    "samples",
    "fewest_samples",
    "failed",
    "cut",
    "unanswered",
    "thinking_tokens",
    "token_efficiency",
    "points_per_thousand",
    "run",
    "source",
];

/// Tables for people; for programs a record a cell, an average, and a published figure.
pub(crate) fn tables(board: &Board) -> TableSet {
    TableSet {
        views: views(board),
        keys: KEYS,
        records: records(board),
        nothing: "No column has a result yet.",
        notes: notes(board).into_iter().chain(published_notes(board)).collect(),
    }
}

/// All tables for people, in their order.
pub(crate) fn views(board: &Board) -> Vec<View> {
    let mut views = Vec::new();
    if !board.models.is_empty() {
        views.push(of_models(board));
        views.extend(effort(board));
        views.push(behind(board));
    }
    views.extend(board.differences.iter().map(difference));
    views.extend(board.references.iter().map(published));
    views
}

fn published_notes(board: &Board) -> impl Iterator<Item = String> + '_ {
    board
        .references
        .iter()
        .flat_map(|published| published.notes.iter().map(|note| format!("{}: {note}", published.name)))
}

/// The table itself.
fn of_models(board: &Board) -> View {
    let sets = board.columns.iter().map(|column| column.name.as_str());
    let titles = ["model"].into_iter().chain(sets).chain(["average"]);
    let row = |line: &Line| {
        let cells = line.cells.iter().map(|cell| cell.as_ref().map_or(nothing(), accuracy));
        let average = line.average.as_ref();
        let average = average.map_or(nothing(), |all| share(Some(all.accuracy), all.low.zip(all.high), ""));
        ViewRow { label: line.model.clone(), cells: cells.chain([average]).collect(), ..ViewRow::default() }
    };
    View {
        caption: "Accuracy by set of problems".to_owned(),
        columns: titles.map(Header::plain).collect(),
        rows: board.models.iter().map(row).collect(),
    }
}

/// What the averages took; none where there is no average.
fn effort(board: &Board) -> Option<View> {
    let titles = ["model", "average", "thinking tokens", "T̂/T", "points per 1,000 tokens"];
    let row = |line: &Line| {
        let all = line.average.as_ref()?;
        let texts = [
            percent(Some(all.accuracy)),
            tokens(all.thinking_tokens, all.approximate),
            percent(all.token_efficiency),
            per_thousand(board, line, all),
        ];
        Some(ViewRow {
            label: line.model.clone(),
            cells: texts.map(Shown::text).to_vec(),
            ..ViewRow::default()
        })
    };
    let rows: Vec<ViewRow> = board.models.iter().filter_map(row).collect();
    let caption = "What it took, on average over the columns".to_owned();
    (!rows.is_empty()).then(|| View { caption, columns: titles.map(Header::plain).to_vec(), rows })
}

fn per_thousand(board: &Board, line: &Line, average: &Average) -> String {
    let Some(points) = average.points_per_thousand else { return NOTHING.to_owned() };
    let mark = if board.best_per_token.as_ref() == Some(&line.model) { " (best)" } else { "" };
    format!("{}{mark}", Unit::Number.show(points))
}

fn accuracy(cell: &Cell) -> Shown {
    let mark = if cell.warnings().is_empty() { "" } else { " *" };
    share(cell.accuracy, cell.low.zip(cell.high), mark)
}

fn share(value: Option<f64>, ends: Option<(f64, f64)>, mark: &str) -> Shown {
    let interval = |short| ends.map(|(low, high)| Unit::Share.interval(low, high, short));
    Shown {
        interval: interval(false),
        short_interval: interval(true),
        exact: value,
        ..Shown::text(format!("{}{mark}", percent(value)))
    }
}

fn nothing() -> Shown {
    Shown::text(NOTHING)
}

fn percent(value: Option<f64>) -> String {
    value.map_or(NOTHING.to_owned(), |value| Unit::Share.show(value))
}

fn tokens(value: Option<f64>, approximate: bool) -> String {
    let mark = if approximate { "≈" } else { "" };
    value.map_or(NOTHING.to_owned(), |value| format!("{mark}{}", Unit::Tokens.show(value)))
}

/// What stands behind each cell.
fn behind(board: &Board) -> View {
    let rows = board.models.iter().flat_map(|line| {
        board.columns.iter().zip(&line.cells).filter_map(|(column, cell)| {
            let cell = cell.as_ref()?;
            let shown = counts(board).map(|count| Shown::text((count.of)(cell)));
            let label = format!("{}, {}", line.model, column.name);
            Some(ViewRow { label, cells: shown.collect(), ..ViewRow::default() })
        })
    });
    let titles = ["model, set"].into_iter().chain(counts(board).map(|count| count.title));
    View {
        caption: "What stands behind the cells".to_owned(),
        columns: titles.map(Header::plain).collect(),
        rows: rows.collect(),
    }
}

/// What is told of a cell besides its accuracy.
struct Count {
    title: &'static str,
    of: fn(&Cell) -> String,
}

const FAILED: &str = "failed calls";

const COUNTS: [Count; 7] = [
    Count { title: "problems", of: |cell| whole(cell.problems) },
    Count { title: "samples", of: samples },
    Count { title: "cut", of: |cell| percent(cell.cut) },
    Count { title: "no answer", of: |cell| percent(cell.unanswered) },
    Count { title: FAILED, of: |cell| whole(cell.failed) },
    Count { title: "thinking tokens", of: |cell| tokens(cell.thinking_tokens, cell.approximate) },
    Count { title: "T̂/T", of: |cell| percent(cell.token_efficiency) },
];

/// Those that say something: where no call failed, there is no column for it.
fn counts(board: &Board) -> impl Iterator<Item = &'static Count> {
    let failed = board.models.iter().flat_map(|line| line.cells.iter().flatten()).any(|cell| cell.failed > 0);
    COUNTS.iter().filter(move |count| failed || count.title != FAILED)
}

fn samples(cell: &Cell) -> String {
    let all = whole(cell.samples);
    if cell.fewest < cell.samples { format!("{}–{all}", cell.fewest) } else { all }
}

/// One model against another, set by set.
fn difference(one: &BySet) -> View {
    let row = |row: &compare::Row, total| {
        let [label, cells @ ..] = paired::cells(row);
        ViewRow { label, total, cells: cells.map(Shown::text).to_vec(), ..ViewRow::default() }
    };
    let rows = one.rows.iter().map(|of_set| row(of_set, false));
    let [_, headers @ ..] = paired::HEADERS;
    View {
        caption: format!("{} against {}, accuracy by pairs", one.other, one.baseline),
        columns: ["set"].into_iter().chain(headers).map(Header::plain).collect(),
        rows: rows.chain(one.average.iter().map(|average| row(average, true))).collect(),
    }
}

/// What others published, as they printed it.
fn published(published: &Published) -> View {
    let titles = ["model"].into_iter().chain(published.columns.iter().map(String::as_str));
    let row = |row: &PublishedRow| {
        let cells = row.cells.iter().map(|cell| Shown::text(cell.map_or(NOTHING.to_owned(), in_tenths)));
        let averages = [row.average, row.rounded].map(|tenths| Shown::text(in_tenths(tenths)));
        ViewRow { label: called(row), cells: cells.chain(averages).collect(), ..ViewRow::default() }
    };
    View {
        caption: format!("Published, not measured here: {} ({})", published.title, published.source),
        columns: titles.chain(["average, published", "rounded"]).map(Header::plain).collect(),
        rows: published.rows.iter().map(row).collect(),
    }
}

fn called(row: &PublishedRow) -> String {
    row.model.clone().unwrap_or_else(|| "(not at hand)".to_owned())
}

fn records(board: &Board) -> Vec<Vec<Value>> {
    let ours = board.models.iter().flat_map(|line| {
        let cells = board.columns.iter().zip(&line.cells);
        let cells = cells.map(|(column, cell)| of_cell(&line.model, &column.name, cell.as_ref()));
        cells.chain([of_average(&line.model, line.average.as_ref())])
    });
    ours.chain(board.references.iter().flat_map(of_published)).collect()
}

fn of_cell(model: &str, column: &str, cell: Option<&Cell>) -> Vec<Value> {
    let of = |value: fn(&Cell) -> Value| cell.map_or(Value::Null, value);
    vec![
        json!(model),
        json!(column),
        of(|cell| json!(cell.accuracy)),
        of(|cell| json!(cell.low)),
        of(|cell| json!(cell.high)),
        of(|cell| json!(cell.interval)),
        of(|cell| json!(cell.problems)),
        of(|cell| json!(cell.replies)),
        of(|cell| json!(cell.samples)),
        of(|cell| json!(cell.fewest)),
        of(|cell| json!(cell.failed)),
        of(|cell| json!(cell.cut)),
        of(|cell| json!(cell.unanswered)),
        of(|cell| json!(cell.thinking_tokens)),
        of(|cell| json!(cell.token_efficiency)),
        Value::Null,
        of(|cell| json!(cell.run)),
        json!("measured"),
    ]
}

fn of_average(model: &str, average: Option<&Average>) -> Vec<Value> {
    let of = |value: fn(&Average) -> Value| average.map_or(Value::Null, value);
    let start = [
        json!(model),
        json!("average"),
        of(|all| json!(all.accuracy)),
        of(|all| json!(all.low)),
        of(|all| json!(all.high)),
        of(|all| json!(all.interval)),
    ];
    let end = [
        of(|all| json!(all.thinking_tokens)),
        of(|all| json!(all.token_efficiency)),
        of(|all| json!(all.points_per_thousand)),
        Value::Null,
        json!("measured"),
    ];
    let counts = vec![Value::Null; KEYS.len() - start.len() - end.len()];
    start.into_iter().chain(counts).chain(end).collect()
}

fn of_published(published: &Published) -> Vec<Vec<Value>> {
    let record = |model: &Option<String>, column: &str, tenths: Option<i64>| {
        let mut record = vec![Value::Null; KEYS.len()];
        record[0] = json!(model);
        record[1] = json!(column);
        record[2] = json!(tenths.map(|tenths| tenths as f64 / 1000.0));
        record[KEYS.len() - 1] = json!(published.source);
        record
    };
    let of_row = |row: &PublishedRow| {
        let cells = published.columns.iter().zip(&row.cells);
        let cells = cells.map(|(column, cell)| record(&row.model, column, *cell));
        cells.chain([record(&row.model, "average", Some(row.average))]).collect::<Vec<_>>()
    };
    published.rows.iter().flat_map(of_row).collect()
}
