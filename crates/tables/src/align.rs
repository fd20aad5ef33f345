//! Walking several tables of the same generations together.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use crate::ranges::PROBLEMS_FROM;
use crate::{
    Generation, Grade, Judgment, Problem, Provenance, Reply, Row, Score, Split, TableError, TableReader,
    Test, Tree,
};

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

/// A row a generation, of roll-outs.
impl Keyed for Tree {
    fn key(&self) -> Key {
        Key { problem_id: self.problem_id.clone(), sample: self.run }
    }
}

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
    pub fn next_for(&mut self, key: &Key, leader: &Path) -> Result<R, TableError> {
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
    pub fn finish(mut self, leader: &Path) -> Result<(), TableError> {
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
    /// The current one as it stands in the table, for all samples that were asked it so.
    shared: Option<Arc<Problem>>,
    row: u64,
    /// Problems that were passed over unread.
    passed_over: u64,
}

impl ProblemCursor {
    /// Starts at the first problem.
    pub fn open(problems: &Path) -> Result<Self, TableError> {
        Self::open_at(problems, 0)
    }

    /// Starts where the problems of these generations begin, if their table notes it ([`crate::PROBLEMS_FROM`]): of thousands
    /// of models with problems of their own, each reads its own alone.
    pub fn open_for(problems: &Path, generations: &Provenance) -> Result<Self, TableError> {
        let noted = generations.notes.get(PROBLEMS_FROM).and_then(|row| row.parse().ok());
        Self::open_at(problems, noted.unwrap_or(0))
    }

    /// Starts at this row, from 0.
    pub fn open_at(problems: &Path, row: u64) -> Result<Self, TableError> {
        let (reader, passed_over) = TableReader::open_behind(problems, row)?;
        Ok(Self { reader, current: None, shared: None, row: passed_over, passed_over })
    }

    /// Problems in the table.
    pub fn problems(&self) -> u64 {
        self.passed_over + self.reader.len()
    }

    /// The same as it was asked: with its options in the order that a generation notes. Samples that were asked alike share it.
    pub fn asked(
        &mut self,
        problem_id: &str,
        order: Option<&[u32]>,
        leader: &Path,
    ) -> Result<Arc<Problem>, TableError> {
        if let (Some(shared), None) = (self.shared.as_ref().filter(|shared| shared.id == problem_id), order) {
            return Ok(Arc::clone(shared));
        }
        let problem = Arc::new(self.seek(problem_id, leader)?.asked(order).into_owned());
        self.shared = order.is_none().then(|| Arc::clone(&problem));
        Ok(problem)
    }

    /// The problem with this id, which must be the current one or a later one.
    pub fn seek(&mut self, problem_id: &str, leader: &Path) -> Result<&Problem, TableError> {
        let mut from = self.row.max(1);
        while self.current.as_ref().is_none_or(|problem| problem.id != problem_id) {
            self.current = self.reader.next().transpose()?;
            self.row += 1;
            if self.current.is_none() && self.passed_over == 0 {
                break;
            }
            if self.current.is_none() {
                // The note was about another table of problems: nothing is passed over then.
                *self = Self::open(self.reader.path())?;
                from = 1;
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

/// Finds the tests of generations that come in the order of the problems, reading their table once.
pub struct TestCursor {
    reader: Option<TableReader<Test>>,
    /// The first row behind the current problem's.
    next: Option<Test>,
    problem: String,
    current: Arc<[Test]>,
}

impl TestCursor {
    /// Starts at the first test; without a table no problem has any.
    pub fn open(tests: Option<&Path>) -> Result<Self, TableError> {
        let mut reader = tests.map(TableReader::open).transpose()?;
        let next = reader.as_mut().and_then(Iterator::next).transpose()?;
        Ok(Self { reader, next, problem: String::new(), current: Arc::default() })
    }

    /// The tests of a problem, which must be the current one or a later one of those that have tests.
    pub fn seek(&mut self, problem_id: &str) -> Result<Arc<[Test]>, TableError> {
        while self.problem != problem_id && self.next.is_some() {
            self.advance()?;
        }
        Ok(if self.problem == problem_id { Arc::clone(&self.current) } else { Arc::default() })
    }

    fn advance(&mut self) -> Result<(), TableError> {
        let Some(first) = self.next.take() else { return Ok(()) };
        self.problem.clone_from(&first.problem_id);
        let mut tests = vec![first];
        while let Some(test) = self.reader.as_mut().and_then(Iterator::next).transpose()? {
            if test.problem_id != self.problem {
                self.next = Some(test);
                break;
            }
            tests.push(test);
        }
        self.current = tests.into();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TableWriter;

    #[test]
    fn tests_are_found_by_their_problem_in_its_order() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tests.parquet");
        let mut writer = TableWriter::create(&path, &Provenance::default()).unwrap();
        for (problem, count) in [("a", 2), ("b", 1), ("d", 3)] {
            for index in 0..count {
                writer.push(Test { problem_id: problem.into(), index, ..Test::default() }).unwrap();
            }
        }
        writer.finish().unwrap();
        let check = |path: Option<&Path>, wanted: &[&str], expect: &[usize]| {
            let mut cursor = TestCursor::open(path).unwrap();
            let found: Vec<usize> = wanted.iter().map(|id| cursor.seek(id).unwrap().len()).collect();
            assert_eq!(found, expect, "{wanted:?}");
        };
        check(Some(&path), &["a", "a", "b", "d", "d"], &[2, 2, 1, 3, 3]);
        check(Some(&path), &["d"], &[3]);
        check(Some(&path), &["b", "d", "e"], &[1, 3, 0]);
        check(None, &["a", "b"], &[0, 0]);
    }

    #[test]
    fn problems_are_found_from_wherever_a_table_notes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("problems.parquet");
        let mut writer = TableWriter::create(&path, &Provenance::default()).unwrap().in_groups_of(1000);
        for number in 0..3000 {
            writer.push(Problem { id: format!("p{number}"), ..Problem::default() }).unwrap();
        }
        writer.finish().unwrap();
        let check = |note: Option<&str>, wanted: &[u32], expect: Result<(), u64>| {
            let notes = note.map(|row| (PROBLEMS_FROM.to_owned(), row.to_owned())).into_iter().collect();
            let generations = Provenance { notes, ..Provenance::default() };
            let mut cursor = ProblemCursor::open_for(&path, &generations).unwrap();
            assert_eq!(cursor.problems(), 3000, "{note:?}");
            let found = wanted.iter().try_for_each(|number| {
                match cursor.seek(&format!("p{number}"), Path::new("g")) {
                    Ok(problem) => {
                        assert_eq!(problem.id, format!("p{number}"));
                        Ok(())
                    }
                    Err(TableError::UnknownProblem { row, .. }) => Err(row),
                    Err(error) => panic!("{error}"),
                }
            });
            assert_eq!(found, expect, "{note:?} {wanted:?}");
        };
        for note in
            [None, Some("0"), Some("17"), Some("2017"), Some("2999"), Some("3000"), Some("9999"), Some("x")]
        {
            check(note, &[17, 17, 2020, 2999], Ok(()));
            check(note, &[9999], Err(1));
        }
        // One that comes too late is found no more.
        check(None, &[5, 4], Err(6));
        check(Some("5"), &[5, 4], Ok(()));
    }
}
