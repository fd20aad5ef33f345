//! `kind = "hub"`: files of a dataset on the Hugging Face hub.

use std::path::Path;

use hub::{HubFile, HubSettings, RepoKind, cached, commit_of, fetch, looks_like_repo};
use plugin::{Component, ConfigError, ConfigErrors, Content, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Part, Source};
use crate::files::Paths;
use crate::mapping::is_row;
use crate::settings::Settings;
use crate::{DatasetError, Holds};
use records::{FileFormat, Input};

/// Problems, or recorded replies, from a dataset of the hub. Which commit was read is part of a run's fingerprint.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct Hub {
    /// The repository, such as `HuggingFaceH4/MATH-500`.
    repo: String,
    /// A branch, tag or commit.
    #[serde(default = "main_branch")]
    revision: String,
    /// A file of the repository, or a list: JSON, CSV, TSV or Parquet, packed or not.
    file: Paths,
    /// The rows hold recorded replies as well, as with `kind = "recorded"`.
    #[serde(default)]
    replies: bool,
    /// The model of all replies, where no column says it.
    #[serde(default)]
    model: Option<String>,
    #[serde(flatten)]
    settings: Settings,
}

fn main_branch() -> String {
    "main".to_owned()
}

impl Component for Hub {
    const KIND: &'static str = "hub";
    const ABOUT: &'static str = "files of a dataset on the Hugging Face hub";
    type Built = dyn Source;

    fn build(self, _: &mut Content) -> Result<Box<dyn Source>, ConfigErrors> {
        let mut faults = self.settings.faults();
        if !looks_like_repo(&self.repo) {
            let fault = ConfigError::new("repo", format!("`{}` is no repository's name", self.repo));
            faults
                .push(fault.hint("it has the form organisation/name; for local files take kind = \"jsonl\""));
        }
        let files = self.file.given();
        if files.is_empty() {
            faults.push(ConfigError::new("file", "missing").hint("name at least one file of the repository"));
        }
        let unknown = files.iter().filter_map(|file| FileFormat::of(Path::new(file)).err());
        faults.extend(unknown.map(|error| ConfigError::new("file", error.to_string())));
        if self.model.is_some() && !self.replies {
            let fault = ConfigError::new("model", "names the model of replies, but the rows hold none");
            faults.push(fault.hint("say `replies = true` if they do"));
        }
        if faults.is_empty() { Ok(Box::new(self)) } else { Err(ConfigErrors(faults)) }
    }
}

impl Hub {
    fn files(&self) -> Vec<HubFile> {
        let file = |file: &String| HubFile {
            repo: self.repo.clone(),
            kind: RepoKind::Dataset,
            revision: self.revision.clone(),
            file: file.clone(),
        };
        self.file.given().iter().map(file).collect()
    }
}

impl Source for Hub {
    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn holds_replies(&self) -> bool {
        self.replies
    }

    fn model(&self) -> Option<&str> {
        self.model.as_deref()
    }

    fn parts(&self, hub: &HubSettings) -> Result<Vec<Part>, DatasetError> {
        let holds = if self.replies { Holds::Both } else { Holds::Problems };
        let part = |file: HubFile| {
            let path = fetch(&file, hub)?;
            let format = FileFormat::of(Path::new(&file.file))?;
            let columns = &self.settings.columns;
            let input = Input::of(&path, Some(format), &|cells| is_row(cells, columns, holds))?;
            Ok(Part::columns(input, holds))
        };
        self.files().into_iter().map(part).collect()
    }

    fn facts(&self, hub: &HubSettings) -> Value {
        // A branch moves; what counts is the commit, known as soon as the files are fetched.
        let commit = |file: HubFile| cached(&file, hub).as_deref().and_then(commit_of);
        let commits: Vec<Option<String>> = self.files().into_iter().map(commit).collect();
        json!({ "commits": commits })
    }
}
