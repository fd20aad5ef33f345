//! `kind = "csv"`: problems from CSV or TSV with a header.

use std::path::{Path, PathBuf};

use hub::HubSettings;
use plugin::{Component, ConfigError, ConfigErrors, Content, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Part, Source, local_facts, local_parts};
use crate::files::Paths;
use crate::settings::Settings;
use crate::{DatasetError, Holds};
use records::FileFormat;

const ENDINGS: &[&str] = &[".csv", ".tsv"];

/// Problems from CSV files with a header; `.tsv` is separated by tabs.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct Csv {
    /// A file, a list of files, a pattern with `*`, or a folder.
    path: Paths,
    /// The character between values; else a tab in `.tsv` and a comma elsewhere.
    #[serde(default)]
    delimiter: Option<String>,
    #[serde(flatten)]
    settings: Settings,
}

impl Component for Csv {
    const KIND: &'static str = "csv";
    const ABOUT: &'static str = "CSV or TSV with a header, one problem a row";
    const EXECUTION_KEYS: &'static [&'static str] = &["path"];
    type Built = dyn Source;

    fn build(self, _: &mut Content) -> Result<Box<dyn Source>, ConfigErrors> {
        let mut faults = self.settings.faults();
        if self.delimiter.as_ref().is_some_and(|delimiter| delimiter.len() != 1) {
            let fault = ConfigError::new("delimiter", "must be one ASCII character");
            faults.push(fault.hint("such as \";\" or \"\\t\""));
        }
        if faults.is_empty() { Ok(Box::new(self)) } else { Err(ConfigErrors(faults)) }
    }
}

fn has_tabs(path: &Path) -> bool {
    records::bare_name(path).extension().is_some_and(|ending| ending.eq_ignore_ascii_case("tsv"))
}

impl Source for Csv {
    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn parts(&self, _hub: &HubSettings) -> Result<Vec<Part>, DatasetError> {
        let by_name = |path: &Path| if has_tabs(path) { b'\t' } else { b',' };
        let given = self.delimiter.as_ref().and_then(|delimiter| delimiter.bytes().next());
        let format = |path: &Path| Some(FileFormat::Csv(given.unwrap_or_else(|| by_name(path))));
        local_parts(&self.path, ENDINGS, Holds::Problems, &self.settings.columns, format)
    }

    fn inputs(&self) -> Vec<PathBuf> {
        self.path.found(ENDINGS)
    }

    fn facts(&self, _hub: &HubSettings) -> Value {
        local_facts(&self.path, ENDINGS)
    }
}
