//! What all formats of JSON lines share: rows are written and read back on all cores, in order.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::Serialize;

use crate::example::{Content, Origin};
use crate::output::Draft;
use crate::{CurateError, Embedding, Example, ExampleWriter, Export, Kind};

/// The file's name: `datasets.load_dataset(folder)` takes it for the training split.
const FILE: &str = "train.jsonl";
/// Reading back takes about so many bytes at once.
const PIECE: usize = 4 << 20;

/// How a row is laid out.
pub(crate) trait Layout: Clone + Send + Sync + 'static {
    /// What it can hold.
    const HOLDS: &'static [Kind];

    /// Only the columns that the trainer reads, without those that say where a row comes from.
    fn bare(&self) -> bool;

    /// Writes the row of one example, without the line's end.
    fn write(&self, content: &Content<'_>, row: Shape<'_>, line: &mut Vec<u8>) -> serde_json::Result<()>;

    /// Reads a row of that kind.
    fn read(&self, kind: Kind, line: &[u8]) -> serde_json::Result<Content<'static>>;

    /// What such a row keeps of an example: reading it gives this.
    fn kept<'a>(&self, content: Content<'a>) -> Content<'a> {
        Content { wrong: Vec::new(), ..content }
    }

    /// As in [`Export::fault`].
    fn fault(&self, _content: &Content<'_>) -> Option<&'static str> {
        None
    }

    /// As in [`Export::no_values`].
    fn no_values(&self) -> Option<&'static str> {
        Some("its labels are right or wrong")
    }
}

/// What a row is beside its texts.
#[derive(Clone, Copy)]
pub(crate) struct Shape<'a> {
    pub(crate) kind: Kind,
    pub(crate) origin: Option<&'a Origin<'a>>,
}

/// A row whose origin stands beside what the trainer reads.
#[derive(Serialize)]
struct Beside<'a, T> {
    #[serde(flatten)]
    row: T,
    #[serde(flatten)]
    origin: Option<&'a Origin<'a>>,
}

/// Writes a row with its origin.
pub(crate) fn write_row(row: impl Serialize, shape: Shape<'_>, line: &mut Vec<u8>) -> serde_json::Result<()> {
    serde_json::to_writer(line, &Beside { row, origin: shape.origin })
}

/// How the rows of one file are written and read.
struct Rules<L> {
    layout: L,
    kind: Kind,
    embedding: Embedding,
    path: PathBuf,
}

impl<L: Layout> Rules<L> {
    fn line(&self, example: &Example) -> serde_json::Result<(Vec<u8>, u64)> {
        let content = example.content(&self.embedding);
        let origin = (!self.layout.bare()).then(|| Origin::of(example));
        let mut line = Vec::with_capacity(example.size() + 512);
        let shape = Shape { kind: self.kind, origin: origin.as_ref() };
        self.layout.write(&content, shape, &mut line)?;
        line.push(b'\n');
        Ok((line, self.layout.kept(content).digest()))
    }

    /// Compares every row of a file with what was to be written.
    fn check(&self, written: &Path, digests: &[u64]) -> Result<(), CurateError> {
        let broken = |source| CurateError::Write { path: self.path.clone(), source };
        let mut file = BufReader::with_capacity(1 << 20, File::open(written).map_err(broken)?);
        let mut row = 0;
        loop {
            let lines = piece(&mut file).map_err(broken)?;
            if lines.is_empty() {
                break;
            }
            let read: Vec<Result<u64, String>> = lines.par_iter().map(|line| self.digest(line)).collect();
            for found in read {
                let reason = differs(&found, digests.get(row));
                row += 1;
                if let Some(reason) = reason {
                    return Err(self.refuse(row, reason));
                }
            }
        }
        if row < digests.len() { Err(self.refuse(row + 1, "the row is missing".to_owned())) } else { Ok(()) }
    }

    fn digest(&self, line: &[u8]) -> Result<u64, String> {
        let content = self.layout.read(self.kind, line).map_err(|error| error.to_string())?;
        Ok(content.digest())
    }

    fn refuse(&self, row: usize, reason: String) -> CurateError {
        CurateError::ReadBack { path: self.path.clone(), row: row as u64, reason }
    }
}

fn differs(found: &Result<u64, String>, expected: Option<&u64>) -> Option<String> {
    match (found, expected) {
        (Ok(found), Some(expected)) if found == expected => None,
        (Ok(_), Some(_)) => Some("its texts differ".to_owned()),
        (Ok(_), None) => Some("nobody wrote it".to_owned()),
        (Err(reason), _) => Some(reason.clone()),
    }
}

fn piece(file: &mut impl BufRead) -> std::io::Result<Vec<Vec<u8>>> {
    let (mut lines, mut bytes) = (Vec::new(), 0);
    while bytes < PIECE {
        let mut line = Vec::new();
        let read = file.read_until(b'\n', &mut line)?;
        if read == 0 {
            break;
        }
        bytes += read;
        lines.push(line);
    }
    Ok(lines)
}

/// A file of JSON lines in the making.
struct Lines<L> {
    rules: Rules<L>,
    draft: Draft,
    digests: Vec<u64>,
}

/// A layout is all that makes a format of JSON lines.
impl<L: Layout> Export for L {
    fn holds(&self) -> &'static [Kind] {
        L::HOLDS
    }

    fn file(&self) -> &'static str {
        FILE
    }

    fn start(
        &self,
        path: &Path,
        kind: Kind,
        embedding: &Embedding,
    ) -> Result<Box<dyn ExampleWriter>, CurateError> {
        let layout = self.clone();
        let rules = Rules { layout, kind, embedding: embedding.clone(), path: path.to_owned() };
        Ok(Box::new(Lines { rules, draft: Draft::create(path)?, digests: Vec::new() }))
    }

    fn fault(&self, example: &Example, embedding: &Embedding) -> Option<&'static str> {
        L::fault(self, &example.content(embedding))
    }

    fn no_values(&self) -> Option<&'static str> {
        L::no_values(self)
    }
}

impl<L: Layout> ExampleWriter for Lines<L> {
    fn push(&mut self, examples: &[Example]) -> Result<(), CurateError> {
        let lines: Vec<_> = examples.par_iter().map(|example| self.rules.line(example)).collect();
        for line in lines {
            let (line, digest) = line.map_err(|error| CurateError::write(&self.rules.path)(error.into()))?;
            self.draft.write(&line)?;
            self.digests.push(digest);
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<u64, CurateError> {
        let Self { rules, draft, digests } = *self;
        draft.publish(|written| rules.check(written, &digests))?;
        Ok(digests.len() as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_named() {
        let check = |found: Result<u64, &str>, expected: Option<u64>, expect: Option<&str>| {
            let found = found.map_err(str::to_owned);
            assert_eq!(differs(&found, expected.as_ref()).as_deref(), expect);
        };
        check(Ok(5), Some(5), None);
        check(Ok(5), Some(6), Some("its texts differ"));
        check(Ok(5), None, Some("nobody wrote it"));
        check(Err("EOF"), Some(5), Some("EOF"));
    }
}
