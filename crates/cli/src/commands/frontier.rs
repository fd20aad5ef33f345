//! `thinkmeter frontier`: every way to answer beside the others, and which of them are worth their cost.

use std::path::{Path, PathBuf};

use compare::{ModelRun, model_runs};
use score::{Contender, ScoreConfig};
use stage::Silent;

use crate::args::{FrontierArgs, Global};
use crate::exit::{Exit, Result};
use crate::output;

pub(crate) fn run(args: FrontierArgs, global: &Global) -> Result<Exit> {
    let runs = model_runs(&args.runs)?;
    let models = runs.into_iter().map(contender).collect::<Result<Vec<_>>>()?;
    let points = score::frontier(&models, args.cost.into(), &Silent)?;
    let tables = report::frontier(&points, args.by_subset);
    let text = super::report::draw(&tables, args.format, global)?;
    output::data_to(args.output.as_deref(), &text, args.format)?;
    Ok(Exit::Done)
}

/// The model as its run scored it.
fn contender(run: ModelRun) -> Result<Contender<PathBuf>> {
    let folder = run.scores.parent().and_then(Path::parent);
    let config = folder.map_or_else(|| Ok(ScoreConfig::default()), ScoreConfig::of_run)?;
    Ok(Contender { called: Some(run.label), config, scores: run.scores })
}
