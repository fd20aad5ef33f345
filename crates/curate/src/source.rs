//! Where the tables of judged traces stand: in a run folder, or as files that somebody names.

use std::path::{Path, PathBuf};

use stage::table::{GENERATIONS, GRADES, JUDGMENTS, PROBLEMS, ROLLOUTS, SPLITS, TREES};
use stage::{RunLayout, Table};

use crate::CurateError;

/// Which trees texts are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TreeSource {
    /// Those of searches: one a problem.
    Trees,
    /// Those of roll-outs: one a reply.
    Rollouts,
}

/// The tables of one model's traces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The problems.
    pub problems: PathBuf,
    /// The generations, in the order of the problems.
    pub generations: PathBuf,
    /// Their steps, if there are any.
    pub splits: Option<PathBuf>,
    /// The judgments on these.
    pub judgments: Option<PathBuf>,
    /// Whether the replies are right; without, the answer engine is asked here.
    pub grades: Option<PathBuf>,
    /// What a search tried.
    pub trees: Option<PathBuf>,
    /// What was drawn from the ends of steps.
    pub rollouts: Option<PathBuf>,
}

/// The sources in a run folder, a model each, in the order of their folders' names; or the one of a model's folder.
pub fn sources(folder: &Path) -> Result<Vec<Source>, CurateError> {
    let refuse = |reason: String| CurateError::NoRun { path: folder.to_owned(), reason };
    if folder.join(GENERATIONS.file).is_file() {
        let run = [Some(folder), folder.parent()].into_iter().flatten();
        let problems = run.map(|run| run.join(PROBLEMS.file)).find(|path| path.is_file());
        let problems = problems.ok_or_else(|| refuse(format!("no {} in it or above it", PROBLEMS.file)))?;
        return Ok(vec![of_model(problems, folder)]);
    }
    let run = RunLayout::new(folder);
    let problems = run.of_run(PROBLEMS);
    if !problems.is_file() {
        return Err(refuse(format!("no {}", PROBLEMS.file)));
    }
    let models = run.models_with(GENERATIONS).map_err(|error| refuse(error.to_string()))?;
    if models.is_empty() {
        return Err(refuse(format!("no folder with a {}", GENERATIONS.file)));
    }
    Ok(models.iter().map(|model| of_model(problems.clone(), model)).collect())
}

fn of_model(problems: PathBuf, folder: &Path) -> Source {
    let there = |table: Table| Some(folder.join(table.file)).filter(|path| path.is_file());
    Source {
        problems,
        generations: folder.join(GENERATIONS.file),
        splits: there(SPLITS),
        judgments: there(JUDGMENTS),
        grades: there(GRADES),
        trees: there(TREES),
        rollouts: there(ROLLOUTS),
    }
}

impl Source {
    /// The last two folders of its path: the run and the model.
    pub(crate) fn name(&self) -> String {
        let folders = self.generations.parent().into_iter().flat_map(Path::iter);
        let names: Vec<String> = folders.map(|name| name.to_string_lossy().into_owned()).collect();
        names[names.len().saturating_sub(2)..].join("/")
    }

    /// The steps, or what to do about them.
    pub(crate) fn need_splits(&self) -> Result<&Path, CurateError> {
        self.need(self.splits.as_deref(), "splits", "cut the thinking into steps with `thinkmeter split`")
    }

    /// The judgments, or what to do about them.
    pub(crate) fn need_judgments(&self) -> Result<&Path, CurateError> {
        let hint = "judge the traces with `thinkmeter judge`, or the whole run with `thinkmeter run`";
        self.need(self.judgments.as_deref(), "judgments", hint)
    }

    /// The trees, or what to do about them.
    pub(crate) fn need_trees(&self, from: TreeSource) -> Result<&Path, CurateError> {
        match from {
            TreeSource::Trees => {
                self.need(self.trees.as_deref(), "trees", "generate with a model of kind `search`")
            }
            TreeSource::Rollouts => {
                let hint = "judge with `[tasks.rollouts]` and `keep = true`";
                self.need(self.rollouts.as_deref(), "texts of roll-outs", hint)
            }
        }
    }

    fn need<'a>(
        &self,
        table: Option<&'a Path>,
        what: &'static str,
        hint: &'static str,
    ) -> Result<&'a Path, CurateError> {
        table.ok_or_else(|| CurateError::Missing { model: self.generations.clone(), what, hint })
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn touch(path: &Path) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "").unwrap();
    }

    #[test]
    fn a_run_an_import_and_a_models_folder_are_found() {
        let folder = tempfile::tempdir().unwrap();
        let run = folder.path();
        for name in
            ["problems.parquet", "b/generations.parquet", "a/generations.parquet", "a/judgments.parquet"]
        {
            touch(&run.join(name));
        }
        let found = sources(run).unwrap();
        let models: Vec<_> = found.iter().map(|source| source.generations.clone()).collect();
        assert_eq!(models, [run.join("a/generations.parquet"), run.join("b/generations.parquet")]);
        assert_eq!(found[0].judgments, Some(run.join("a/judgments.parquet")));
        assert_eq!(found[1].judgments, None);
        assert!(found[1].name().ends_with("/b"), "{}", found[1].name());
        assert_eq!(sources(&run.join("b")).unwrap(), found[1..]);
        let error = found[1].need_judgments().unwrap_err().to_string();
        assert!(error.contains("no judgments; judge the traces"), "{error}");
    }

    #[test]
    fn a_folder_without_a_run_says_what_is_missing() {
        let check = |files: &[&str], expect: &str| {
            let folder = tempfile::tempdir().unwrap();
            files.iter().for_each(|name| touch(&folder.path().join(name)));
            let error = sources(folder.path()).unwrap_err().to_string();
            assert!(error.contains(expect), "{error}");
        };
        check(&[], "no problems.parquet");
        check(&["problems.parquet"], "no folder with a generations.parquet");
    }
}
