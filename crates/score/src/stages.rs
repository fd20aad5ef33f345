//! The stages `score` and `measure` as a pipeline knows them.

use std::path::Path;

use plugin::{ConfigErrors, Value};
use serde_json::json;
use stage::{About, ConfiguredStage, Document, Run, Stage, StageError, Summary, Table, Target, table};

use crate::{ScoreConfig, ScoreIo, ScoredModel};

/// The stage `score`: measures of each generation.
pub struct ScoreStage;

/// The stage `measure`: figures over all models and groups.
pub struct MeasureStage;

fn configured(document: &Document) -> Result<ScoreConfig, ConfigErrors> {
    let config = ScoreConfig::parse(&document.table("score", json!({})), "score")?;
    // Its faults are told by the stage that asks.
    let price = document.value.pointer("/tasks/verify/price");
    let verifier_price = price.and_then(|price| serde_json::from_value(price.clone()).ok());
    Ok(ScoreConfig { verifier_price, ..config })
}

impl Stage for ScoreStage {
    fn name(&self) -> &'static str {
        "score"
    }

    fn about(&self) -> &'static str {
        "measures each generation"
    }

    fn keys(&self) -> &'static [&'static str] {
        &["score"]
    }

    fn configure(&self, document: &Document) -> Result<Box<dyn ConfiguredStage>, ConfigErrors> {
        Ok(Box::new(Scores(configured(document)?)))
    }
}

struct Scores(ScoreConfig);

impl ConfiguredStage for Scores {
    fn reads(&self) -> Vec<Table> {
        vec![table::PROBLEMS, table::GENERATIONS, table::GRADES, table::SPLITS, table::JUDGMENTS]
    }

    fn writes(&self) -> Vec<Table> {
        vec![table::SCORES]
    }

    fn fingerprint_input(&self, target: Target<'_>) -> Value {
        let model = target.model();
        let tokenizer = model.map(|model| model.tokenizer.identity());
        let price = model.and_then(|model| model.price);
        let mut input = json!({"score": self.0.score_identity(), "tokenizer": tokenizer, "price": price});
        if let Some(price) = self.0.verifier_price {
            input["verifier_price"] = json!(price);
        }
        input
    }

    fn run(&self, run: &Run<'_>) -> Result<Summary, StageError> {
        let input = |table| run.files.input(table).map(Path::to_owned);
        let io = ScoreIo {
            problems: input(table::PROBLEMS)?,
            generations: input(table::GENERATIONS)?,
            grades: input(table::GRADES)?,
            splits: input(table::SPLITS)?,
            judgments: input(table::JUDGMENTS)?,
            out: run.files.output(table::SCORES)?.to_owned(),
        };
        let price = run.target.model().and_then(|model| model.price);
        let model = ScoredModel { tokenizer: run.target.tokenizer()?, price };
        crate::score(&self.0, model, &io, run.provenance.clone(), run.observer).map_err(StageError::own)
    }
}

impl Stage for MeasureStage {
    fn name(&self) -> &'static str {
        "measure"
    }

    fn about(&self) -> &'static str {
        "makes figures with intervals out of measures"
    }

    fn per_model(&self) -> bool {
        false
    }

    fn configure(&self, document: &Document) -> Result<Box<dyn ConfiguredStage>, ConfigErrors> {
        Ok(Box::new(Measures(configured(document)?)))
    }
}

struct Measures(ScoreConfig);

impl ConfiguredStage for Measures {
    fn reads(&self) -> Vec<Table> {
        vec![table::SCORES]
    }

    fn writes(&self) -> Vec<Table> {
        vec![table::METRICS, table::POINTS]
    }

    fn by_the_way(&self) -> Vec<Table> {
        vec![table::POINTS]
    }

    fn fingerprint_input(&self, target: Target<'_>) -> Value {
        let models: Vec<&str> = target.measured().map(|model| model.name.as_str()).collect();
        json!({"score": self.0.measure_identity(), "models": models})
    }

    fn describe(&self, about: &mut About) {
        about.glossary = crate::terms();
        about.labels.insert("judge error", self.0.judge_errors.told());
    }

    fn run(&self, run: &Run<'_>) -> Result<Summary, StageError> {
        let (scores, out) = (run.files.all(table::SCORES), run.files.output(table::METRICS)?);
        let measured = crate::measure(&self.0, scores, out, run.provenance.clone(), run.observer);
        let summary = measured.map_err(StageError::own)?;
        if let Some(points) = run.files.optional_output(table::POINTS) {
            crate::frontier::write(&self.0, scores, points, run.provenance.clone(), run.observer)
                .map_err(StageError::own)?;
        }
        Ok(summary)
    }
}
