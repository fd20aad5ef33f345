//! A pipeline file understood: every stage configured, or every fault named.

use std::collections::HashSet;

use chat::Endpoint;
use plugin::{ConfigError, ConfigErrors, Value};
use secrets::Names;
use stage::{About, ConfiguredStage, Document as Read, ModelFacts, ModelTable, Target};

use crate::document::{Document, Override};
use crate::error::PipelineError;
use crate::known::KnownSources;
use crate::stages::{StageKind, Stages};

/// A pipeline, ready to be planned.
pub struct Pipeline {
    /// Its short name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// The file as it stands after overrides, as TOML, without its secrets.
    pub text: String,
    /// What in it is secret: for whoever writes down what others say.
    pub secrets: Vec<String>,
    /// The names under which something secret stands.
    pub secret_names: Names,
    /// Keys that fell away because an override changed their table's kind.
    pub dropped: Vec<String>,
    /// The models, in the order of the file.
    pub models: Vec<ModelFacts>,
    /// The stages, in their order.
    pub(crate) stages: Vec<PipelineStage>,
}

/// A stage of a pipeline.
pub(crate) struct PipelineStage {
    pub(crate) kind: StageKind,
    pub(crate) per_model: bool,
    pub(crate) configured: Box<dyn ConfiguredStage>,
}

impl Pipeline {
    /// Configures the stages that a document describes, after applying overrides to it. Nothing is fetched if `offline`, and
    /// sources that are known need not be read to learn their models.
    ///
    /// # Errors
    /// Every fault of the file at once.
    pub fn parse(
        mut document: Document,
        overrides: &[Override],
        stages: Stages,
        offline: bool,
        known: &KnownSources,
    ) -> Result<Self, PipelineError> {
        let keys = |table: &str, kind: &str| stages.0.iter().find_map(|stage| stage.known_keys(table, kind));
        let dropped = document.apply(overrides, keys)?;
        let invalid = |faults| PipelineError::Invalid { origin: document.origin.clone(), faults };
        let mut tables: Vec<&str> = stages.0.iter().flat_map(|stage| stage.keys()).copied().collect();
        tables.extend(["description", "secrets"]);
        tables.sort_unstable();
        check_shape(&document.value, &tables).map_err(invalid)?;
        let read = Read { value: document.value.clone(), models: Vec::new(), offline };
        let configured = configure(read, stages, known)?.map_err(invalid)?;
        Ok(Self {
            name: document.name.clone(),
            description: description(&document.value),
            text: document.to_toml(),
            secrets: document.secrets(),
            secret_names: Names::of(&document.value),
            dropped,
            models: configured.iter().flat_map(|stage| stage.configured.model_facts()).collect(),
            stages: configured,
        })
    }

    /// Everything that it asks.
    pub fn endpoints(&self) -> Vec<&Endpoint> {
        let about = About::default();
        let (mut endpoints, mut seen) = (Vec::new(), HashSet::new());
        for (stage, at) in self.targets() {
            let asked = stage.configured.endpoints(Target { models: &[], included: &[], at, about: &about });
            for endpoint in asked {
                // One stage after another asks the same one.
                if seen.insert(format!("{endpoint:?}")) {
                    endpoints.push(endpoint);
                }
            }
        }
        endpoints
    }

    /// Every stage with each place that it runs for: the index of a model, or `None` for the run as a whole. One that writes
    /// nothing has nothing to do in this pipeline.
    pub(crate) fn targets(&self) -> impl Iterator<Item = (&PipelineStage, Option<usize>)> {
        let at_work = |stage: &&PipelineStage| !stage.configured.writes().is_empty();
        self.stages.iter().filter(at_work).flat_map(|stage| {
            let models = stage.per_model.then_some(0..self.models.len()).into_iter().flatten().map(Some);
            models.chain((!stage.per_model).then_some(None)).map(move |at| (stage, at))
        })
    }

    /// Something in it asks a model.
    pub fn calls_models(&self) -> bool {
        !self.endpoints().is_empty()
    }

    /// What its stages say about themselves, without models and finished stages.
    pub fn about(&self) -> About {
        self.described(self.base())
    }

    /// What the file itself says.
    pub(crate) fn base(&self) -> About {
        let (title, description, pipeline) = (self.name.clone(), self.description.clone(), self.text.clone());
        About { title, description, pipeline, ..About::default() }
    }

    /// The same with what every stage adds.
    pub(crate) fn described(&self, mut about: About) -> About {
        self.stages.iter().for_each(|stage| stage.configured.describe(&mut about));
        about
    }

    /// The stage of a kind.
    pub(crate) fn stage(&self, kind: StageKind) -> &PipelineStage {
        &self.stages[kind.place]
    }
}

