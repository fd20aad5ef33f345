//! A suite: several pipelines, one after the other, whose results stand in one table.
//!
//! A file with `[[parts]]` is one. What all parts share is said once, in `set`, in the words of `--set`.

use std::collections::BTreeSet;
use std::path::Path;

use plugin::{ConfigError, ConfigErrors};
use schemars::JsonSchema;
use serde::Deserialize;
use stage::FileNames;

use crate::document::{Document, Override};
use crate::error::PipelineError;

/// Pipelines that are run one after the other.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct Suite {
    /// Its short name.
    #[serde(skip)]
    pub name: String,
    /// What it is for.
    #[serde(default)]
    pub description: String,
    /// Keys that are set in every part, such as `models.*.model=qwen3`.
    #[serde(default)]
    pub set: Vec<String>,
    /// The pipelines, in the order in which they are run.
    pub parts: Vec<Part>,
}

/// A pipeline of a suite.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct Part {
    /// A pipeline file, or the name of an embedded one.
    pub pipeline: String,
    /// The name of its folder in that of the suite, if not the pipeline's.
    #[serde(default)]
    pub name: String,
    /// Replies that each model gives to each problem, if not as the pipeline says.
    pub samples: Option<u32>,
    /// The longest reply, if not as the pipeline says.
    pub max_tokens: Option<u64>,
    /// Keys that are set in this part, over what is set in all.
    #[serde(default)]
    pub set: Vec<String>,
}

impl Suite {
    /// The suite that a document is; none for a pipeline.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn of(document: &Document) -> Result<Option<Self>, PipelineError> {
        if document.value.get("parts").is_none() {
            return Ok(None);
        }
        let invalid = |faults| PipelineError::Invalid { origin: document.origin.clone(), faults };
        let mut suite: Self = plugin::parse(&document.value, "").map_err(invalid)?;
        suite.name.clone_from(&document.name);
        suite.called();
        let faults = suite.faults();
        if faults.is_empty() { Ok(Some(suite)) } else { Err(invalid(ConfigErrors(faults))) }
    }

    /// Parts without a name are called as their pipelines are.
    fn called(&mut self) {
        for part in &mut self.parts {
            if part.name.is_empty() {
                let stem = Path::new(&part.pipeline).file_stem().unwrap_or_default();
                part.name = stem.to_string_lossy().into_owned();
            }
        }
    }

    fn faults(&self) -> Vec<ConfigError> {
        let mut faults = Vec::new();
        if self.parts.is_empty() {
            faults.push(ConfigError::new("parts", "a suite needs a part"));
        }
        let mut seen = BTreeSet::new();
        for (at, part) in self.parts.iter().enumerate() {
            let place = format!("parts[{at}].name");
            if !seen.insert(part.name.to_lowercase()) {
                let message = format!("`{}` names two parts", part.name);
                faults.push(ConfigError::new(&place, message).hint("give one of them a name of its own"));
            }
            let folder = FileNames::default().next(&part.name);
            if folder != part.name {
                let message = format!("`{}` cannot be the name of a folder everywhere", part.name);
                faults.push(ConfigError::new(&place, message).hint(format!("`{folder}` can")));
            }
            if part.samples == Some(0) {
                faults.push(ConfigError::new(format!("parts[{at}].samples"), "expected a number above 0"));
            }
        }
        let set = self.parts.iter().flat_map(|part| &part.set).chain(&self.set);
        faults.extend(
            set.filter_map(|text| Override::parse(text).err())
                .map(|error| ConfigError::new("set", error.to_string())),
        );
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::embedded::PIPELINES;

    fn suite(text: &str) -> Result<Option<Suite>, String> {
        let document = Document::from_toml("s.toml", "s", text).unwrap();
        Suite::of(&document).map_err(|error| error.to_string())
    }

    #[test]
    fn a_file_with_parts_is_a_suite_and_parts_have_names() {
        assert_eq!(suite("[dataset]\nkind = \"builtin\"\n").unwrap(), None);
        let text = "set = [\"models.*.model=m\"]\n[[parts]]\npipeline = \"gsm8k\"\nsamples = 2\n\
                    [[parts]]\npipeline = \"own/sums.toml\"\n[[parts]]\npipeline = \"gsm8k\"\nname = \"again\"\n";
        let found = suite(text).unwrap().unwrap();
        let names: Vec<&str> = found.parts.iter().map(|part| part.name.as_str()).collect();
        assert_eq!((found.name.as_str(), names), ("s", vec!["gsm8k", "sums", "again"]));
        assert_eq!((found.parts[0].samples, found.parts[1].samples), (Some(2), None));
    }

    #[test]
    fn every_fault_is_named() {
        let check = |text: &str, expect: &str| {
            let error = suite(text).unwrap_err();
            assert!(error.contains(expect), "{error}");
        };
        check("parts = []", "parts: a suite needs a part");
        check("[[parts]]\nsamples = 2", "pipeline");
        check("[[parts]]\npipeline = \"a\"\nsample = 2", "did you mean `samples`?");
        check("[[parts]]\npipeline = \"a\"\n[[parts]]\npipeline = \"x/a.toml\"", "`a` names two parts");
        check("[[parts]]\npipeline = \"a\"\nname = \"a/b\"", "`a-b` can");
        check("[[parts]]\npipeline = \"a\"\nsamples = 0", "parts[0].samples: expected a number above 0");
        check("set = [\"x\"]\n[[parts]]\npipeline = \"a\"", "expected key=value");
        check("[[parts]]\npipeline = \"a\"\n[dataset]\nkind = \"builtin\"", "dataset");
    }

    #[test]
    fn the_embedded_suites_name_embedded_pipelines() {
        let mut suites = 0;
        for (name, text) in PIPELINES {
            let document = Document::from_toml(name, name, text).unwrap();
            for part in Suite::of(&document).unwrap().into_iter().flat_map(|suite| suite.parts) {
                suites += 1;
                assert!(
                    PIPELINES.iter().any(|(known, _)| *known == part.pipeline),
                    "{name}: {}",
                    part.pipeline
                );
            }
        }
        assert!(suites > 0, "there is a suite");
    }
}
