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
use crate::puzzles::{GridAs, of_files, replies_of};
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
    /// Recorded replies: a folder of submissions in ARC Prize's form, a file a task, or a list of such files.
    #[serde(default)]
    submissions: Option<Paths>,
    /// The model of these replies, where they do not name it.
    #[serde(default)]
    model: Option<String>,
    #[serde(flatten)]
    settings: Settings,
}

impl Component for Arc {
    const KIND: &'static str = "arc";
    const ABOUT: &'static str = "tasks of ARC-AGI 1 and 2, one problem a test input";
    /// 2: the inputs of a task are one unit of intervals.
    const VERSION: u32 = 2;
    const EXECUTION_KEYS: &'static [&'static str] = &["path", "submissions"];
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
        let made = |(name, rows): (String, Vec<u8>), holds| {
            Part::columns(Input::Made(name.into(), Shared::from(rows)), holds)
        };
        let tasks = of_files(&expanded(&self.path, ENDINGS)?, self.grid_as)?;
        let mut parts = vec![made(tasks, Holds::Problems)];
        if let Some(submissions) = &self.submissions {
            let files = expanded(submissions, ENDINGS)?;
            parts.push(made(replies_of(&files, self.model.as_deref())?, Holds::Replies));
        }
        Ok(parts)
    }

    fn holds_replies(&self) -> bool {
        self.submissions.is_some()
    }

    fn inputs(&self) -> Vec<PathBuf> {
        let submissions = self.submissions.iter().flat_map(|paths| paths.found(ENDINGS));
        self.path.found(ENDINGS).into_iter().chain(submissions).collect()
    }

    fn facts(&self, _hub: &HubSettings) -> Value {
        local_facts(&self.path, ENDINGS)
    }
}
