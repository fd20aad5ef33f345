//! A pipeline file understood: every component built, or every fault named.

use dataset::{Load, SOURCES};
use generate::Model;
use hub::HubSettings;
use judge::Judge;
use plugin::{Configured, Fault, Faults, Value};
use score::ScoreConfig;
use serde_json::json;
use split::{SPLITTERS, Splitter};

use crate::document::{Document, Override};
use crate::error::PipelineError;

/// The tables of a pipeline file.
const TABLES: [&str; 7] = ["dataset", "description", "judge", "models", "score", "split", "tasks"];

/// A pipeline, ready to be planned.
pub struct Pipeline {
    /// Its short name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// The file as it stands after overrides, as TOML.
    pub text: String,
    /// Keys that fell away because an override changed their table's kind.
    pub dropped: Vec<String>,
    /// Where problems (and recorded replies) come from.
    pub load: Load,
    /// The models, in the order of the file.
    pub models: Vec<Model>,
    /// How thinking is cut.
    pub splitter: Configured<dyn Splitter>,
    /// Who finds the first correct step, with the tasks behind it.
    pub judge: Configured<dyn Judge>,
    /// The tasks beside the first correct step, and who does each.
    pub tasks: Vec<(&'static str, String)>,
    /// What is measured.
    pub score: ScoreConfig,
}

impl Pipeline {
    /// Builds everything that a document describes, after applying overrides to it.
    pub fn parse(mut document: Document, overrides: &[Override]) -> Result<Self, PipelineError> {
        let dropped = document.apply(overrides, known_keys)?;
        let origin = document.origin.clone();
        let invalid = |faults| PipelineError::Invalid { origin: origin.clone(), faults };
        check_shape(&document.value).map_err(invalid)?;

        let table = |name: &str, default: Value| document.value.get(name).cloned().unwrap_or(default);
        let mut faults = Vec::new();
        let load = keep(dataset::parse(&table("dataset", json!({})), "dataset"), &mut faults);
        let splitter =
            keep(SPLITTERS.build(&table("split", json!({"kind": "separator"})), "split"), &mut faults);
        let judge = keep(judge::parse(&table("judge", json!({"kind": "rule"})), "judge"), &mut faults);
        let tasks = keep(judge::tasks::build(&table("tasks", json!({})), "tasks"), &mut faults);
        let score = keep(ScoreConfig::parse(&table("score", json!({})), "score"), &mut faults);
        let tables = match &load {
            Some(load) => model_tables(&document.value, load)?,
            None => Vec::new(),
        };
        let parse = |(place, table): (String, Value)| keep(generate::parse(&table, &place), &mut faults);
        let models: Vec<Option<Model>> = tables.into_iter().map(parse).collect();
        faults.extend(twice(&models));
        match (load, splitter, judge.zip(tasks), score, faults.is_empty()) {
            (Some(load), Some(splitter), Some((judge, tasks)), Some(score), true) => Ok(Self {
                name: document.name.clone(),
                description: description(&document.value),
                text: document.to_toml(),
                dropped,
                load,
                models: models.into_iter().flatten().collect(),
                splitter,
                tasks: tasks.names(),
                judge: tasks.behind(judge),
                score,
            }),
            _ => Err(invalid(Faults(faults))),
        }
    }
}

impl Pipeline {
    /// The same; without the network if `offline`.
    #[must_use]
    pub fn offline(self, offline: bool) -> Self {
        if !offline {
            return self;
        }
        let hub = HubSettings { offline, ..HubSettings::from_env() };
        Self { load: self.load.with_hub(hub), ..self }
    }

    /// Everything that it asks.
    pub fn endpoints(&self) -> Vec<&llm::Endpoint> {
        let models = self.models.iter().filter_map(Model::endpoint);
        let splitter = self.splitter.built.endpoints();
        models.chain(splitter).chain(self.judge.built.endpoints()).collect()
    }

    /// Something in it asks a model.
    pub fn calls_models(&self) -> bool {
        let asked = [self.splitter.built.endpoints(), self.judge.built.endpoints()];
        asked.iter().any(|endpoints| !endpoints.is_empty()) || self.models.iter().any(Model::calls_models)
    }
}

/// The keys that a kind of one of the tables knows.
fn known_keys(table: &str, kind: &str) -> Option<Vec<String>> {
    let names = |keys: Vec<plugin::Key>| keys.into_iter().map(|key| key.name).collect();
    match table {
        "split" => SPLITTERS.get(kind).map(|entry| names(entry.keys())),
        "judge" => judge::keys(kind).map(names),
        "dataset" => SOURCES.get(kind).map(|entry| names(entry.keys())),
        _ => judge::tasks::keys(table.strip_prefix("tasks.")?, kind).map(names),
    }
}

fn check_shape(value: &Value) -> Result<(), Faults> {
    let mut faults: Vec<Fault> = Vec::new();
    let keys = value.as_object().into_iter().flatten();
    for (key, value) in keys {
        match key.as_str() {
            known if !TABLES.contains(&known) => faults.push(Fault::unknown(key, "key", key, &TABLES)),
            "description" if !value.is_string() => faults.push(Fault::new(key, "expected a string")),
            "models" if !value.is_array() => {
                faults.push(Fault::new(key, "expected a list").hint("write [[models]], with two brackets"));
            }
            "description" | "models" => {}
            _ if !value.is_object() => faults.push(Fault::new(key, "expected a table")),
            _ => {}
        }
    }
    if value.get("dataset").is_none() {
        faults.push(Fault::new("dataset", "missing").hint("say where the problems come from"));
    }
    if faults.is_empty() { Ok(()) } else { Err(Faults(faults)) }
}

fn description(value: &Value) -> String {
    value.get("description").and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn keep<T>(result: Result<T, Faults>, faults: &mut Vec<Fault>) -> Option<T> {
    result.map_err(|more| faults.extend(more.0)).ok()
}

/// The model tables with their places. A recorded dataset brings its models along: without `[[models]]`, or
/// for a table named `*`, each model that the records name gets a table of its own.
fn model_tables(value: &Value, load: &Load) -> Result<Vec<(String, Value)>, PipelineError> {
    let listed: Vec<Value> = value.get("models").and_then(Value::as_array).cloned().unwrap_or_default();
    if listed.is_empty() && !load.has_replies() {
        let fault =
            Fault::new("models", "missing").hint("add [[models]] with a name, a kind and what it needs");
        return Err(PipelineError::Invalid { origin: "the pipeline".to_owned(), faults: fault.into() });
    }
    let listed = if listed.is_empty() { vec![json!({"name": "*", "kind": "recorded"})] } else { listed };
    let mut tables = Vec::new();
    for (index, table) in listed.into_iter().enumerate() {
        let place = format!("models[{index}]");
        if table.get("name") != Some(&Value::from("*")) {
            tables.push((place, table));
            continue;
        }
        for name in load.models()? {
            let mut table = table.clone();
            if let Some(keys) = table.as_object_mut() {
                keys.insert("name".to_owned(), Value::from(name));
            }
            tables.push((place.clone(), table));
        }
    }
    Ok(tables)
}

fn twice(models: &[Option<Model>]) -> Vec<Fault> {
    let names: Vec<&str> = models.iter().flatten().map(Model::name).collect();
    let again = |index: usize| names[..index].contains(&names[index]);
    let fault = |index: usize| {
        Fault::new(format!("models[{index}].name"), format!("`{}` is there twice", names[index]))
            .hint("give each model a name of its own")
    };
    (0..names.len()).filter(|index| again(*index)).map(fault).collect()
}
