//! `kind = "parquet"`: problems from Parquet of any schema.

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

const ENDINGS: &[&str] = &[".parquet"];

/// Problems from Parquet files; columns may be nested. The problems table of a run is one of them.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct Parquet {
    /// A file, a list of files, a pattern with `*`, or a folder.
    path: Paths,
    #[serde(flatten)]
    settings: Settings,
}

impl Component for Parquet {
    const KIND: &'static str = "parquet";
    const ABOUT: &'static str = "Parquet of any schema, one problem a row";
    // Where a file stands is of no consequence; its name and content are.
    const EXECUTION_KEYS: &'static [&'static str] = &["path"];
    type Built = dyn Source;

    fn build(self, _: &mut Content) -> Result<Box<dyn Source>, ConfigErrors> {
        let faults = self.settings.faults();
        if faults.is_empty() { Ok(Box::new(self)) } else { Err(ConfigErrors(faults)) }
    }
}

impl Source for Parquet {
    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn parts(&self, _hub: &HubSettings) -> Result<Vec<Part>, DatasetError> {
        local_parts(&self.path, ENDINGS, Holds::Problems, &self.settings.columns, |_| {
            Some(FileFormat::Parquet)
        })
    }

    fn inputs(&self) -> Vec<PathBuf> {
        self.path.found(ENDINGS)
    }

    fn facts(&self, _hub: &HubSettings) -> Value {
        local_facts(&self.path, ENDINGS)
    }
}
