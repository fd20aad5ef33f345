//! The parts of a pipeline that work without asking anybody, built from its tables.

use chat::Price;
use dataset::BatchReader;
use grade::Grader;
use judge::Judges;
use plugin::{ConfigError, ConfigErrors, Configured, Value};
use score::{ScoreConfig, ScoredModel, Scorer};
use serde_json::json;
use split::Splitter;
use stage::Document;

use crate::failure::Failure;
use crate::think::Marks;

/// What each stage works with.
pub(crate) struct Parts {
    pub(crate) reader: BatchReader,
    pub(crate) marks: Marks,
    pub(crate) splitter: Configured<dyn Splitter>,
    pub(crate) grader: Configured<dyn Grader>,
    pub(crate) judges: Judges,
    pub(crate) config: ScoreConfig,
    pub(crate) scorer: Scorer,
    pub(crate) tokenizer: tokens::Tokenizer,
}

/// What was read, and every fault until then.
#[derive(Default)]
struct Reading(Vec<ConfigError>);

impl Reading {
    fn take<T>(&mut self, read: Result<T, ConfigErrors>) -> Option<T> {
        read.map_err(|faults| self.0.extend(faults.0)).ok()
    }
}

impl Parts {
    /// Builds all of them, or says everything that is wrong.
    pub(crate) fn build(tables: Value, tokenizer: tokens::Tokenizer) -> Result<Self, Failure> {
        let mut reading = Reading::default();
        let document = Document { value: tables, ..Document::default() };
        let table = |name: &str| document.table(name, json!({}));
        let reader = reading.take(BatchReader::parse(&table("dataset"), "dataset"));
        let marks = reading.take(Marks::parse(document.value.get("think")));
        let splitter = split::configured(&document);
        let splitter = reading.take(splitter.and_then(|it| quiet("split", it.built.endpoints().len(), it)));
        let grader = grade::configured(&document);
        let grader = reading.take(grader.and_then(|it| quiet("grade", it.built.endpoints().len(), it)));
        let judges = reading.take(judges(&document));
        let config = reading.take(ScoreConfig::parse(&table("score"), "score"));
        let price = reading.take(price(document.value.get("price")));
        let (
            Some(reader),
            Some(marks),
            Some(splitter),
            Some(grader),
            Some(judges),
            Some(config),
            Some(price),
        ) = (reader, marks, splitter, grader, judges, config, price)
        else {
            return Err(ConfigErrors(reading.0).into());
        };
        let model = ScoredModel { tokenizer: &tokenizer, price };
        let scorer = Scorer::new(&config, model).map_err(Failure::data)?;
        Ok(Self { reader, marks, splitter, grader, judges, config, scorer, tokenizer })
    }
}

fn price(table: Option<&Value>) -> Result<Option<Price>, ConfigErrors> {
    table.filter(|table| !table.is_null()).map(|table| plugin::parse(table, "price")).transpose()
}

fn judges(document: &Document) -> Result<Judges, ConfigErrors> {
    let judges = Judges::configured(document)?;
    let endpoints = judges.judge.built.endpoints().len();
    // The judge is one with the tasks behind it, and does not tell whose endpoints these are.
    let tasks = document.value.get("tasks").is_some();
    quiet(if tasks { "judge or tasks" } else { "judge" }, endpoints, judges)
}

/// Refuses what asks a model.
fn quiet<T>(path: &str, endpoints: usize, built: T) -> Result<T, ConfigErrors> {
    if endpoints == 0 {
        return Ok(built);
    }
    let reason =
        "asks a model, which nothing may do over a batch: a task that is retried would ask, and pay, twice";
    let hint = "take a kind that asks nobody, or run it as a pipeline with `thinkmeter run`";
    Err(ConfigError::new(path, reason).hint(hint).into())
}
