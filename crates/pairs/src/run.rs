//! From a file of pairs to verdicts: a chunk is graded on all cores while the next one is read.

use std::collections::BTreeMap;
use std::path::Path;

use answer::Policy;
use rayon::prelude::*;
use records::{Input, Origin, Row, RowError, Rows};
use serde_json::Value;
use stage::{Interrupted, Observer, Tick};
use tables::Provenance;

use crate::sink::Sink;
use crate::{GradeError, Graded, Kind, Output, Pair, Report, grade};

/// A chunk ends at this many rows…
const CHUNK_ROWS: usize = 4096;
/// …or at about this many bytes of text.
const CHUNK_BYTES: usize = 8 << 20;

/// How pairs are graded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// What counts as the same answer.
    pub policy: Policy,
    /// What a row is that does not say it.
    pub kind: Kind,
}

/// Grades every pair of a file, in order. The first row that is no pair ends it with an error; what a stream already
/// has stays there, a file does not appear.
pub fn run(
    pairs: &Path,
    settings: &Settings,
    output: Output<'_>,
    observer: &dyn Observer,
) -> Result<Report, GradeError> {
    let input = Input::of(pairs, None, &|cells| cells.contains_key("pred"))?;
    let mut source = Source { rows: input.open()?, failed: None, mended: BTreeMap::new() };
    let policy = serde_json::to_value(&settings.policy)
        .map_err(|error| GradeError::Write { name: "the policy".to_owned(), source: error.into() })?;
    let mut sink = Sink::open(output, &Provenance::default().with("policy", policy.to_string()))?;
    let mut report = Report { policy, ..Report::default() };
    let mut chunk = source.chunk();
    while !chunk.is_empty() {
        if observer.interrupted() {
            return Err(Interrupted { done: report.rows }.into());
        }
        let (graded, next) = rayon::join(|| graded(chunk, settings), || source.chunk());
        take(graded, &mut report, &mut sink, observer)?;
        chunk = next;
    }
    match source.failed {
        Some(error) => Err(error.into()),
        None => {
            sink.finish()?;
            for (what, (rows, first)) in source.mended {
                observer.note(&format!("{what} ({rows} rows, the first {first})"));
            }
            Ok(report)
        }
    }
}

fn graded(chunk: Vec<Row>, settings: &Settings) -> Vec<Result<Graded, GradeError>> {
    let one =
        |row: Row| Pair::read(&row, settings.kind).map(|pair| grade(pair, row.origin.line, &settings.policy));
    chunk.into_par_iter().map(one).collect()
}

/// Counts and writes in order, up to the first row that is no pair.
fn take(
    graded: Vec<Result<Graded, GradeError>>,
    report: &mut Report,
    sink: &mut Sink<'_>,
    observer: &dyn Observer,
) -> Result<(), GradeError> {
    let rows = graded.len() as u64;
    let mut broken = None;
    for graded in graded {
        match graded {
            Ok(graded) => {
                report.add(&graded);
                sink.push(graded)?;
            }
            Err(error) => {
                broken = Some(error);
                break;
            }
        }
    }
    sink.flush()?;
    observer.advance(Tick { rows, ..Tick::default() });
    broken.map_or(Ok(()), Err)
}

/// Rows in chunks. An error waits until what stands before it is graded.
struct Source {
    rows: Rows,
    failed: Option<RowError>,
    /// What was forgiven, in how many rows, and where first.
    mended: BTreeMap<&'static str, (u64, Origin)>,
}

impl Source {
    fn chunk(&mut self) -> Vec<Row> {
        let mut chunk = Vec::new();
        let mut bytes = 0;
        while chunk.len() < CHUNK_ROWS && bytes < CHUNK_BYTES {
            match self.rows.next() {
                Some(Ok(row)) => {
                    for (what, _) in row.mended.counts() {
                        self.mended.entry(what).or_insert_with(|| (0, row.origin.clone())).0 += 1;
                    }
                    bytes += row.cells.values().map(size).sum::<usize>();
                    chunk.push(row);
                }
                Some(Err(error)) => {
                    self.failed = Some(error);
                    break;
                }
                None => break,
            }
        }
        chunk
    }
}

