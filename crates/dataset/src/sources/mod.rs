//! The sources, one a file.

mod arc;
mod builtin;
mod csv;
mod hub;
mod jsonl;
mod parquet;
mod recorded;
mod templates;

use std::path::{Path, PathBuf};

use ::hub::HubSettings;
use plugin::{Component, Registry, Value, entry};
use serde_json::json;

pub(crate) use builtin::{PROBLEMS as BUILTIN_PROBLEMS, TRACES as BUILTIN_TRACES};

use crate::columns::Columns;
use crate::files::Paths;
use crate::foreign::{Reading, of_problems};
use crate::mapping::is_row;
use crate::settings::Settings;
use crate::{DatasetError, Holds};
use records::{FileFormat, Input};

/// Endings of the files that a folder stands for, whatever their format.
pub(crate) const ALL_ENDINGS: &[&str] = &[".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".parquet"];

/// An input, what its rows are, and how they are read.
#[derive(Clone, Debug)]
pub struct Part {
    pub(crate) input: Input,
    pub(crate) holds: Holds,
    pub(crate) reading: Reading,
}

impl Part {
    /// An input whose rows are read by their columns' names.
    pub(crate) fn columns(input: Input, holds: Holds) -> Self {
        Self { input, holds, reading: Reading::Columns { hint: None } }
    }
}

/// Where problems come from, and replies if they are recorded.
pub trait Source: Send + Sync {
    /// The keys that all sources share.
    fn settings(&self) -> &Settings;

    /// Replies come along.
    fn holds_replies(&self) -> bool {
        false
    }

    /// What must be said beside figures over its replies.
    fn notice(&self) -> Option<&'static str> {
        None
    }

    /// The model of all replies, where the configuration names it.
    fn model(&self) -> Option<&str> {
        None
    }

    /// Where the configuration names the model, no row says another.
    fn names_no_models(&self) -> bool {
        true
    }

    /// Its problems are variants already: what `vary` says is for it alone.
    fn varies(&self) -> bool {
        false
    }

    /// What should be known of its problems although it is no error.
    ///
    /// # Errors
    /// As [`Source::parts`].
    fn notes(&self) -> Result<Vec<String>, DatasetError> {
        Ok(Vec::new())
    }

    /// What is to be read, in this order. Blocks while files are fetched.
    fn parts(&self, hub: &HubSettings) -> Result<Vec<Part>, DatasetError>;

    /// Local files whose content the result depends on.
    fn inputs(&self) -> Vec<PathBuf> {
        Vec::new()
    }

    /// What else the result depends on, such as the names of the files; no paths of this machine.
    fn facts(&self, hub: &HubSettings) -> Value;
}

/// All sources.
pub static SOURCES: Registry<dyn Source> = Registry::new(
    "dataset source",
    &[
        entry::<arc::Arc>(),
        entry::<builtin::Builtin>(),
        entry::<csv::Csv>(),
        entry::<hub::Hub>(),
        entry::<jsonl::Jsonl>(),
        entry::<parquet::Parquet>(),
        entry::<recorded::Recorded>(),
        entry::<templates::Templates>(),
    ],
);

/// The kind that reads what other tools recorded.
pub const RECORDED: &str = recorded::Recorded::KIND;

/// The parts of local files, read by their columns. `format` says what a file is whose content does not tell.
fn local_parts(
    paths: &Paths,
    endings: &[&str],
    holds: Holds,
    columns: &Columns,
    format: impl Fn(&Path) -> Option<FileFormat>,
) -> Result<Vec<Part>, DatasetError> {
    let part = |path: PathBuf| {
        let input = Input::of(&path, format(&path), &|cells| is_row(cells, columns, holds))?;
        // Whoever names columns means these.
        let named = *columns != Columns::default();
        let reading = if named { Reading::Columns { hint: None } } else { of_problems(&input)? };
        Ok(Part { input, holds, reading })
    };
    expanded(paths, endings)?.into_iter().map(part).collect()
}

/// The files, at least one.
fn expanded(paths: &Paths, endings: &[&str]) -> Result<Vec<PathBuf>, DatasetError> {
    let files = paths.expand(endings)?;
    if files.is_empty() {
        let hint = "; give `path` at least one file".to_owned();
        return Err(DatasetError::NoFile { pattern: "an empty list".to_owned(), hint });
    }
    Ok(files)
}

/// The names of local files: a default or a pattern may take the dataset's or subset's name from them.
fn local_facts(paths: &Paths, endings: &[&str]) -> Value {
    // What was found in a folder has a name.
    let name = |path: &PathBuf| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    json!({ "files": paths.found(endings).iter().map(name).collect::<Vec<_>>() })
}
