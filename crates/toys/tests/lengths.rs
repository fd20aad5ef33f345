//! The stage `lengths` as one more word in the list of stages: planned, run, up to date, run again when its key changes.
#![expect(clippy::unwrap_used, reason = "a test")]

use std::path::Path;

use pipeline::{
    Document, KnownSources, Monitor, Override, Pipeline, RunFolder, Selection, Settings, StageEvent, StageId,
    Stages, TokenizerSource,
};
use stage::{Observer, Silent};
use tables::{Generation, TableReader};
use thinkmeter_toys::{Length, LengthsStage};

const STAGES: Stages = Stages(&[&dataset::LoadStage, &generate::GenerateStage, &LengthsStage]);

const PIPELINE: &str = "[dataset]\nkind = \"builtin\"\n[[models]]\nname = \"*\"\nkind = \"recorded\"\n";

struct Unheard;

impl Monitor for Unheard {
    fn event(&self, _id: &StageId, _event: StageEvent<'_>) {}
    fn observer(&self, _id: &StageId) -> Box<dyn Observer> {
        Box::new(Silent)
    }
    fn note(&self, _message: &str) {}
}

/// How many stages ran.
fn run(folder: &Path, set: &[&str]) -> usize {
    let document = Document::from_toml("toys.toml", "toys", PIPELINE).unwrap();
    let overrides: Vec<Override> = set.iter().map(|set| Override::parse(set).unwrap()).collect();
    let pipeline = Pipeline::parse(document, &overrides, STAGES, true, &KnownSources::default()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let settings = Settings {
        execution: llm::Execution::default(),
        runtime: runtime.handle().clone(),
        tokenizers: TokenizerSource::new(None, true),
        selection: Selection::default(),
        tolerated: 0.0,
    };
    let folder = RunFolder::open(folder).unwrap();
    pipeline::run(&pipeline, &folder, &settings, &Unheard).unwrap().stages
}

#[test]
fn a_stage_is_a_crate_and_a_word() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    assert_eq!(run(folder, &[]), 1 + 2 + 2, "load, and both of each model");
    assert_eq!(run(folder, &[]), 0, "all is up to date");
    assert_eq!(run(folder, &["lengths.blanks=true"]), 2, "only what depends on the key");
    for model in ["overthinker", "to-the-point"] {
        let rows = |table: &str| folder.join(model).join(table);
        let lengths: Vec<Length> =
            TableReader::open(&rows("lengths.parquet")).unwrap().map(Result::unwrap).collect();
        let generations: Vec<Generation> =
            TableReader::open(&rows("generations.parquet")).unwrap().map(Result::unwrap).collect();
        let mut both = lengths.iter().zip(&generations);
        assert!(lengths.len() == 47 && both.all(|(a, b)| a.thinking == b.reasoning.len() as u64));
    }
    let unknown =
        Document::from_toml("toys.toml", "toys", &format!("{PIPELINE}[lengths]\nblank = true\n")).unwrap();
    let fault =
        Pipeline::parse(unknown, &[], STAGES, true, &KnownSources::default()).err().unwrap().to_string();
    assert!(fault.contains("did you mean `blanks`?"), "{fault}");
}
