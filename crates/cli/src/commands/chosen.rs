//! What a pipeline's arguments choose: the file with every flag applied, the run's folder, the stages.

use std::path::{Path, PathBuf};

use chat::Endpoint;
use pipeline::{Document, KnownSources, Override, Part, Pipeline, Selection, Suite};
use plugin::{ConfigError, Value};

use crate::args::PipelineArgs;
use crate::exit::{Result, Usage};
use crate::stages::STAGES;
use crate::{environment, output};

/// Reads the pipeline that the arguments name, with every flag that changes it applied.
pub(crate) fn open(args: &PipelineArgs) -> Result<Pipeline> {
    let document = Document::open(&args.pipeline)?;
    if Suite::of(&document)?.is_some() {
        let words = format!(
            "{} is a suite, not a pipeline; `run` and `explain` take one, other commands its parts",
            document.origin
        );
        return Err(Usage(words).into());
    }
    let overrides = overrides(args, &document)?;
    output::hide(&document.secrets());
    let known = KnownSources::of(environment::cache_folder().as_deref());
    let pipeline = Pipeline::parse(document, &overrides, STAGES, args.offline, &known)?;
    output::hide(&secrets(&pipeline));
    if !pipeline.dropped.is_empty() {
        let dropped = pipeline.dropped.join(", ");
        output::say(&format!("note: another kind was set, so these keys fall away: {dropped}"));
    }
    Ok(pipeline)
}

/// The suite that the arguments name, if it is one.
pub(crate) fn suite(args: &PipelineArgs) -> Result<Option<Suite>> {
    Ok(Suite::of(&Document::open(&args.pipeline)?)?)
}

/// The arguments of one part of a suite, whose folder is `folder`: what the part says beneath what the suite sets in all parts,
/// beneath what was typed. `--set PART:KEY=VALUE` is for that part alone.
pub(crate) fn of_part(
    suite: &Suite,
    part: &Part,
    typed: &PipelineArgs,
    folder: &Path,
) -> Result<PipelineArgs> {
    let document = Document::open(&part.pipeline)?;
    let keys = [("samples", part.samples.map(u64::from)), ("max_tokens", part.max_tokens)];
    let mut set = Vec::new();
    for model in asked_models(&document) {
        let known = keys.iter().filter_map(|(key, value)| Some((key, (*value)?)));
        set.extend(known.map(|(key, value)| format!("models.{model}.{key}={value}")));
    }
    set.extend(suite.set.iter().chain(&part.set).cloned());
    for text in &typed.set {
        let key = text.split('=').next().unwrap_or_default();
        match key.split_once(':') {
            None => set.push(text.clone()),
            Some((name, _)) if name == part.name => set.push(text[name.len() + 1..].to_owned()),
            Some((name, _)) if suite.parts.iter().any(|other| other.name == name) => {}
            Some((name, _)) => {
                let known: Vec<&str> = suite.parts.iter().map(|part| part.name.as_str()).collect();
                return Err(usage(ConfigError::unknown("--set", "part of the suite", name, &known)).into());
            }
        }
    }
    Ok(PipelineArgs {
        pipeline: part.pipeline.clone(),
        set,
        output_dir: folder.to_owned(),
        name: Some(part.name.clone()),
        ..typed.clone()
    })
}

/// What is secret in a pipeline, and the keys in the environment that it uses.
pub(crate) fn secrets(pipeline: &Pipeline) -> Vec<String> {
    let mut secrets = keys(&pipeline.endpoints());
    secrets.extend(pipeline.secrets.iter().cloned());
    secrets
}

/// The keys in the environment that are used where these are asked.
pub(super) fn keys(endpoints: &[&Endpoint]) -> Vec<String> {
    let named = endpoints.iter().filter_map(|endpoint| endpoint.api_key_env.as_deref());
    environment::secrets(named.chain([llm::env::OPENAI_API_KEY]))
}

/// The folder of this pipeline's run.
pub(crate) fn folder(args: &PipelineArgs, pipeline: &Pipeline) -> PathBuf {
    args.output_dir.join(args.name.as_deref().unwrap_or(&pipeline.name))
}

fn overrides(args: &PipelineArgs, document: &Document) -> Result<Vec<Override>> {
    let mut overrides = Vec::new();
    for text in &args.set {
        overrides.push(Override::parse(text)?);
    }
    if let Some(limit) = &args.limit {
        overrides.push(limit_override(limit)?);
    }
    if !args.sample_id.is_empty() {
        overrides.push(Override::new("dataset.sample_ids", args.sample_id.clone()));
    }
    let asked = asked_models(document);
    for (key, value) in
        [("samples", args.samples.map(Value::from)), ("base_url", args.base_url.clone().map(Value::from))]
    {
        let Some(value) = value else { continue };
        if asked.is_empty() {
            let flag = key.replace('_', "-");
            return Err(
                Usage(format!("--{flag}: this pipeline asks no model, its replies are recorded")).into()
            );
        }
        overrides.extend(asked.iter().map(|i| Override::new(&format!("models.{i}.{key}"), value.clone())));
    }
    Ok(overrides)
}

/// The models of a document that have a server to ask: their kind knows an address.
fn asked_models(document: &Document) -> Vec<usize> {
    let models = document.value.get("models").and_then(Value::as_array).into_iter().flatten().enumerate();
    let asks = |model: &Value| {
        let kind = model.get("kind").and_then(Value::as_str).and_then(|kind| generate::GENERATORS.get(kind));
        kind.is_none_or(|kind| kind.takes("base_url"))
    };
    models.filter(|(_, model)| asks(model)).map(|(index, _)| index).collect()
}

fn limit_override(limit: &str) -> Result<Override> {
    let number = |text: &str| text.trim().parse::<u64>().ok().filter(|n| *n > 0);
    match limit.split_once('-') {
        None => number(limit).map(|n| Override::new("dataset.limit", n)),
        Some((from, to)) => match (number(from), number(to)) {
            (Some(a), Some(b)) if a <= b => Some(Override::new("dataset.range", limit)),
            _ => None,
        },
    }
    .ok_or_else(|| Usage(format!("--limit {limit}: expected a number above 0, or A-B with A ≤ B")).into())
}

/// The stages that the arguments ask for.
pub(crate) fn selection(args: &PipelineArgs) -> Result<Selection> {
    let find = |word: &String| STAGES.find(word).map_err(usage);
    let stage = |word: &Option<String>| word.as_ref().map(find).transpose();
    let force = args.force.iter().map(find).collect::<std::result::Result<_, _>>()?;
    Ok(Selection {
        from: stage(&args.from)?,
        to: stage(&args.to)?,
        only: stage(&args.only)?,
        force,
        models: args.model.clone(),
    })
}

/// A stage that does not exist was named on the command line.
pub(crate) fn usage(fault: ConfigError) -> Usage {
    Usage(fault.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_counts_or_ranges() {
        let check = |limit: &str, expect: Option<(&str, Value)>| {
            let found = limit_override(limit).ok();
            assert_eq!(found, expect.map(|(path, value)| Override::new(path, value)), "{limit}");
        };
        check("5", Some(("dataset.limit", Value::from(5))));
        check("3-7", Some(("dataset.range", Value::from("3-7"))));
        check("7-3", None);
        check("0", None);
        check("many", None);
    }
}
