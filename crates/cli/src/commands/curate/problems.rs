//! Problems by name: a run, a table, a file of somebody else, or a preset.

use std::path::{Path, PathBuf};

use curate::Benchmarks;
use dataset::LoadOutputs;
use plugin::Value;
use stage::table::PROBLEMS;
use stage::{RunLayout, Silent};
use tables::{Problem, Provenance, Row, TableReader};
use tempfile::TempDir;

use super::super::component::{invalid, table};
use crate::args::ScreenArgs;
use crate::exit::{About, Result};
use crate::progress::Watch;

/// Tables of problems; those that were made for the purpose go with it.
pub(super) struct Tables {
    pub(super) paths: Vec<PathBuf>,
    _made: TempDir,
}

/// The benchmarks that were named, if any were.
pub(super) fn benchmarks(args: &ScreenArgs, watch: &Watch) -> Result<Option<Benchmarks>> {
    if args.against.is_empty() {
        return Ok(None);
    }
    let mut known = Benchmarks::new(args.ngram);
    for path in &named(&args.against, Holds::TextsAlone, watch)?.paths {
        for problem in TableReader::<Problem>::open(path)? {
            known.add(&problem?);
        }
    }
    Ok(Some(known))
}

/// What is needed of problems.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    /// Everything: the problems will be written again.
    Everything,
    /// Their texts; benchmarks are often handed on without the answers.
    TextsAlone,
}

/// A table of problems for each name.
pub(super) fn tables(names: &[String], watch: &Watch) -> Result<Tables> {
    named(names, Holds::Everything, watch)
}

fn named(names: &[String], holds: Holds, watch: &Watch) -> Result<Tables> {
    let made = tempfile::tempdir().about(|| "cannot make a temporary folder".to_owned())?;
    let mut paths = Vec::new();
    for (index, name) in names.iter().enumerate() {
        let run = Some(Path::new(name)).filter(|path| path.is_dir()).map(RunLayout::new);
        let own = run.map(|run| run.of_run(PROBLEMS));
        paths.push(match own {
            Some(table) => table,
            None if is_table(Path::new(name)) => PathBuf::from(name),
            None => load(name, holds, &made.path().join(format!("{index}.parquet")), watch)?,
        });
    }
    Ok(Tables { paths, _made: made })
}

fn is_table(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "parquet")
        && matches!(tables::peek(path), Ok(Some((table, _))) if table == Problem::NAME)
}

/// Reads a file of problems in any format that `load` reads, or a preset.
fn load(name: &str, holds: Holds, out: &Path, watch: &Watch) -> Result<PathBuf> {
    let is_file = Path::new(name).exists();
    let key = if is_file { "path" } else { "preset" };
    let keys = [(key, Some(Value::from(name))), ("duplicates", Some(Value::from("first")))];
    let (kind, keys) = if name == "builtin" { (Some(name), &keys[1..]) } else { (None, &keys[..]) };
    let mut set = Vec::new();
    if is_file && holds == Holds::TextsAlone {
        set.push("columns.answer=\"\"".to_owned());
    }
    let load = dataset::parse(&table(kind, keys, &set)?, "against").map_err(invalid)?;
    load.prepare()?;
    let outputs = LoadOutputs { problems: out.to_owned(), replies: None, tests: None };
    let summary = load.run(&outputs, Provenance::default(), &Silent)?;
    stage::Observer::note(watch, &format!("{name}: {} problems", summary.rows));
    Ok(out.to_owned())
}
