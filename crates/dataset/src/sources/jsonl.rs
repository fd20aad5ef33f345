//! `kind = "jsonl"`: problems from JSON lines, or from JSON that lies otherwise.

use std::path::PathBuf;

use hub::HubSettings;
use plugin::{Component, ConfigErrors, Content, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Part, Source, local_facts, local_parts};
use crate::files::Paths;
use crate::settings::Settings;
use crate::{DatasetError, Holds};
use records::FileFormat;

const ENDINGS: &[&str] = &[".jsonl", ".ndjson", ".json"];

/// Problems from JSON: an object a line, objects over several lines, a list, or an object with one list in it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct Jsonl {
    /// A file, a list of files, a pattern with `*`, or a folder.
    path: Paths,
    #[serde(flatten)]
    settings: Settings,
}

impl Component for Jsonl {
    const KIND: &'static str = "jsonl";
    const ABOUT: &'static str = "JSON lines, one problem a line; lists of problems too";
    // Where a file stands is of no consequence; its name and content are.
    const EXECUTION_KEYS: &'static [&'static str] = &["path"];
    type Built = dyn Source;

    fn build(self, _: &mut Content) -> Result<Box<dyn Source>, ConfigErrors> {
        let faults = self.settings.faults();
        if faults.is_empty() { Ok(Box::new(self)) } else { Err(ConfigErrors(faults)) }
    }
}

impl Source for Jsonl {
    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn parts(&self, _hub: &HubSettings) -> Result<Vec<Part>, DatasetError> {
        local_parts(&self.path, ENDINGS, Holds::Problems, &self.settings.columns, |_| Some(FileFormat::Jsonl))
    }

    fn inputs(&self) -> Vec<PathBuf> {
        self.path.found(ENDINGS)
    }

    fn facts(&self, _hub: &HubSettings) -> Value {
        local_facts(&self.path, ENDINGS)
    }
}
