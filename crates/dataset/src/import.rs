//! `thinkmeter import`: recorded replies as tables, with labels and a report of what was taken.

use std::path::PathBuf;

use serde::Serialize;
use stage::{Observer, Summary};
use tables::Provenance;

use crate::{DatasetError, FileReport, Load, LoadOutputs};

/// Where an import writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportOutputs {
    /// The problems table.
    pub problems: PathBuf,
    /// The replies table.
    pub replies: PathBuf,
    /// Ratings and verdicts of the source as JSON lines; there is no such file where there are none.
    pub labels: PathBuf,
}

/// What an import took.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Import {
    /// Counts over all files.
    #[serde(flatten)]
    pub summary: Summary,
    /// The models in the order of their first appearance.
    pub models: Vec<String>,
    /// Each file.
    pub files: Vec<FileReport>,
}

impl Load {
    /// Writes the tables as [`Load::run`] does, and the labels that the source has.
    ///
    /// # Errors
    /// See [`DatasetError`]; nothing is published unless everything could be read.
    pub fn import(
        &self,
        out: &ImportOutputs,
        provenance: Provenance,
        observer: &dyn Observer,
    ) -> Result<Import, DatasetError> {
        let tables =
            LoadOutputs { problems: out.problems.clone(), replies: Some(out.replies.clone()), tests: None };
        let (summary, files) = self.collect(&tables, Some(&out.labels), provenance, observer)?;
        let mut models: Vec<String> = Vec::new();
        for model in files.iter().flat_map(|file| &file.models) {
            if !models.contains(model) {
                models.push(model.clone());
            }
        }
        Ok(Import { summary, models, files })
    }
}