fn size(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(size).sum(),
        Value::Object(members) => members.values().map(size).sum(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;
    use std::path::PathBuf;

    use stage::Silent;
    use tables::{Blame, Blamed, TableReader};
    use tempfile::TempDir;

    use super::*;
    use crate::LineFormat;

    fn place(content: &str) -> (TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pairs.jsonl");
        std::fs::write(&path, content).unwrap();
        (folder, path)
    }

    fn many(rows: usize) -> String {
        (0..rows).fold(String::new(), |mut text, index| {
            let _never = writeln!(
                text,
                "{{\"gold\": \"{index}\", \"pred\": \"{}\", \"expected\": {}, \"family\": \"f{}\"}}",
                index + index % 3 / 2,
                index % 3 < 2,
                index % 2
            );
            text
        })
    }

    fn streamed(path: &Path, format: LineFormat) -> (Result<Report, GradeError>, String) {
        let mut out = Vec::new();
        let output = Output::Stream(Box::new(&mut out), format);
        let report = run(path, &Settings::default(), output, &Silent);
        (report, String::from_utf8(out).unwrap())
    }

    #[test]
    fn rows_come_out_in_order_over_chunks() {
        let (_folder, path) = place(&many(10_000));
        let (report, out) = streamed(&path, LineFormat::Jsonl);
        let report = report.unwrap();
        assert_eq!((report.rows, report.different, report.accuracy.overall.right), (10_000, 3333, 10_000));
        assert_eq!(report.accuracy.families["f0"].n, 5000);
        for (index, line) in out.lines().enumerate() {
            let row: Value = serde_json::from_str(line).unwrap();
            assert_eq!(row["line"], index + 1);
        }
    }

    #[test]
    fn each_format_holds_the_same_rows() {
        let (folder, path) = place(&many(5));
        let (_, csv) = streamed(&path, LineFormat::Csv);
        let lines: Vec<&str> = csv.lines().collect();
        assert_eq!(lines.len(), 6);
        assert_eq!(lines[0], "line,id,family,kind,verdict,how,rule,extracted,mark,policy,microseconds");
        assert!(lines[3].starts_with("3,,f0,answer,different,integers,,,right,false,"), "{}", lines[3]);
        for name in ["out.csv", "out.jsonl", "out.parquet"] {
            run(&path, &Settings::default(), Output::File(folder.path().join(name)), &Silent).unwrap();
        }
        let parquet = TableReader::<Graded>::open(&folder.path().join("out.parquet")).unwrap();
        let parquet: Vec<Graded> = parquet.map(Result::unwrap).collect();
        let jsonl = std::fs::read_to_string(folder.path().join("out.jsonl")).unwrap();
        let timeless = |graded: Graded| Graded { microseconds: 0.0, ..graded };
        let jsonl = jsonl.lines().map(|line| timeless(serde_json::from_str(line).unwrap()));
        assert_eq!(parquet.into_iter().map(timeless).collect::<Vec<_>>(), jsonl.collect::<Vec<_>>());
        assert_eq!(std::fs::read_to_string(folder.path().join("out.csv")).unwrap().lines().count(), 6);
    }

    #[test]
    fn a_broken_row_ends_it_and_names_its_line() {
        let check = |broken: &str, expect: &str| {
            let (folder, path) = place(&format!("{}\n{broken}\n{}", many(2), many(1)));
            let (result, out) = streamed(&path, LineFormat::Jsonl);
            let error = result.unwrap_err();
            assert_eq!(error.blame(), Blame::Input);
            assert!(error.to_string().contains(expect), "{error}");
            assert_eq!(out.lines().count(), 2, "rows before it are graded");
            let file = folder.path().join("out.jsonl");
            run(&path, &Settings::default(), Output::File(file.clone()), &Silent).unwrap_err();
            assert!(!file.exists());
        };
        check("{\"gold\": 1}", "pairs.jsonl:4: no column `pred`");
        check("{\"gold\": 1, \"pred\"", "pairs.jsonl:4, column 18: the line is cut off");
    }

    #[test]
    fn the_output_must_have_a_format() {
        let (folder, path) = place(&many(1));
        let output = Output::File(folder.path().join("out.xlsx"));
        let error = run(&path, &Settings::default(), output, &Silent).unwrap_err();
        assert!(error.to_string().ends_with("expected .jsonl, .csv or .parquet"), "{error}");
    }
}
