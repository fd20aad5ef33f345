//! `kind = "templates"`: known problems and what is drawn from their templates.

use std::path::PathBuf;
use std::sync::Arc;

use hub::HubSettings;
use plugin::{Component, ConfigError, ConfigErrors, Content, Value};
use records::Input;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use vary::{DrawSettings, Lists, Magnitude, Varied};

use super::{Part, Source, expanded, local_facts};
use crate::files::Paths;
use crate::settings::Settings;
use crate::templates::{self, Drawn};
use crate::{DatasetError, Holds};

const ENDINGS: &[&str] = &[".toml", ".json", ".jsonl"];

/// Problems drawn from templates, beside the known problem of each: `vary = ["names", "numbers"]` says what is drawn anew, all of it
/// if nothing is said; the rest stays as it is in the original. `seed` draws the instances (1 if not given).
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct Templates {
    /// Files or a folder: TOML in our form, JSON in the syntax of GSM-Symbolic; our own templates if not given.
    #[serde(default)]
    path: Option<Paths>,
    /// Problems drawn from each template.
    #[serde(default = "five")]
    instances: u32,
    /// The known problem stands beside them.
    #[serde(default = "yes")]
    originals: bool,
    /// Tries for each instance.
    #[serde(default = "many")]
    #[schemars(range(min = 1))]
    draws: u32,
    /// Drawn numbers have as many digits as the original's (`keep`), or whatever the template allows (`free`).
    #[serde(default)]
    magnitude: Magnitude,
    /// Lists of words that go before ours of the same name: a TOML file.
    #[serde(default)]
    lists_file: Option<PathBuf>,
    /// Templates that cannot be read or drawn from are left out and told; else they are an error.
    #[serde(default)]
    skip_bad: bool,
    #[serde(flatten)]
    settings: Settings,
}

fn five() -> u32 {
    5
}

fn yes() -> bool {
    true
}

fn many() -> u32 {
    10_000
}

impl Component for Templates {
    const KIND: &'static str = "templates";
    const ABOUT: &'static str = "problems drawn from templates, beside the known problem of each";
    const EXECUTION_KEYS: &'static [&'static str] = &["lists_file", "path"];
    type Built = dyn Source;

    fn build(self, content: &mut Content) -> Result<Box<dyn Source>, ConfigErrors> {
        let mut faults = self.settings.faults();
        if self.instances == 0 && !self.originals {
            faults.push(ConfigError::new("instances", "leaves no problem").hint("give at least 1"));
        }
        let varied = self.varied().map_err(|fault| faults.push(fault)).unwrap_or_default();
        let lists = self.lists().map_err(|fault| faults.push(fault)).unwrap_or_default();
        if !faults.is_empty() {
            return Err(ConfigErrors(faults));
        }
        if self.path.is_none() {
            content.note("templates", vary::TEMPLATES);
        }
        Ok(Box::new(Drawing { keys: self, varied, lists }))
    }
}

impl Templates {
    /// What is drawn anew.
    fn varied(&self) -> Result<Varied, ConfigError> {
        let Some(vary) = &self.settings.vary else { return Ok(Varied::default()) };
        let mut varied = Varied { words: false, numbers: false };
        for kind in &vary.keys().kinds {
            match kind.as_str() {
                Some("names") => varied.words = true,
                Some("numbers") => varied.numbers = true,
                _ => {
                    let strange =
                        ConfigError::new("vary", format!("templates draw names and numbers, not {kind}"));
                    return Err(strange.hint("write vary = [\"names\", \"numbers\"]"));
                }
            }
        }
        if varied.words || varied.numbers {
            Ok(varied)
        } else {
            Err(ConfigError::new("vary", "leaves nothing to draw"))
        }
    }

    fn lists(&self) -> Result<Lists, ConfigError> {
        let Some(path) = &self.lists_file else { return Ok(Lists::ours()) };
        let fault = |why: String| ConfigError::new("lists_file", format!("{}: {why}", path.display()));
        let text = std::fs::read_to_string(path).map_err(|error| fault(error.to_string()))?;
        Ok(Lists::ours().with(Lists::parse(&text).map_err(fault)?))
    }
}

/// Templates with what is drawn of them.
struct Drawing {
    keys: Templates,
    varied: Varied,
    lists: Lists,
}

impl Drawing {
    fn drawn(&self) -> Result<Drawn, DatasetError> {
        let Templates { instances, draws, magnitude, originals, skip_bad, settings, .. } = &self.keys;
        let read = match &self.keys.path {
            Some(path) => templates::Templates::read(&expanded(path, ENDINGS)?, &self.lists)?,
            None => templates::Templates::ours(),
        };
        read.drawn(&templates::Settings {
            draw: DrawSettings {
                instances: *instances,
                seed: settings.seed.unwrap_or(DrawSettings::default().seed),
                draws: *draws,
                varied: self.varied,
                magnitude: *magnitude,
            },
            originals: *originals,
            skip_bad: *skip_bad,
            grouped: settings.subset.is_none(),
        })
    }
}

impl Source for Drawing {
    fn settings(&self) -> &Settings {
        &self.keys.settings
    }

    fn varies(&self) -> bool {
        true
    }

    fn parts(&self, _: &HubSettings) -> Result<Vec<Part>, DatasetError> {
        let rows = Arc::from(self.drawn()?.rows);
        Ok(vec![Part::columns(Input::Made("templates".into(), rows), Holds::Problems)])
    }

    fn notes(&self) -> Result<Vec<String>, DatasetError> {
        Ok(self.drawn()?.notes)
    }

    fn inputs(&self) -> Vec<PathBuf> {
        let files = self.keys.path.iter().flat_map(|paths| paths.found(ENDINGS));
        files.chain(self.keys.lists_file.clone()).collect()
    }

    fn facts(&self, _: &HubSettings) -> Value {
        self.keys.path.as_ref().map_or(json!({}), |path| local_facts(path, ENDINGS))
    }
}
