//! `thinkmeter frontier`: every way to answer beside the others, and which of them are worth their cost.

use std::path::PathBuf;

use compare::{ModelRun, model_runs};
use score::ScoreConfig;
use serde_json::{Value, json};
use stage::Silent;

use crate::args::{FrontierArgs, Global};
use crate::exit::{About, Exit, Result, Usage};
use crate::output;

pub(crate) fn run(args: FrontierArgs, global: &Global) -> Result<Exit> {
    let runs = model_runs(&args.runs)?;
    let config = config(&runs)?;
    let named = |run: ModelRun| (Some(run.label), run.scores);
    let models: Vec<(Option<String>, PathBuf)> = runs.into_iter().map(named).collect();
    let points = score::frontier(&config, &models, args.cost.into(), &Silent)?;
    let tables = report::frontier(&points, args.by_subset);
    let text = super::report::draw(&tables, args.format, global)?;
    output::data_to(args.output.as_deref(), &text, args.format)?;
    Ok(Exit::Done)
}

/// How the first run of them was scored; the usual way for a lone table.
fn config(runs: &[ModelRun]) -> Result<ScoreConfig> {
    let folder = runs.first().and_then(|run| run.scores.parent()?.parent());
    let file = folder.map(|folder| folder.join("pipeline.toml")).filter(|file| file.is_file());
    let Some(file) = file else { return Ok(ScoreConfig::default()) };
    let text = std::fs::read_to_string(&file).about(|| format!("cannot read {}", file.display()))?;
    let wrong = |reason: String| Usage(format!("{}: {reason}", file.display()));
    let document: Value = toml::from_str(&text).map_err(|error| wrong(error.to_string()))?;
    let score = document.get("score").cloned().unwrap_or_else(|| json!({}));
    Ok(ScoreConfig::parse(&score, "score").map_err(|errors| wrong(errors.to_string()))?)
}
