//! The stage `lengths`: how long each reply is in bytes. A whole example of a stage, made as ARCHITECTURE.md says.

use plugin::{ConfigErrors, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use stage::{
    ConfiguredStage, Document, Interrupted, Run, Stage, StageError, Summary, Table, Target, Tick, Walk, table,
};
use tables::TableWriter;

tables::row! {
    /// How long a reply is.
    pub struct Length is "length", version 1 {
        /// The problem that was asked.
        problem_id: String as label,
        /// The reply's index among the samples of that problem.
        sample: u32,
        /// Bytes of its thinking.
        thinking: u64,
        /// Bytes of its answer.
        answer: u64,
    }
}

/// The table that the stage writes.
pub const LENGTHS: Table = Table { file: "lengths.parquet", per_model: true };

/// The stage.
pub struct LengthsStage;

impl Stage for LengthsStage {
    fn name(&self) -> &'static str {
        "lengths"
    }

    fn about(&self) -> &'static str {
        "measures replies in bytes"
    }

    fn keys(&self) -> &'static [&'static str] {
        &["lengths"]
    }

    fn configure(&self, document: &Document) -> Result<Box<dyn ConfiguredStage>, ConfigErrors> {
        let lengths: Lengths = plugin::parse(&document.table("lengths", json!({})), "lengths")?;
        Ok(Box::new(lengths))
    }
}

/// The table `[lengths]` of a pipeline file.
#[derive(Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
struct Lengths {
    /// Blanks at both ends count.
    blanks: bool,
}

impl Lengths {
    fn of(&self, text: &str) -> u64 {
        let counted = if self.blanks { text } else { text.trim() };
        counted.len() as u64
    }
}

impl ConfiguredStage for Lengths {
    fn reads(&self) -> Vec<Table> {
        vec![table::PROBLEMS, table::GENERATIONS]
    }

    fn writes(&self) -> Vec<Table> {
        vec![LENGTHS]
    }

    fn fingerprint_input(&self, _target: Target<'_>) -> Value {
        json!({"version": 1, "blanks": self.blanks})
    }

    fn run(&self, run: &Run<'_>) -> Result<Summary, StageError> {
        let walk = Walk::open(run.files.input(table::PROBLEMS)?, run.files.input(table::GENERATIONS)?, ())?;
        let mut writer = TableWriter::<Length>::create(run.files.output(LENGTHS)?, run.provenance)?;
        let mut summary = Summary::default();
        run.observer.total(walk.len());
        for walked in walk {
            if run.observer.interrupted() {
                return Err(Interrupted { done: summary.rows }.into());
            }
            let generation = walked?.generation;
            writer.push(Length {
                thinking: self.of(&generation.reasoning),
                answer: self.of(&generation.answer_text),
                problem_id: generation.problem_id,
                sample: generation.sample,
            })?;
            summary.rows += 1;
            run.observer.advance(Tick { rows: 1, ..Tick::default() });
        }
        writer.finish()?;
        Ok(summary)
    }
}
