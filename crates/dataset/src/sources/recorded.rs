//! `kind = "recorded"`: problems and replies from rows that hold both.

use std::path::PathBuf;

use hub::HubSettings;
use plugin::{Component, Faults, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ALL_ENDINGS, Holds, Part, Source, local_facts, local_parts};
use crate::DatasetError;
use crate::files::Paths;
use crate::settings::Settings;
use rows::Format;

/// Replies that another tool recorded, each in a row with its problem. Rows of the same problem (the same
/// `problem_id`, else the same text and answer) are samples or other models' replies. Columns that are neither
/// problem nor reply end up in the reply's `extra`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct Recorded {
    /// A file, a list of files, a pattern with `*`, or a folder; JSON lines, CSV, TSV or Parquet by their names.
    path: Paths,
    /// The model of all replies, where no column says it.
    #[serde(default)]
    model: Option<String>,
    #[serde(flatten)]
    settings: Settings,
}

impl Component for Recorded {
    const KIND: &'static str = "recorded";
    const ABOUT: &'static str = "problems with replies that another tool recorded";
    const EXECUTION_KEYS: &'static [&'static str] = &["path"];
    type Built = dyn Source;

    fn build(self) -> Result<Box<dyn Source>, Faults> {
        let faults = self.settings.faults();
        if faults.is_empty() { Ok(Box::new(self)) } else { Err(Faults(faults)) }
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

    fn parts(&self, _hub: &HubSettings) -> Result<Vec<Part>, DatasetError> {
        local_parts(&self.path, ALL_ENDINGS, Holds::Both, Format::of)
    }

    fn inputs(&self) -> Vec<PathBuf> {
        self.path.found(ALL_ENDINGS)
    }

    fn facts(&self, _hub: &HubSettings) -> Value {
        local_facts(&self.path, ALL_ENDINGS)
    }
}
