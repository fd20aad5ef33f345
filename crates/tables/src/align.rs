//! Walking several tables of the same generations together.

use std::fmt;

use crate::{Generation, Grade, Judgment, Problem, Reply, Row, Score, Split, TableError, TableReader};

/// What names a generation within its model.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// The problem.
    pub problem_id: String,
    /// The sample.
    pub sample: u32,
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` sample {}", self.problem_id, self.sample)
    }
}

/// A row that belongs to one generation.
pub trait Keyed {
    /// The problem and sample that the row belongs to.
    fn key(&self) -> Key;
}

macro_rules! keyed {
    ($($row:ty),*) => {$(
        impl Keyed for $row {
            fn key(&self) -> Key {
                Key { problem_id: self.problem_id.clone(), sample: self.sample }
            }
        }
    )*};
}

keyed!(Reply, Generation, Grade, Split, Judgment, Score);

/// Zips a second table to a first one, row by row, and refuses the pair at the first row where they differ.
pub struct Aligned<R: Row + Keyed> {
    reader: TableReader<R>,
    row: u64,
}

impl<R: Row + Keyed> Aligned<R> {
    /// Follows `reader` in step with another table.
    pub fn new(reader: TableReader<R>) -> Self {
        Self { reader, row: 0 }
    }

    /// The row that belongs to `key`, which must be the next one; `leader` is the table that `key` is from.
    pub fn next_for(&mut self, key: &Key, leader: &std::path::Path) -> Result<R, TableError> {
        self.row += 1;
        let row = self.reader.next().transpose()?;
        let found = row.as_ref().map(Keyed::key);
        match row {
            Some(row) if found.as_ref() == Some(key) => Ok(row),
            _ => Err(TableError::Misaligned {
                left: leader.to_owned(),
                right: self.reader.path().to_owned(),
                row: self.row,
                left_key: key.to_string(),
                right_key: found.map_or_else(|| "missing".to_owned(), |key| key.to_string()),
            }),
        }
    }

    /// Checks, at the leader's end, that this table ends there too.
    pub fn finish(mut self, leader: &std::path::Path) -> Result<(), TableError> {
        let Some(row) = self.reader.next().transpose()? else { return Ok(()) };
        Err(TableError::Misaligned {
            left: leader.to_owned(),
            right: self.reader.path().to_owned(),
            row: self.row + 1,
            left_key: "missing".to_owned(),
            right_key: row.key().to_string(),
        })
    }
}

/// Finds the problems of generations that come in the order of the problems table, reading it once.
pub struct ProblemCursor {
    reader: TableReader<Problem>,
    current: Option<Problem>,
    row: u64,
}

impl ProblemCursor {
    /// Starts at the first problem.
    pub fn new(reader: TableReader<Problem>) -> Self {
        Self { reader, current: None, row: 0 }
    }

    /// The problem with this id, which must be the current one or a later one.
    pub fn seek(&mut self, problem_id: &str, leader: &std::path::Path) -> Result<&Problem, TableError> {
        let from = self.row.max(1);
        while self.current.as_ref().is_none_or(|problem| problem.id != problem_id) {
            self.current = self.reader.next().transpose()?;
            self.row += 1;
            if self.current.is_none() {
                break;
            }
        }
        self.current.as_ref().ok_or_else(|| TableError::UnknownProblem {
            generations: leader.to_owned(),
            problems: self.reader.path().to_owned(),
            problem_id: problem_id.to_owned(),
            row: from,
        })
    }
}
