//! What a path on the command line stands for: the models of a run, one of them, or a table of scores.

use std::path::{Path, PathBuf};

use stage::table::{PROBLEMS, SCORES};
use stage::{Manifest, RunLayout};
use tables::{Score, TableReader};

use crate::error::CompareError;

/// One model's scores, and how they came about where that is known.
#[derive(Clone, Debug)]
pub struct ModelRun {
    /// What it is called beside the others: the model, the run, or both, as needed to tell them apart.
    pub label: String,
    /// The run's name; empty for a lone table.
    pub run: String,
    /// The model's name.
    pub model: String,
    /// Its scores.
    pub scores: PathBuf,
    /// The run's problems.
    pub(crate) problems: Option<PathBuf>,
    /// The run's manifest.
    pub(crate) manifest: Option<Manifest>,
}

impl ModelRun {
    /// The folder of its run; none for a lone table.
    pub fn folder(&self) -> Option<&Path> {
        self.manifest.as_ref().and_then(|_| self.scores.parent()?.parent())
    }
}

/// All models that the paths stand for, in order, with labels that tell them apart.
pub fn model_runs(paths: &[PathBuf]) -> Result<Vec<ModelRun>, CompareError> {
    let mut all = Vec::new();
    for path in paths {
        all.extend(expand(path)?);
    }
    label(&mut all);
    Ok(all)
}

fn expand(path: &Path) -> Result<Vec<ModelRun>, CompareError> {
    if is_run(path) {
        return run(path);
    }
    if path.join(SCORES.file).is_file() {
        return Ok(vec![model(&path.join(SCORES.file))?]);
    }
    if path.is_file() {
        return Ok(vec![model(path)?]);
    }
    Err(CompareError::NoRun { path: path.to_owned() })
}

fn is_run(folder: &Path) -> bool {
    RunLayout::new(folder).manifest().is_file()
}

/// The models of a run, in the order in which its manifest measured them.
fn run(folder: &Path) -> Result<Vec<ModelRun>, CompareError> {
    let manifest = Manifest::read(folder)?;
    let order = manifest.measured();
    let mut found = Vec::new();
    for (id, entry) in manifest.stages.iter().filter(|(id, _)| id.starts_with("score ")) {
        let name = id.trim_start_matches("score ");
        let place = order.iter().position(|known| *known == name).unwrap_or(order.len());
        let files = entry.outputs.keys().map(|output| folder.join(output)).filter(|path| path.is_file());
        found.extend(files.map(|path| (place, path)));
    }
    found.sort();
    if found.is_empty() {
        return Err(CompareError::NoScores { path: folder.to_owned() });
    }
    found.into_iter().map(|(_, path)| model(&path)).collect()
}

/// One table of scores; what lies around it tells how it came about.
fn model(scores: &Path) -> Result<ModelRun, CompareError> {
    let first = TableReader::<Score>::open(scores)?.next().transpose()?;
    let folder = std::path::absolute(scores).ok().and_then(|path| Some(path.parent()?.parent()?.to_owned()));
    let run = folder.filter(|folder| is_run(folder));
    let manifest = run.as_deref().map(Manifest::read).transpose()?;
    let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
    Ok(ModelRun {
        label: String::new(),
        // A lone table of scores is called by its model alone.
        run: run.as_deref().and_then(name).unwrap_or_default(),
        model: first.map_or_else(|| scores.display().to_string(), |score| score.model),
        scores: scores.to_owned(),
        problems: run.map(|folder| RunLayout::new(&folder).of_run(PROBLEMS)).filter(|path| path.is_file()),
        manifest,
    })
}

/// The shortest of model, run, both and path that differs for all.
fn label(model_runs: &mut [ModelRun]) {
    let ways: [fn(&ModelRun) -> String; 4] = [
        |one| one.model.clone(),
        |one| one.run.clone(),
        |one| format!("{}/{}", one.run, one.model),
        |one| one.scores.display().to_string(),
    ];
    for way in ways {
        let labels: Vec<String> = model_runs.iter().map(way).collect();
        let mut distinct = labels.clone();
        distinct.sort();
        distinct.dedup();
        let told_apart = distinct.len() == labels.len() && labels.iter().all(|label| !label.is_empty());
        for (model_run, label) in model_runs.iter_mut().zip(labels) {
            model_run.label = label;
        }
        if told_apart {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(named: &[(&str, &str)], expect: &[&str]) {
        let model_run = |(at, (run, model)): (usize, &(&str, &str))| ModelRun {
            label: String::new(),
            run: (*run).to_owned(),
            model: (*model).to_owned(),
            scores: PathBuf::from(format!("{at}.parquet")),
            problems: None,
            manifest: None,
        };
        let mut model_runs: Vec<ModelRun> = named.iter().enumerate().map(model_run).collect();
        label(&mut model_runs);
        let labels: Vec<&str> = model_runs.iter().map(|one| one.label.as_str()).collect();
        assert_eq!(labels, expect);
    }

    #[test]
    fn labels_are_as_short_as_they_can_be() {
        check(&[("a", "x"), ("a", "y")], &["x", "y"]);
        check(&[("a", "x"), ("b", "x")], &["a", "b"]);
        check(&[("a", "x"), ("b", "x"), ("b", "y")], &["a/x", "b/x", "b/y"]);
        check(&[("", "x"), ("", "x")], &["0.parquet", "1.parquet"]);
    }

    #[test]
    fn what_is_no_run_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let error = model_runs(&[folder.path().to_owned()]).unwrap_err().to_string();
        assert!(
            error.ends_with("is no run folder, no model's folder in one, and no table of scores"),
            "{error}"
        );
        std::fs::write(RunLayout::new(folder.path()).manifest(), r#"{"version": 1, "stages": {}}"#).unwrap();
        let error = model_runs(&[folder.path().to_owned()]).unwrap_err().to_string();
        assert!(error.contains("holds no scores yet"), "{error}");
    }
}
