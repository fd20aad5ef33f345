//! The stage `load`: a source in, problems and recorded replies out.

use std::path::PathBuf;

use hub::HubSettings;
use plugin::{ConfigError, ConfigErrors, Value};
use serde_json::json;
use stage::{About, ConfiguredStage, Document, Run, Stage, StageError, Summary, Table, Target, table};

use crate::{Load, LoadOutputs, SOURCES};

/// The stage.
pub struct LoadStage;

impl Stage for LoadStage {
    fn name(&self) -> &'static str {
        "load"
    }

    fn about(&self) -> &'static str {
        "reads problems, and replies that somebody recorded"
    }

    fn per_model(&self) -> bool {
        false
    }

    fn keys(&self) -> &'static [&'static str] {
        &["dataset"]
    }

    fn known_keys(&self, table: &str, kind: &str) -> Option<Vec<String>> {
        SOURCES.key_names(kind).filter(|_| table == "dataset")
    }

    fn configure(&self, document: &Document) -> Result<Box<dyn ConfiguredStage>, ConfigErrors> {
        if document.value.get("dataset").is_none() {
            return Err(ConfigError::new("dataset", "missing")
                .hint("say where the problems come from")
                .into());
        }
        let load = crate::parse(&document.table("dataset", json!({})), "dataset")?;
        if !document.offline {
            return Ok(Box::new(load));
        }
        Ok(Box::new(load.with_hub(HubSettings { offline: true, ..HubSettings::from_env() })))
    }
}

impl ConfiguredStage for Load {
    fn reads(&self) -> Vec<Table> {
        Vec::new()
    }

    fn writes(&self) -> Vec<Table> {
        let replies = self.has_replies().then_some(table::REPLIES);
        let tests = self.has_tests().then_some(table::TESTS);
        std::iter::once(table::PROBLEMS).chain(tests).chain(replies).collect()
    }

    fn sources(&self) -> Vec<PathBuf> {
        self.inputs()
    }

    fn brings_models(&self) -> bool {
        self.has_replies()
    }

    fn models(&self) -> Result<Vec<String>, StageError> {
        Load::models(self).map_err(StageError::own)
    }

    fn prepare(&self) -> Result<(), StageError> {
        Load::prepare(self).map_err(StageError::own)
    }

    fn fingerprint_input(&self, _target: Target<'_>) -> Value {
        Load::fingerprint_input(self)
    }

    fn describe(&self, about: &mut About) {
        about.labels.insert("dataset", self.name());
        about.notice = self.notice();
    }

    fn run(&self, run: &Run<'_>) -> Result<Summary, StageError> {
        let out = LoadOutputs {
            problems: run.files.output(table::PROBLEMS)?.to_owned(),
            replies: run.files.optional_output(table::REPLIES).map(PathBuf::from),
            tests: run.files.optional_output(table::TESTS).map(PathBuf::from),
        };
        Load::run(self, &out, run.provenance.clone(), run.observer).map_err(StageError::own)
    }
}
