//! Which runs the paths on a command line stand for, and which columns are known without one.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use compare::{CompareError, ModelRun, model_runs};

use crate::error::LeaderboardError;
use crate::suite::{PartRecord, SuiteRecord};

/// What paths stand for.
#[derive(Debug, Default)]
pub(crate) struct Places {
    /// The models of all runs, each with the column that its suite has for it, if it is part of one.
    pub(crate) runs: Vec<(Option<String>, ModelRun)>,
    /// Columns that suites have, in their order, with why there is no result where they know it.
    pub(crate) columns: Vec<(String, Option<String>)>,
    /// What has to be said of the paths.
    pub(crate) notes: Vec<String>,
    /// The scores that were found so far, as the disk knows them.
    seen: BTreeMap<PathBuf, PathBuf>,
}

impl Places {
    /// Runs, folders of models in them, and folders of suites.
    pub(crate) fn of(paths: &[PathBuf]) -> Result<Self, LeaderboardError> {
        let mut places = Self::default();
        for path in paths {
            match SuiteRecord::read(path)? {
                Some(suite) => places.add_suite(path, &suite)?,
                None => places.add(None, path)?,
            }
        }
        Ok(places)
    }

    fn add_suite(&mut self, folder: &Path, suite: &SuiteRecord) -> Result<(), LeaderboardError> {
        for part in &suite.parts {
            let missing = self.add_part(&folder.join(&part.folder), part)?;
            if !self.columns.iter().any(|(known, _)| *known == part.column) {
                self.columns.push((part.column.clone(), missing));
            }
        }
        Ok(())
    }

    /// Why a part has no result, if so.
    fn add_part(&mut self, run: &Path, part: &PartRecord) -> Result<Option<String>, LeaderboardError> {
        match self.add(Some(&part.column), run) {
            Ok(()) => {
                self.notes.extend(part.missing.iter().map(|why| {
                    format!(
                        "{}: the last attempt came to nothing ({why}); the table shows the one before.",
                        part.column
                    )
                }));
                Ok(None)
            }
            Err(LeaderboardError::Compare(
                error @ (CompareError::NoRun { .. } | CompareError::NoScores { .. }),
            )) => Ok(Some(part.missing.clone().unwrap_or_else(|| error.to_string()))),
            Err(error) => Err(error),
        }
    }

    fn add(&mut self, column: Option<&str>, path: &Path) -> Result<(), LeaderboardError> {
        for run in model_runs(&[path.to_owned()])? {
            if run.folder().is_none() {
                return Err(LeaderboardError::Alone { path: run.scores });
            }
            // A path that cannot be resolved is told by whoever reads it.
            let known = run.scores.canonicalize().unwrap_or_else(|_| run.scores.clone());
            match self.seen.insert(known, path.to_owned()) {
                Some(first) => self.notes.push(format!(
                    "`{}` of {} was named before (as {}), and is counted once.",
                    run.model,
                    path.display(),
                    first.display()
                )),
                None => self.runs.push((column.map(str::to_owned), run)),
            }
        }
        Ok(())
    }
}
