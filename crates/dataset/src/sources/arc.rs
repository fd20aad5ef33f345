//! `kind = "arc"`: tasks of ARC-AGI, one problem a test input.

use std::path::PathBuf;
use std::sync::Arc as Shared;

use hub::HubSettings;
use plugin::{Component, ConfigErrors, Content, Value};
use records::Input;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Part, Source, expanded, local_facts};
use crate::files::Paths;
use crate::puzzles::{GridAs, of_files};
use crate::settings::Settings;
use crate::{DatasetError, Holds};

const ENDINGS: &[&str] = &[".json", ".jsonl"];

/// Tasks of the ARC-AGI kind: a folder of them, JSON lines, or the two files of challenges and solutions. A task with several
/// test inputs is as many problems, `TASK/0`, `TASK/1`, …
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct Arc {
    /// A folder, a file, a list of files, or a pattern with `*`.
    path: Paths,
    /// How grids are written in what is asked.
    #[serde(default)]
    grid_as: GridAs,
    #[serde(flatten)]
    settings: Settings,
}

impl Component for Arc {
    const KIND: &'static str = "arc";
    const ABOUT: &'static str = "tasks of ARC-AGI 1 and 2, one problem a test input";
    const EXECUTION_KEYS: &'static [&'static str] = &["path"];
    type Built = dyn Source;

    fn build(self, _: &mut Content) -> Result<Box<dyn Source>, ConfigErrors> {
        let faults = self.settings.faults();
        if faults.is_empty() { Ok(Box::new(self)) } else { Err(ConfigErrors(faults)) }
    }
}

impl Source for Arc {
    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn parts(&self, _hub: &HubSettings) -> Result<Vec<Part>, DatasetError> {
        let (name, rows) = of_files(&expanded(&self.path, ENDINGS)?, self.grid_as)?;
        Ok(vec![Part::columns(Input::Made(name.into(), Shared::from(rows)), Holds::Problems)])
    }

    fn inputs(&self) -> Vec<PathBuf> {
        self.path.found(ENDINGS)
    }

    fn facts(&self, _hub: &HubSettings) -> Value {
        local_facts(&self.path, ENDINGS)
    }
}
