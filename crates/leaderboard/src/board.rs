//! The table: which runs belong in which cell, and what follows from all of them.

use std::path::{Path, PathBuf};

use compare::{Aspect, BySet, CompareError, ModelRun, OnSet, by_set, differences};
use serde::Serialize;

use crate::average::Average;
use crate::cell::Cell;
use crate::error::LeaderboardError;
use crate::places::Places;
use crate::references::Published;

/// What is asked for.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The model that others are held against, column by column; the first if none is named.
    pub baseline: Option<String>,
    /// Problems of the same name may differ.
    pub other_problems: bool,
    /// What others published, to stand beside it.
    pub references: Vec<Published>,
    /// Seed of the tests.
    pub seed: u64,
}

/// Models by sets of problems.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Board {
    /// The sets.
    pub columns: Vec<Column>,
    /// The models.
    pub models: Vec<Line>,
    /// The model with the most points for its thinking, where several have an average.
    pub best_per_token: Option<String>,
    /// Every other model against the baseline, on the sets that both have.
    pub differences: Vec<BySet>,
    /// What others published.
    pub references: Vec<Published>,
    /// What has to be said of the table as a whole.
    pub notes: Vec<String>,
}

/// A set of problems.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Why no model has a result on it, where a suite knows.
    pub missing: Option<String>,
}

/// A model.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Line {
    /// Its name.
    pub model: String,
    /// One for each column; null where there is no result.
    pub cells: Vec<Option<Cell>>,
    /// Over all columns; null while one is missing.
    pub average: Option<Average>,
}

/// A run with its place in the table.
struct Placed {
    column: usize,
    model: usize,
    run: ModelRun,
    cell: Cell,
}

/// The table of the runs, folders of models and suites that the paths stand for.
///
/// # Errors
/// See [`LeaderboardError`].
pub fn board(paths: &[PathBuf], settings: &Settings) -> Result<Board, LeaderboardError> {
    let places = Places::of(paths)?;
    let mut board =
        Board { references: settings.references.clone(), notes: places.notes, ..Board::default() };
    for (name, missing) in places.columns {
        board.columns.push(Column { name, missing });
    }
    let mut placed: Vec<Placed> = Vec::new();
    for (column, run) in places.runs {
        let Some(next) = board.place(column, run, &placed)? else { continue };
        board.hold_against(&placed, &next, settings)?;
        placed.push(next);
    }
    if placed.is_empty() && board.columns.is_empty() && board.references.is_empty() {
        return Err(LeaderboardError::Nothing);
    }
    board.differences = board.compared(&placed, settings)?;
    board.fill(placed);
    Ok(board)
}

impl Board {
    /// Finds the run's column and line, or makes them. A part of a suite that is not finished leaves a hole, and that is said.
    fn place(
        &mut self,
        column: Option<String>,
        run: ModelRun,
        placed: &[Placed],
    ) -> Result<Option<Placed>, LeaderboardError> {
        let (dataset, cell) = match (Cell::read(&run), &column) {
            (
                Err(error @ (LeaderboardError::NoFigures { .. } | LeaderboardError::Stale { .. })),
                Some(part),
            ) => {
                self.notes.push(format!("{part}: {error}."));
                return Ok(None);
            }
            (read, _) => read?,
        };
        let name = column.unwrap_or(dataset);
        let column = self.columns.iter().position(|known| known.name == name).unwrap_or_else(|| {
            self.columns.push(Column { name, missing: None });
            self.columns.len() - 1
        });
        let model = self.models.iter().position(|known| known.model == run.model).unwrap_or_else(|| {
            self.models.push(Line { model: run.model.clone(), ..Line::default() });
            self.models.len() - 1
        });
        match placed.iter().find(|other| (other.column, other.model) == (column, model)) {
            None => Ok(Some(Placed { column, model, run, cell })),
            Some(other) => Err(LeaderboardError::Twice {
                column: self.columns[column].name.clone(),
                model: run.model.clone(),
                first: folder(&other.run),
                second: folder(&run),
            }),
        }
    }

    /// Cells of one column are about the same problems, or that is said.
    fn hold_against(
        &mut self,
        placed: &[Placed],
        next: &Placed,
        settings: &Settings,
    ) -> Result<(), LeaderboardError> {
        let Some(first) = placed.iter().find(|other| other.column == next.column) else { return Ok(()) };
        let column = &self.columns[next.column].name;
        let found = differences(&first.run, &next.run)?;
        if let Some(other) = found.into_iter().find(|one| one.aspect == Aspect::Dataset) {
            if !settings.other_problems {
                return Err(LeaderboardError::OtherProblems {
                    column: column.clone(),
                    first: folder(&first.run),
                    second: folder(&next.run),
                    what: other.what,
                });
            }
            self.notes.push(format!("{column}: {} and {}: {}.", first.run.model, next.run.model, other.what));
        }
        let common = first.cell.ids.intersection(&next.cell.ids).count();
        let [own, others] = [first, next].map(|one| one.cell.ids.len());
        if common < own.max(others) {
            self.notes.push(format!(
                "{column}: {} has {own} problems and {} {others}, {common} of them the same: their cells stand over different problems.",
                first.run.model, next.run.model
            ));
        }
        Ok(())
    }

    /// Every other model against the baseline.
    fn compared(&self, placed: &[Placed], settings: &Settings) -> Result<Vec<BySet>, LeaderboardError> {
        let baseline = self.baseline(settings)?;
        let others = (0..self.models.len()).filter(|model| *model != baseline);
        let mut compared = Vec::new();
        for other in others {
            let on = |model: usize, column: usize| {
                placed.iter().find(|one| (one.model, one.column) == (model, column)).map(|one| &one.run)
            };
            let both = self.columns.iter().enumerate().filter_map(|(column, set)| {
                Some(OnSet { set: &set.name, baseline: on(baseline, column)?, other: on(other, column)? })
            });
            let sets: Vec<OnSet<'_>> = both.collect();
            let with = compare::Settings { seed: settings.seed, ..compare::Settings::default() };
            compared.extend(by_set(&sets, sets.len() == self.columns.len(), &with)?);
        }
        Ok(compared)
    }

    fn baseline(&self, settings: &Settings) -> Result<usize, CompareError> {
        let Some(name) = &settings.baseline else { return Ok(0) };
        self.models.iter().position(|line| line.model == *name).ok_or_else(|| CompareError::NoBaseline {
            name: name.clone(),
            known: self.models.iter().map(|line| line.model.as_str()).collect::<Vec<_>>().join(", "),
        })
    }

    fn fill(&mut self, placed: Vec<Placed>) {
        let columns = self.columns.len();
        self.models.iter_mut().for_each(|line| line.cells = vec![None; columns]);
        for Placed { column, model, cell, .. } in placed {
            self.models[model].cells[column] = Some(cell);
        }
        for line in &mut self.models {
            line.average = Average::of(&line.cells);
        }
        let rates =
            self.models.iter().filter_map(|line| Some((line.average.as_ref()?.points_per_thousand?, line)));
        let best = rates.clone().max_by(|one, other| one.0.total_cmp(&other.0));
        self.best_per_token = best.filter(|_| rates.count() > 1).map(|(_, line)| line.model.clone());
    }
}

fn folder(run: &ModelRun) -> PathBuf {
    run.folder().map_or_else(|| run.scores.clone(), Path::to_owned)
}