/// Every stage, or the faults of all of them. The models that the source brings along are known before the first stage
/// that reads their tables.
fn configure(
    mut read: Read,
    stages: Stages,
    known: &KnownSources,
) -> Result<Result<Vec<PipelineStage>, ConfigErrors>, PipelineError> {
    let (mut configured, mut faults): (Vec<PipelineStage>, Vec<ConfigError>) = (Vec::new(), Vec::new());
    for (kind, stage) in stages.kinds() {
        if stage.keys().contains(&"models") {
            let sourced = faults.is_empty();
            let any = stage.recorded_model("*");
            let listed =
                if sourced { model_tables(&read.value, any, &configured, known)? } else { Vec::new() };
            read.models = Vec::new();
            for table in &listed {
                match stage.each_model(table) {
                    Ok(models) => read.models.extend(models),
                    Err(more) => faults.extend(more.0),
                }
            }
        }
        match stage.configure(&read) {
            Ok(made) => {
                configured.push(PipelineStage { kind, per_model: stage.per_model(), configured: made })
            }
            // Two stages that share a table find the same faults in it.
            Err(more) => more.0.into_iter().for_each(|fault| {
                if !faults.contains(&fault) {
                    faults.push(fault);
                }
            }),
        }
    }
    Ok(if faults.is_empty() { Ok(configured) } else { Err(ConfigErrors(faults)) })
}

/// `known` are the tables that the file may have.
fn check_shape(value: &Value, known: &[&str]) -> Result<(), ConfigErrors> {
    let mut faults: Vec<ConfigError> = Vec::new();
    let keys = value.as_object().into_iter().flatten();
    for (key, value) in keys {
        match key.as_str() {
            word if !known.contains(&word) => faults.push(ConfigError::unknown(key, "key", key, known)),
            "description" if !value.is_string() => faults.push(ConfigError::new(key, "expected a string")),
            "secrets" if !is_names(value) => {
                faults.push(ConfigError::new(key, "expected a list of names of keys"))
            }
            "models" if !value.is_array() => {
                faults.push(
                    ConfigError::new(key, "expected a list").hint("write [[models]], with two brackets"),
                );
            }
            "description" | "models" | "secrets" => {}
            _ if !value.is_object() => faults.push(ConfigError::new(key, "expected a table")),
            _ => {}
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(ConfigErrors(faults)) }
}

fn is_names(value: &Value) -> bool {
    value.as_array().is_some_and(|names| names.iter().all(Value::is_string))
}

fn description(value: &Value) -> String {
    value.get("description").and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// The model tables with their places. A recorded dataset brings its models along: without `[[models]]`, or
/// for a table named `*`, each model that the records name gets a table of its own.
fn model_tables(
    value: &Value,
    recorded: Option<Value>,
    configured: &[PipelineStage],
    known: &KnownSources,
) -> Result<Vec<ModelTable>, PipelineError> {
    let listed: Vec<Value> = value.get("models").and_then(Value::as_array).cloned().unwrap_or_default();
    let any = |table: &Value| table.get("name") == Some(&Value::from("*"));
    let brought =
        if listed.is_empty() || listed.iter().any(any) { brought(configured, known)? } else { None };
    let missing = |message: &str| {
        let fault =
            ConfigError::new("models", message).hint("add [[models]] with a name, a kind and what it needs");
        PipelineError::Invalid { origin: "the pipeline".to_owned(), faults: fault.into() }
    };
    let listed = match (listed.is_empty(), &brought) {
        (false, _) => listed,
        (true, Some(_)) => recorded.into_iter().collect(),
        (true, None) => return Err(missing("missing")),
    };
    let mut tables = Vec::new();
    for (index, table) in listed.into_iter().enumerate() {
        let place = format!("models[{index}]");
        if !any(&table) {
            tables.push(ModelTable { place, table });
            continue;
        }
        let names =
            brought.as_ref().ok_or_else(|| missing("`*` stands for recorded models, and there are none"))?;
        for name in names {
            let mut table = table.clone();
            if let Some(keys) = table.as_object_mut() {
                keys.insert("name".to_owned(), Value::from(name.as_str()));
            }
            tables.push(ModelTable { place: place.clone(), table });
        }
    }
    Ok(tables)
}

/// The models that a source brings along.
fn brought(configured: &[PipelineStage], known: &KnownSources) -> Result<Option<Vec<String>>, PipelineError> {
    let source = configured.iter().map(|stage| &*stage.configured).find(|stage| stage.brings_models());
    Ok(source.map(|source| known.models(source)).transpose()?)
}
