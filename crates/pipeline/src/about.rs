//! What the report says about the run itself.

use std::sync::Arc;

use crate::tokenizer::Counter;
use generate::Model;
use report::{About, AboutModel, Configuration, ModelKind, StageFingerprint, Term};

use crate::manifest::Manifest;
use crate::run::Prepared;

/// Facts about a run: what it is for, what each model's tokens were counted with, what every figure means.
pub(crate) fn of(prepared: &Prepared<'_>, included: &[bool], fingerprints: Vec<StageFingerprint>) -> About {
    let pipeline = prepared.pipeline;
    let models = pipeline.models.iter().zip(&prepared.tokenizers).zip(included);
    // What the source says of its recorded replies concerns nobody who shows none of them.
    let mut shown = pipeline.models.iter().zip(included).filter(|(_, included)| **included);
    let notice = pipeline.load.notice().filter(|_| shown.any(|(model, _)| !model.calls_models()));
    let about_model = |((model, tokenizer), _): ((&Model, &Arc<Counter>), &bool)| AboutModel {
        name: model.name().to_owned(),
        kind: kind(model, notice.is_some()),
        tokenizer: tokenizer.name.clone(),
        tokenizer_exact: tokenizer.exact,
    };
    About {
        title: pipeline.name.clone(),
        description: pipeline.description.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        dataset: pipeline.load.name(),
        splitter: pipeline.splitter.kind.to_owned(),
        judge: pipeline.judge.built.name(),
        models: models.filter(|(_, included)| **included).map(about_model).collect(),
        pipeline: pipeline.text.clone(),
        fingerprints,
        configuration: Vec::new(),
        notices: notice.into_iter().map(str::to_owned).collect(),
        glossary: glossary(),
    }
}

/// The resolved configuration of the stages with these fingerprints, as the manifest keeps it.
pub(crate) fn configuration(manifest: &Manifest, stages: &[StageFingerprint]) -> Vec<Configuration> {
    let mut told: Vec<Configuration> = Vec::new();
    for StageFingerprint { stage, .. } in stages {
        let Some(entry) = manifest.stages.get(stage) else { continue };
        let text = serde_json::to_string_pretty(&entry.identity).unwrap_or_default();
        let kind = stage.split(' ').next();
        let same = |known: &&mut Configuration| {
            known.text == text && known.stages.first().is_some_and(|first| first.split(' ').next() == kind)
        };
        match told.iter_mut().find(same) {
            Some(known) => known.stages.push(stage.clone()),
            None => told.push(Configuration { stages: vec![stage.clone()], text }),
        }
    }
    told
}

/// Replies that are asked for now are live; recorded ones are a demonstration where the source says so.
fn kind(model: &Model, demonstration: bool) -> ModelKind {
    match (model.calls_models(), demonstration) {
        (true, _) => ModelKind::Live,
        (false, true) => ModelKind::Demonstration,
        (false, false) => ModelKind::Recorded,
    }
}

/// What every figure means.
pub fn glossary() -> Vec<Term> {
    let term = |term: score::Term| Term {
        name: term.name.to_string(),
        title: term.title.to_string(),
        unit: term.unit.to_string(),
        about: term.about.to_string(),
    };
    score::glossary().into_iter().map(term).collect()
}
