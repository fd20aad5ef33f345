//! Finished runs to one report: their figures side by side, under names that tell them apart.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use report::{About, Report, ReportError};
use score::{Contender, Cost, ScoreConfig};
use stage::{RunLayout, Silent, Table, table};
use tables::{Score, TableReader};

use crate::error::PlotError;
use crate::kind::PlotKind;

/// Reads the runs for a picture; a model that several of them have is called by its run too. A run that is named twice is read
/// once. The ways to answer of several runs are held against each other anew, over the problems that all of them have.
pub fn gather(folders: &[PathBuf], kind: PlotKind) -> Result<Report, PlotError> {
    let mut seen = BTreeSet::new();
    let mut runs = Vec::new();
    for folder in folders {
        if seen.insert(std::path::absolute(folder).unwrap_or_else(|_| folder.clone())) {
            runs.push((folder, read(folder)?));
        }
    }
    let taken: Vec<String> = runs.iter().flat_map(|(_, run)| models(run)).collect();
    let names: Vec<String> = runs.iter().map(|(folder, _)| name(folder)).collect();
    let about = About { glossary: score::terms(), ..About::default() };
    let mut all = Report::new(about);
    let (several, mut contenders) = (runs.len() > 1 && kind == PlotKind::Frontier, Vec::new());
    for (at, (folder, run)) in runs.into_iter().enumerate() {
        let alone = names.iter().filter(|name| **name == names[at]).count() == 1;
        let run_name = if alone { names[at].clone() } else { folder.display().to_string() };
        let called = |model: &str| {
            let several = taken.iter().filter(|name| *name == model).count() > 1;
            if several { format!("{run_name}/{model}") } else { model.to_owned() }
        };
        if several {
            contenders.extend(of_run(folder, called)?);
        }
        all.append(run, called);
    }
    if several {
        all.points = score::frontier(&contenders, Cost::Generated, &Silent)?;
    }
    Ok(all)
}

/// The models of a run under the names that they have here.
fn of_run(folder: &Path, called: impl Fn(&str) -> String) -> Result<Vec<Contender<PathBuf>>, PlotError> {
    let config = ScoreConfig::of_run(folder)?;
    let contender = |path: PathBuf| {
        let first = TableReader::<Score>::open(&path).map_err(ReportError::from)?.next().transpose();
        let called = first.map_err(ReportError::from)?.map(|score| called(&score.model));
        Ok(Contender { called, config: config.clone(), scores: path })
    };
    scores(folder)?.into_iter().map(contender).collect()
}

fn name(folder: &Path) -> String {
    let absolute = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    absolute.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

/// The models of a run, each once.
fn models(run: &Report) -> BTreeSet<String> {
    run.groups.iter().map(|group| group.model.clone()).collect()
}

fn read(folder: &Path) -> Result<Report, PlotError> {
    let there = |table: Table| {
        let path = RunLayout::new(folder).of_run(table);
        let missing = || PlotError::NoRun { folder: folder.to_owned(), missing: table.file };
        if path.is_file() { Ok(path) } else { Err(missing()) }
    };
    let (metrics, about) = (there(table::METRICS)?, about(&there(report::JSON)?)?);
    Ok(Report::read(&metrics, &scores(folder)?, about)?)
}

/// What the report says about its run: counts that are estimates are marked on pictures too.
fn about(path: &Path) -> Result<About, PlotError> {
    #[derive(serde::Deserialize)]
    struct Document {
        about: About,
    }
    let bad = |reason: String| PlotError::BadReport { path: path.to_owned(), reason };
    let text = std::fs::read_to_string(path).map_err(|error| bad(error.to_string()))?;
    let document: Document = serde_json::from_str(&text).map_err(|error| bad(error.to_string()))?;
    Ok(document.about)
}

/// The tables of scores in the folders of a run's models.
fn scores(folder: &Path) -> Result<Vec<PathBuf>, PlotError> {
    let models = run_reader::model_folders(folder).map_err(ReportError::from)?;
    Ok(models.into_iter().map(|model| model.join(table::SCORES.file)).collect())
}
