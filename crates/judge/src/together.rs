//! All generations of a problem at once, for tasks that compare them with each other.

use chat::{Dialogue, Usage};
use stage::{DialogueEnd, RowWork, StageError, Tick};

use crate::item::{Judged, Seen};
use crate::judging::Judging;
use crate::row::Row;

/// What is done with the generations of a problem together.
pub(crate) struct Together<'j>(pub(crate) &'j Judging<'j>);

impl RowWork for Together<'_> {
    type Row = Vec<Row>;
    type View<'a>
        = Vec<Seen<'a>>
    where
        Self: 'a;
    type Found = Vec<(Judged, Usage)>;
    type Written = Vec<(Judged, bool)>;

    fn who(&self) -> String {
        self.0.who()
    }

    fn view<'a>(&'a self, rows: &'a mut Vec<Row>) -> Vec<Seen<'a>> {
        rows.iter_mut().map(|row| self.0.view(row)).collect()
    }

    fn open<'a>(&'a self, view: &'a mut Vec<Seen<'_>>) -> Box<dyn Dialogue<Vec<(Judged, Usage)>> + 'a> {
        self.0.judge().open_together(view)
    }

    fn given_up(&self, rows: &Vec<Row>, why: String) -> Vec<(Judged, Usage)> {
        rows.iter().map(|row| (self.0.given_up(row, why.clone()), Usage::default())).collect()
    }

    /// Each row is told what it took itself; that a call failed is told of all.
    fn complete(
        &self,
        rows: &Vec<Row>,
        found: Vec<(Judged, Usage)>,
        end: DialogueEnd,
    ) -> Result<Vec<(Judged, bool)>, StageError> {
        let each = rows.iter().zip(found);
        each.map(|(row, (judged, usage))| self.0.complete(row, judged, DialogueEnd { usage, ..end }))
            .collect()
    }

    fn tick(&self, found: &Vec<(Judged, Usage)>, _: &Usage) -> Tick {
        let ticks = found.iter().map(|(judged, usage)| self.0.tick(judged, usage));
        ticks.fold(Tick::default(), |sum, one| Tick {
            rows: sum.rows + one.rows,
            failed: sum.failed + one.failed,
            tokens: sum.tokens + one.tokens,
            cached: sum.cached + one.cached,
        })
    }

    fn row_bytes(&self, rows: &Vec<Row>) -> usize {
        rows.iter().map(|row| self.0.row_bytes(row)).sum()
    }

    fn held_bytes(&self, rows: &Vec<Row>, found: &Vec<(Judged, Usage)>) -> usize {
        rows.iter().zip(found).map(|(row, (judged, _))| self.0.held_bytes(row, judged)).sum()
    }

    /// Who compares always asks.
    fn may_know(&self) -> bool {
        false
    }
}

/// Rows of one problem, which stand together.
pub(crate) struct ByProblem<Rows: Iterator> {
    rows: std::iter::Peekable<Rows>,
}

impl<Rows: Iterator<Item = Result<Row, StageError>>> ByProblem<Rows> {
    pub(crate) fn new(rows: Rows) -> Self {
        Self { rows: rows.peekable() }
    }
}

impl<Rows: Iterator<Item = Result<Row, StageError>>> Iterator for ByProblem<Rows> {
    type Item = Result<Vec<Row>, StageError>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut problem = match self.rows.next()? {
            Ok(row) => vec![row],
            Err(error) => return Some(Err(error)),
        };
        let id = problem[0].item().problem.id.clone();
        let same =
            |next: &Result<Row, StageError>| next.as_ref().is_ok_and(|row| row.item().problem.id == id);
        while let Some(Ok(row)) = self.rows.next_if(same) {
            problem.push(row);
        }
        Some(Ok(problem))
    }
}
