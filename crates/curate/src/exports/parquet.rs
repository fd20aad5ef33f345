//! Plain Parquet: every column that is known, thinking and answer apart; for whoever trains with something else.

use std::path::{Path, PathBuf};

use plugin::{Component, ConfigErrors};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tables::{Provenance, TableReader, TableWriter, Writing, folder_of, move_over, row, unfinished};

use super::{ExampleWriter, Export};
use crate::example::Chain;
use crate::projections::TextHash;
use crate::{Body, CurateError, Embedding, Example, Kind};

/// One table with a row an example. Nothing is lost, and any reader of Parquet can read it.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct Parquet {}

impl Component for Parquet {
    const KIND: &'static str = "parquet";
    const ABOUT: &'static str = "Parquet: all columns, thinking and answer apart; pairs, replies and pieces";
    type Built = dyn Export;

    fn build(self, _: &mut plugin::Content) -> Result<Box<dyn Export>, ConfigErrors> {
        Ok(Box::new(self))
    }
}

impl Export for Parquet {
    fn holds(&self) -> &'static [Kind] {
        &[Kind::Pair, Kind::Chain, Kind::Steps]
    }

    fn file(&self) -> &'static str {
        "train.parquet"
    }

    fn start(
        &self,
        path: &Path,
        _kind: Kind,
        embedding: &Embedding,
    ) -> Result<Box<dyn ExampleWriter>, CurateError> {
        let folder = folder_of(path);
        std::fs::create_dir_all(folder).map_err(CurateError::write(path))?;
        let writing = Writing::begin(folder);
        let written = unfinished(path);
        let table = TableWriter::create(&written, &Provenance::default())?;
        let embedding = embedding.clone();
        Ok(Box::new(Table {
            path: path.to_owned(),
            _writing: writing,
            written,
            table,
            embedding,
            digests: Vec::new(),
        }))
    }
}

row! {
    /// A row; columns that its kind does not have are null.
    struct Curated is "curated", version 2 since 1 {
        problem_id: String,
        dataset: String,
        subset: String,
        problem: String,
        gold: Vec<String>,
        choices: Vec<String>,
        model: String,
        sample: u32,
        trace_id: Option<String>,
        reasoning: Option<String>,
        answer_text: String,
        response: String,
        reasoning_tokens: Option<u32>,
        rejected_sample: Option<u32>,
        rejected_reasoning: Option<String>,
        rejected_answer_text: Option<String>,
        rejected_response: Option<String>,
        rejected_reasoning_tokens: Option<u32>,
        completions: Option<Vec<String>>,
        labels: Option<Vec<bool>>,
        values: Option<Vec<Option<f64>>>,
        value_of: Option<Vec<Option<u32>>>,
        verbosity: Option<u32>,
        difficulty: Option<u32>,
    }
}

impl Curated {
    fn of(example: &Example, embedding: &Embedding) -> Self {
        let (problem, chain) = (&*example.problem, example.chain());
        let mut row = Self {
            problem_id: problem.id.clone(),
            dataset: problem.dataset.clone(),
            subset: problem.subset.clone(),
            problem: problem.problem.clone(),
            gold: problem.gold.clone(),
            choices: problem.choices.clone(),
            model: chain.model.clone(),
            sample: chain.sample,
            trace_id: chain.trace_id.clone(),
            reasoning: chain.said.thinking.clone(),
            answer_text: chain.said.answer.clone(),
            response: embedding.text(&chain.said),
            reasoning_tokens: chain.tokens,
            verbosity: chain.verbosity,
            difficulty: chain.difficulty,
            ..Self::default()
        };
        match &example.body {
            Body::Pair(_, rejected) => row.reject(rejected, embedding),
            Body::Chain(_) => {}
            Body::Steps(_, pieces) => {
                row.completions = Some(pieces.iter().map(|piece| piece.text.clone()).collect());
                row.labels = Some(pieces.iter().map(|piece| piece.right).collect());
                row.values = Some(pieces.iter().map(|piece| piece.value).collect());
                row.value_of = Some(pieces.iter().map(|piece| piece.n).collect());
            }
        }
        row
    }

    fn reject(&mut self, rejected: &Chain, embedding: &Embedding) {
        self.rejected_sample = Some(rejected.sample);
        self.rejected_reasoning.clone_from(&rejected.said.thinking);
        self.rejected_answer_text = Some(rejected.said.answer.clone());
        self.rejected_response = Some(embedding.text(&rejected.said));
        self.rejected_reasoning_tokens = rejected.tokens;
    }

    fn digest(&self) -> Result<u64, serde_json::Error> {
        Ok(TextHash::of(&serde_json::to_string(self)?).hash)
    }
}

/// A table in the making.
struct Table {
    path: PathBuf,
    /// Nobody sweeps what is not checked yet.
    _writing: Writing,
    written: PathBuf,
    table: TableWriter<Curated>,
    embedding: Embedding,
    digests: Vec<u64>,
}

impl ExampleWriter for Table {
    fn push(&mut self, examples: &[Example]) -> Result<(), CurateError> {
        for example in examples {
            let row = Curated::of(example, &self.embedding);
            let digest = row.digest().map_err(|error| CurateError::write(&self.path)(error.into()))?;
            self.digests.push(digest);
            self.table.push(row)?;
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<u64, CurateError> {
        let Self { path, _writing, written, table, digests, .. } = *self;
        let rows = table.finish()?;
        let checked = read_back(&path, &written, &digests);
        if checked.is_err() {
            // What differs is of no use; where it cannot be removed it is swept later.
            drop(std::fs::remove_file(&written));
        }
        checked?;
        move_over(&written, &path).map_err(CurateError::write(&path))?;
        Ok(rows)
    }
}

/// Whether a table holds the rows that were meant, told by their digests.
fn read_back(path: &Path, written: &Path, digests: &[u64]) -> Result<(), CurateError> {
    let differs = |row: usize, reason: &str| {
        Err(CurateError::ReadBack { path: path.to_owned(), row: row as u64, reason: reason.to_owned() })
    };
    let mut expected = digests.iter();
    for (index, row) in TableReader::<Curated>::open(written)?.enumerate() {
        if row?.digest().ok().as_ref() != expected.next() {
            return differs(index + 1, "its columns differ");
        }
    }
    if expected.next().is_some() { differs(digests.len(), "rows are missing") } else { Ok(()) }
}
