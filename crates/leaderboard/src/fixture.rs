//! A table for the tests of its views: three models, five sets, one of which nobody could do.

use compare::{BySet, OnSet, by_set, model_runs};
use stats::Unit;
use tables::{Provenance, Score, TableWriter, Verdict};

use crate::average::Average;
use crate::board::{Board, Column, Line};
use crate::cell::Cell;
use crate::references::References;

/// Problems, samples, right answers of a hundred, and tokens.
type Measured = (u64, u64, u64, f64);

const SETS: [&str; 4] = ["AIME-2024", "MATH-500", "GPQA-Diamond", "LiveCodeBench v2"];
const CAREFUL: [Measured; 4] =
    [(30, 16, 70, 9120.4), (500, 4, 93, 3010.5), (198, 8, 62, 6200.0), (511, 4, 71, 8800.0)];
const TERSE: [Measured; 4] =
    [(30, 1, 40, 3120.0), (500, 4, 88, 1200.0), (198, 8, 51, 2210.0), (511, 4, 55, 2900.0)];

fn cell((problems, samples, percent, tokens): Measured) -> Cell {
    let right = |at: u64| u64::from((at * 37 + 11) % 100 < percent) * samples;
    let units: Vec<Unit> =
        (0..problems).map(|at| Unit { sum: right(at) as f64, n: samples as f64 }).collect();
    let (sum, n) = units.iter().fold((0.0, 0.0), |(sum, n), unit| (sum + unit.sum, n + unit.n));
    let replies = problems * samples;
    let interval = stats::share_interval(&units, replies).unwrap();
    Cell {
        run: "runs/x".into(),
        accuracy: Some(sum / n),
        low: Some(interval.low),
        high: Some(interval.high),
        interval: Some("beta".into()),
        problems,
        replies,
        samples,
        fewest: samples,
        cut: Some(0.01),
        unanswered: Some(0.02),
        thinking_tokens: Some(tokens),
        token_efficiency: Some(0.6),
        units,
        ..Cell::default()
    }
}

fn line(model: &str, cells: Vec<Option<Cell>>) -> Line {
    Line { model: model.to_owned(), average: Average::of(&cells), cells }
}

/// Two models on one set, from tables on the disk.
fn difference() -> BySet {
    let folder = tempfile::tempdir().unwrap();
    let scores = |model: &str, every: u64| {
        let path = folder.path().join(format!("{model}.parquet"));
        let mut writer = TableWriter::<Score>::create(&path, &Provenance::default()).unwrap();
        for at in 0..40 {
            let correct = at % every > 0;
            let grade = if correct { Verdict::Right } else { Verdict::Wrong };
            let score = Score { problem_id: format!("p{at:02}"), model: model.into(), ..Score::default() };
            writer.push(Score { correct: Some(correct), grade, ..score }).unwrap();
        }
        writer.finish().unwrap();
        path
    };
    let runs = model_runs(&[scores("careful", 8), scores("terse", 2)]).unwrap();
    let sets = ["AIME-2024", "MATH-500"].map(|set| OnSet { set, baseline: &runs[0], other: &runs[1] });
    BySet { deviations: Vec::new(), ..by_set(&sets, true, &compare::Settings::default()).unwrap().unwrap() }
}

pub(crate) fn board() -> Board {
    let careful = CAREFUL.map(|measured| Some(cell(measured))).to_vec();
    let mut terse = TERSE.map(|measured| Some(cell(measured))).to_vec();
    let partial = vec![terse[0].clone(), None, None, None];
    if let Some(cell) = &mut terse[3] {
        (cell.fewest, cell.failed, cell.cut, cell.approximate) = (3, 2, Some(0.043), true);
    }
    let column = |name: &str| Column { name: name.to_owned(), missing: None };
    Board {
        columns: SETS.map(column).to_vec(),
        models: vec![line("careful", careful), line("terse", terse), line("begun", partial)],
        best_per_token: Some("terse".to_owned()),
        differences: vec![difference()],
        references: vec![References::named("thoughtx").unwrap()],
        notes: Vec::new(),
    }
}
