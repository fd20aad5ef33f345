//! Who reads a damaged file: in this process as the program would, and the arguments that make the program do it.

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use anyhow::anyhow;
use dataset::ImportOutputs;
use pipeline::{Document, KnownSources, Pipeline, Stages};
use serde_json::json;
use tables::{Generation, Provenance, TableReader};
use tokens::Tokenizer;

use super::seeds::{self, Kind};

/// The stages whose keys a pipeline file may hold.
const STAGES: Stages = Stages(&[
    &dataset::LoadStage,
    &generate::GenerateStage,
    &grade::GradeStage,
    &split::SplitStage,
    &judge::JudgeStage,
    &score::ScoreStage,
    &score::MeasureStage,
    &report::ReportStage,
]);

/// Reads a file to its end; `place` is a folder of its own.
pub(super) fn one(kind: Kind, content: &[u8], place: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(place)?;
    let file = place.join(format!("damaged{}", kind.ending()));
    fs::write(&file, content)?;
    match kind {
        Kind::Jsonl | Kind::Csv | Kind::Parquet | Kind::Eval => import(&file, place),
        Kind::Table => Ok(TableReader::<Generation>::open(&file)?.try_for_each(|row| row.map(drop))?),
        Kind::Toml => configure(&file),
        Kind::Tokenizer => Ok(Tokenizer::open(&file)?.try_count(seeds::THINKING).map(drop)?),
    }
}

fn import(file: &Path, place: &Path) -> anyhow::Result<()> {
    let table = json!({"kind": "recorded", "path": file, "model": "m"});
    let load = dataset::parse(&table, "dataset").map_err(|faults| anyhow!("{faults}"))?;
    let out = ImportOutputs {
        problems: place.join("problems.parquet"),
        replies: place.join("replies.parquet"),
        labels: place.join("labels.jsonl"),
    };
    Ok(load.import(&out, Provenance::default(), &stage::Silent).map(drop)?)
}

fn configure(file: &Path) -> anyhow::Result<()> {
    let document = Document::open(&file.to_string_lossy())?;
    Ok(Pipeline::parse(document, &[], STAGES, true, &KnownSources::default()).map(drop)?)
}

/// What the program is told about the file `damaged…` in its working directory; `folder` holds what is whole.
pub(super) fn arguments(kind: Kind, folder: &Path) -> Vec<OsString> {
    let file = format!("damaged{}", kind.ending());
    let words: Vec<&str> = match kind {
        Kind::Jsonl | Kind::Csv | Kind::Parquet | Kind::Eval => {
            vec!["import", &file, "--model", "m", "-o", "imported"]
        }
        Kind::Table => vec!["split", "--generations", &file, "-o", "splits.parquet"],
        Kind::Toml => vec!["explain", &file, "--offline"],
        Kind::Tokenizer => vec!["split", "--tokenizer", &file, "-o", "splits.parquet"],
    };
    let mut arguments: Vec<OsString> = words.into_iter().map(OsString::from).collect();
    if kind == Kind::Tokenizer {
        arguments.extend(["--generations".into(), folder.join(seeds::WHOLE_TABLE).into_os_string()]);
    }
    arguments
}
