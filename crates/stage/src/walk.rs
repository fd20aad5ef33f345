//! The rows of several tables of one model, walked together.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tables::{
    Aligned, Generation, Key, Keyed, Problem, ProblemCursor, Row, TableError, TableReader, Test, TestCursor,
};

/// One generation with its problem and what other tables say about it.
#[derive(Debug)]
pub struct Walked<R> {
    /// The problem as it was asked; samples that were asked it alike share it.
    pub problem: Arc<Problem>,
    /// The reply.
    pub generation: Generation,
    /// The rows of the followers.
    pub rows: R,
}

impl<R> Walked<R> {
    /// Bytes of text, for chunks that fit into memory.
    pub fn bytes(&self) -> usize {
        self.generation.reasoning.len() + self.generation.answer_text.len()
    }
}

/// Tables that have one row per generation, in the same order: none, one, or several as a tuple.
pub trait Followers: Sized {
    /// Their rows about one generation.
    type Rows;
    /// The rows that belong to `key`, which must be the next ones.
    fn next_for(&mut self, key: &Key, leader: &Path) -> Result<Self::Rows, TableError>;
    /// Checks, at the leader's end, that they end there too.
    fn finish(self, leader: &Path) -> Result<(), TableError>;
}

impl Followers for () {
    type Rows = ();

    fn next_for(&mut self, _key: &Key, _leader: &Path) -> Result<(), TableError> {
        Ok(())
    }

    fn finish(self, _leader: &Path) -> Result<(), TableError> {
        Ok(())
    }
}

impl<R: Row + Keyed> Followers for Aligned<R> {
    type Rows = R;

    fn next_for(&mut self, key: &Key, leader: &Path) -> Result<R, TableError> {
        Aligned::next_for(self, key, leader)
    }

    fn finish(self, leader: &Path) -> Result<(), TableError> {
        Aligned::finish(self, leader)
    }
}

/// The tests of the problem.
impl Followers for TestCursor {
    type Rows = Arc<[Test]>;

    fn next_for(&mut self, key: &Key, _leader: &Path) -> Result<Self::Rows, TableError> {
        self.seek(&key.problem_id)
    }

    /// There are tests of problems that this model was not asked.
    fn finish(self, _leader: &Path) -> Result<(), TableError> {
        Ok(())
    }
}

impl<A: Followers, B: Followers> Followers for (A, B) {
    type Rows = (A::Rows, B::Rows);

    fn next_for(&mut self, key: &Key, leader: &Path) -> Result<Self::Rows, TableError> {
        Ok((self.0.next_for(key, leader)?, self.1.next_for(key, leader)?))
    }

    fn finish(self, leader: &Path) -> Result<(), TableError> {
        self.0.finish(leader)?;
        self.1.finish(leader)
    }
}

/// Reads generations with their problems and followers; ends with an error at the first row that does not fit, or if the
/// tables end apart.
pub struct Walk<F> {
    generations: TableReader<Generation>,
    path: PathBuf,
    problems: ProblemCursor,
    followers: Option<F>,
}

impl<F: Followers> Walk<F> {
    /// Opens generations and their problems; the followers are open already.
    pub fn open(problems: &Path, generations: &Path, followers: F) -> Result<Self, TableError> {
        let reader = TableReader::open(generations)?;
        Ok(Self {
            problems: ProblemCursor::open_for(problems, reader.provenance())?,
            generations: reader,
            path: generations.to_owned(),
            followers: Some(followers),
        })
    }

    /// How many generations there are.
    pub fn len(&self) -> u64 {
        self.generations.len()
    }

    /// There is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn complete(&mut self, generation: Generation, followers: &mut F) -> Result<Walked<F::Rows>, TableError> {
        let order = generation.permutation.as_deref();
        let problem = self.problems.asked(&generation.problem_id, order, &self.path)?;
        let rows = followers.next_for(&generation.key(), &self.path)?;
        Ok(Walked { problem, generation, rows })
    }
}

impl<F: Followers> Iterator for Walk<F> {
    type Item = Result<Walked<F::Rows>, TableError>;

    fn next(&mut self) -> Option<Self::Item> {
        // Taken out at the end, or by the first row that does not fit.
        let mut followers = self.followers.take()?;
        match self.generations.next() {
            None => followers.finish(&self.path).err().map(Err),
            Some(Err(error)) => Some(Err(error)),
            Some(Ok(generation)) => {
                let row = self.complete(generation, &mut followers);
                self.followers = row.is_ok().then_some(followers);
                Some(row)
            }
        }
    }
}

/// A chunk ends at about this many bytes…
const CHUNK_BYTES: usize = 2 << 20;
/// …or at this many rows; what a stage holds in memory is a small multiple of it.
const CHUNK_ROWS: usize = 2048;

/// The next rows, as many as are worked on together; empty at the end.
pub fn chunk<Row, Error>(
    rows: &mut impl Iterator<Item = Result<Row, Error>>,
    bytes: impl Fn(&Row) -> usize,
) -> Result<Vec<Row>, Error> {
    let mut chunk = Vec::new();
    let mut held = 0;
    while held < CHUNK_BYTES && chunk.len() < CHUNK_ROWS {
        let Some(row) = rows.next().transpose()? else { break };
        held += bytes(&row);
        chunk.push(row);
    }
    Ok(chunk)
}
