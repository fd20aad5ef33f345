//! The figure: for each set a bar a model, with its interval.

use report::Unit;
use serde::Serialize;

use crate::board::Board;

/// Hues come round after so many models; names stand beside the bars all the same.
const HUES: usize = 6;

/// The bars of one set, or of the average.
#[derive(Serialize)]
pub(super) struct Bars {
    /// The set.
    title: String,
    /// Why there is none.
    missing: Option<String>,
    bars: Vec<Bar>,
}

/// A bar; places are parts of 100.
#[derive(Serialize)]
struct Bar {
    model: String,
    hue: usize,
    /// The figure; none where there is no result.
    at: Option<f64>,
    ends: Option<[f64; 2]>,
    text: String,
    spoken: String,
}

/// The sets in their order, then the average where a model has one.
pub(super) fn bars(board: &Board) -> Vec<Bars> {
    let mut all: Vec<Bars> = board.columns.iter().enumerate().map(|(at, _)| of_column(board, at)).collect();
    if board.columns.len() > 1 && board.models.iter().any(|line| line.average.is_some()) {
        all.push(of_average(board));
    }
    all
}

fn of_column(board: &Board, at: usize) -> Bars {
    let bar = |(place, line): (usize, &crate::board::Line)| {
        let cell = line.cells[at].as_ref();
        let ends = cell.and_then(|cell| cell.low.zip(cell.high));
        Bar::of(place, &line.model, cell.and_then(|cell| cell.accuracy), ends)
    };
    Bars {
        title: board.columns[at].name.clone(),
        missing: board.columns[at].missing.clone(),
        bars: board.models.iter().enumerate().map(bar).collect(),
    }
}

fn of_average(board: &Board) -> Bars {
    let bar = |(place, line): (usize, &crate::board::Line)| {
        let all = line.average.as_ref();
        let ends = all.and_then(|all| all.low.zip(all.high));
        Bar::of(place, &line.model, all.map(|all| all.accuracy), ends)
    };
    Bars {
        title: "average".to_owned(),
        missing: None,
        bars: board.models.iter().enumerate().map(bar).collect(),
    }
}

impl Bar {
    fn of(place: usize, model: &str, share: Option<f64>, ends: Option<(f64, f64)>) -> Self {
        let text = share.map_or("–".to_owned(), |share| Unit::Share.show(share));
        let spoken = match ends.filter(|_| share.is_some()) {
            Some((low, high)) => format!("{model}: {text} ({})", Unit::Share.interval(low, high, false)),
            None => format!("{model}: {}", if share.is_some() { &text } else { "no result" }),
        };
        Self {
            model: model.to_owned(),
            hue: place % HUES,
            at: share.map(part),
            ends: ends.filter(|_| share.is_some()).map(|(low, high)| [part(low), part(high)]),
            text,
            spoken,
        }
    }
}

/// A part of 100 with two digits: as fine as anybody sees.
fn part(share: f64) -> f64 {
    (share * 1e4).round() / 100.0
}
