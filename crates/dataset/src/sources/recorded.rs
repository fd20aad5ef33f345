//! `kind = "recorded"`: problems and replies from rows that hold both.

use std::path::{Path, PathBuf};

use hub::HubSettings;
use plugin::{Component, ConfigError, ConfigErrors, Content, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ALL_ENDINGS, Part, Source, expanded, local_facts, local_parts};
use crate::columns::Columns;
use crate::files::Paths;
use crate::foreign::{forced, in_folder, recognise};
use crate::formats::formats;
use crate::settings::Settings;
use crate::{DatasetError, Holds};

/// Endings of the files that a folder stands for.
const RECORDED_ENDINGS: &[&str] = &[".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".parquet", ".eval"];

/// Replies that another tool recorded. What tool it was is told by the files' content (`thinkmeter list formats`);
/// else columns are read by their names, each row a reply with its problem. Rows of the same problem (the same
/// `problem_id`, else the same text and answer) are samples or other models' replies. Columns that are neither
/// problem nor reply end up in the reply's `extra`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct Recorded {
    /// A file, a list of files, a pattern with `*`, or a folder: JSON, CSV, TSV, Parquet, or logs of inspect.
    path: Paths,
    /// The files' format, one of `thinkmeter list formats`; else recognised, file by file. With `columns.…` it is `columns`.
    #[serde(default)]
    format: Option<String>,
    /// The model of all replies; in formats that name it, of those replies where nothing says it.
    #[serde(default)]
    model: Option<String>,
    #[serde(flatten)]
    settings: Settings,
}

impl Component for Recorded {
    const KIND: &'static str = "recorded";
    const ABOUT: &'static str = "problems with replies that another tool recorded";
    const VERSION: u32 = 2;
    const EXECUTION_KEYS: &'static [&'static str] = &["path"];
    type Built = dyn Source;

    fn build(self, _: &mut Content) -> Result<Box<dyn Source>, ConfigErrors> {
        let mut faults = self.settings.faults();
        let known: Vec<&str> = formats().into_iter().map(|(name, _)| name).collect();
        let unknown = self.format.as_deref().filter(|name| !known.contains(name));
        faults.extend(unknown.map(|name| ConfigError::unknown("format", "format", name, &known)));
        if faults.is_empty() { Ok(Box::new(self)) } else { Err(ConfigErrors(faults)) }
    }
}

impl Recorded {
    fn is_by_columns(&self) -> bool {
        let columns = self.settings.columns != Columns::default();
        self.format.as_deref().map_or(columns, |name| name == "columns")
    }

    fn endings(&self) -> &'static [&'static str] {
        if self.is_by_columns() { ALL_ENDINGS } else { RECORDED_ENDINGS }
    }
}

impl Source for Recorded {
    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn holds_replies(&self) -> bool {
        true
    }

    fn model(&self) -> Option<&str> {
        self.model.as_deref()
    }

    fn names_no_models(&self) -> bool {
        self.is_by_columns()
    }

    fn parts(&self, _hub: &HubSettings) -> Result<Vec<Part>, DatasetError> {
        // Whoever says what the columns are knows better than any guess.
        if self.is_by_columns() {
            return local_parts(&self.path, ALL_ENDINGS, Holds::Both, &self.settings.columns, |_| None);
        }
        let given: Vec<&Path> = self.path.given().iter().map(Path::new).collect();
        let part = |path: PathBuf| {
            let (input, reading) = match &self.format {
                Some(name) => forced(&path, name)?,
                None if given.contains(&path.as_path()) => recognise(&path)?,
                None => in_folder(&path)?,
            };
            Ok(Part { input, holds: Holds::Both, reading })
        };
        expanded(&self.path, RECORDED_ENDINGS)?.into_iter().map(part).collect()
    }

    fn inputs(&self) -> Vec<PathBuf> {
        self.path.found(self.endings())
    }

    fn facts(&self, _hub: &HubSettings) -> Value {
        local_facts(&self.path, self.endings())
    }
}
