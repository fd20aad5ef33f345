//! Whole loads: files and a `[dataset]` table in, tables or an error out.

mod containers;
mod formats;
mod hub;
mod labelled;
mod problems;
mod programs;
mod puzzles;
mod real;
mod recorded;
mod scale;
mod templates;
mod thinking;

use std::path::Path;

use serde_json::{Value, json};
use stage::{Silent, Summary};
use tables::{Problem, Provenance, Reply, TableReader, Test};

use crate::{LoadOutputs, parse};

/// What a load wrote.
pub(super) struct Loaded {
    pub(super) problems: Vec<Problem>,
    pub(super) replies: Vec<Reply>,
    pub(super) tests: Vec<Test>,
    pub(super) summary: Summary,
}

/// Loads a table as it is.
pub(super) fn load(table: &Value) -> Result<Loaded, String> {
    let folder = tempfile::tempdir().unwrap();
    let load = parse(table, "dataset").map_err(|faults| faults.to_string())?;
    let out = LoadOutputs {
        problems: folder.path().join("problems.parquet"),
        replies: load.has_replies().then(|| folder.path().join("replies.parquet")),
        tests: load.has_tests().then(|| folder.path().join("tests.parquet")),
    };
    let summary = load.run(&out, Provenance::default(), &Silent).map_err(|error| error.to_string());
    if summary.is_err() {
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "an error leaves nothing behind");
    }
    let replies = out.replies.as_ref().filter(|_| summary.is_ok()).map(|path| rows_of::<Reply>(path));
    let tests = out.tests.as_ref().filter(|_| summary.is_ok()).map(|path| rows_of::<Test>(path));
    Ok(Loaded {
        summary: summary?,
        problems: rows_of(&out.problems),
        replies: replies.unwrap_or_default(),
        tests: tests.unwrap_or_default(),
    })
}

pub(super) fn rows_of<R: tables::Row>(path: &Path) -> Vec<R> {
    TableReader::open(path).unwrap().collect::<Result<_, _>>().unwrap()
}

/// Writes files, and loads them by a table whose `path` is relative to them.
pub(super) fn load_files(files: &[(&str, &str)], mut table: Value) -> Result<Loaded, String> {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        std::fs::write(folder.path().join(name), content).unwrap();
    }
    let place = |name: &str| folder.path().join(name).display().to_string();
    table["path"] = match table.get("path") {
        None => place(files[0].0).into(),
        Some(Value::Array(names)) => names.iter().map(|name| place(name.as_str().unwrap())).collect(),
        Some(name) => place(name.as_str().unwrap()).into(),
    };
    load(&table).map_err(|error| error.replace(&format!("{}/", folder.path().display()), ""))
}

/// JSON lines of one file `a.jsonl`.
pub(super) fn load_lines(lines: &[Value], table: Value) -> Result<Loaded, String> {
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    load_files(&[("a.jsonl", &text)], table)
}

/// The error of such a load.
pub(super) fn refuse_lines(lines: &[Value], table: Value, expect: &str) {
    match load_lines(lines, table) {
        Ok(_) => panic!("loaded, but expected: {expect}"),
        Err(error) => assert_eq!(error, expect),
    }
}

/// Problems as `id|subset|problem|gold,gold`.
pub(super) fn brief(loaded: &Loaded) -> Vec<String> {
    let line = |p: &Problem| format!("{}|{}|{}|{}", p.id, p.subset, p.problem, p.gold.join(","));
    loaded.problems.iter().map(line).collect()
}

/// A `[dataset]` table of a kind.
pub(super) fn kind(kind: &str, more: Value) -> Value {
    let mut table = json!({ "kind": kind });
    for (key, value) in more.as_object().unwrap() {
        table[key] = value.clone();
    }
    table
}
